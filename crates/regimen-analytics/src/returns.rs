//! Returns over the money that came in.

mod cash_flow;
mod time_weighted;

pub use cash_flow::cash_flow;
pub use time_weighted::{Standing, TimeWeighted};
