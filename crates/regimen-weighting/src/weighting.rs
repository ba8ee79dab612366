//! Weighting rules: the weight of each constituent.

mod given;
mod plain;
mod root;
mod rule;
mod tilt;
mod volatility;

pub use given::FixedWeights;
pub use plain::{EqualWeight, MarketCapWeight};
pub use root::{PowerWeight, SquareRootWeight};
pub use rule::{Candidate, HistoryWeighting, WeightingError, WeightingRule};
pub use tilt::AttributeTilt;
pub use volatility::InverseVolatility;

#[cfg(test)]
mod tests;
