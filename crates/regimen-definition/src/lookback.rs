//! How far back a figure looks, and by what amount assets are ranked and weighted.

use regimen_types::Figure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;

/// A stretch of snapshots up to the reference instant. It holds the snapshots that there are: where the data
/// begins later, or a day has no snapshot, it is shorter than asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "unit", rename_all = "snake_case", deny_unknown_fields)]
pub enum LookbackDefinition {
    /// A number of snapshots, the newest included.
    Snapshots {
        /// The number.
        #[schemars(range(min = 1))]
        count: u32,
    },
    /// The snapshots less than a number of times 24 hours before the reference instant, which is included.
    Days {
        /// The number.
        #[schemars(range(min = 1))]
        count: u32,
    },
    /// A number of whole calendar months (UTC) before the month of the reference instant.
    CalendarMonths {
        /// The number.
        #[schemars(range(min = 1))]
        count: u32,
    },
    /// A number of calendar months (UTC), the month of the reference instant included up to that instant.
    CalendarMonthsToDate {
        /// The number.
        #[schemars(range(min = 1))]
        count: u32,
    },
}

/// How an asset's amount is found. An asset whose amount is unknown, or not above zero, is never selected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "measure", rename_all = "snake_case", deny_unknown_fields)]
pub enum MeasureDefinition {
    /// The market cap as the snapshot reports it.
    MarketCap,
    /// Price × circulating supply × float factor; `snapshots.columns.circulating_supply` is needed.
    FloatAdjusted {
        /// The attribute that holds the float factor, above 0 and at most 1. Default: the factor is 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(schema_with = "leaf::attribute")]
        float_factor: Option<String>,
    },
    /// The simple mean of the known market caps in the lookback.
    MeanMarketCap {
        /// How far back it looks.
        over: LookbackDefinition,
    },
    /// The exponentially weighted mean of the known market caps in the lookback.
    EwmaMarketCap {
        /// How far back it looks.
        over: LookbackDefinition,
        /// The days of 24 hours in which a market cap's weight halves: above zero.
        #[schemars(schema_with = "leaf::positive_figure")]
        half_life_days: Figure,
    },
    /// An attribute of the snapshot.
    Attribute {
        /// The attribute's name.
        #[schemars(schema_with = "leaf::attribute")]
        name: String,
    },
}
