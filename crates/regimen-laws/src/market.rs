//! Markets as plain tables, which laws change before they become histories.

mod change;
mod draw;
mod simplify;
mod table;

pub(crate) use change::exact_product;
pub(crate) use draw::{FIRST_INSTANT, MILLIS_AN_HOUR, letter};
pub use draw::{Markets, histories, markets};
pub use table::{MarketRow, MarketSnapshot, MarketTable};
