//! What buying or selling the index costs now, from which amount on it is worth it, and a smaller basket.

mod basket;
mod bounds;
mod desk;
mod index_quote;
mod options;

pub use basket::SmallBasket;
pub use index_quote::{IndexQuote, quote_index};
pub use options::QuoteOptions;
