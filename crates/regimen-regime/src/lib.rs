//! Indicators, signals and hysteresis: the market's history becomes a regime.
//!
//! ```text
//! HistoryWindow → RegimeSignal → SignalReading → RegimeRule (thresholds, confirmation) → RegimeState
//! ```
//!
//! Floats live here: a signal reads decimals through [`regimen_types::approximate`] and ends in an enum.

mod average;
mod lookback;
mod rule;
mod signal;

pub use average::PriceAboveAverage;
pub use lookback::Lookback;
pub use rule::{RegimeRule, RegimeRuleError, RegimeState, RegimeStep, Thresholds};
pub use signal::{Reading, RegimeSignal, SignalReading};
