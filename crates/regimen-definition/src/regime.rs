//! How the market's regime is determined.

mod combined;
mod evaluation;
mod price_above_average;
mod reads;

pub use combined::{CombinedSignals, SignalDefinition, SignalGroup};
pub use evaluation::Evaluation;
pub use price_above_average::PriceAboveAverage;
pub use reads::{AverageDefinition, SeriesDefinition, SignalReads};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the market's regime is determined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum RegimeDefinition {
    /// The regime is always bullish; the defensive sleeve is never held.
    AlwaysBullish,
    /// The regime follows an asset's price against its simple moving average.
    PriceAboveAverage(PriceAboveAverage),
    /// The regime follows the combined score of one or more signals.
    Signals(CombinedSignals),
}
