//! What becomes of a held asset that has no price any more.

use regimen_types::Weight;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;

/// What becomes of a held asset that has no price any more: its last price is carried, and then the position
/// ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "then", rename_all = "snake_case", deny_unknown_fields)]
pub enum Vanished {
    /// The position ends at a fraction of its last price, without trading costs.
    WriteOff {
        /// The days of 24 hours for which the last price is carried.
        max_stale_days: u32,
        /// Whether a rebalance may sell at a carried price.
        sell_while_stale: bool,
        /// The fraction of the last price that comes back, from 0 to 1.
        #[schemars(schema_with = "leaf::fraction")]
        recovery: Weight,
    },
    /// The position is sold at its last price, with trading costs.
    SellAtLastPrice {
        /// The days of 24 hours for which the last price is carried.
        max_stale_days: u32,
        /// Whether a rebalance may sell at a carried price.
        sell_while_stale: bool,
    },
}

impl Vanished {
    /// Returns the days of 24 hours for which the last price is carried.
    #[must_use]
    pub fn max_stale_days(&self) -> u32 {
        match self {
            Self::WriteOff { max_stale_days, .. } | Self::SellAtLastPrice { max_stale_days, .. } => {
                *max_stale_days
            }
        }
    }

    /// Returns true if a rebalance may sell at a carried price.
    #[must_use]
    pub fn sell_while_stale(&self) -> bool {
        match self {
            Self::WriteOff { sell_while_stale, .. } | Self::SellAtLastPrice { sell_while_stale, .. } => {
                *sell_while_stale
            }
        }
    }
}
