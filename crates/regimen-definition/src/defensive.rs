//! What is held while the regime is not bullish.

use regimen_types::{AssetId, Weight};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;
use crate::yields::Yields;

/// What is held while the regime is bearish or undetermined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Defensive {
    /// The assets and their weights, which sum to at most 1; the rest is cash. An empty list is all cash.
    pub sleeve: Vec<SleeveAsset>,
    /// An asset of the sleeve whose price is further than this from 1 is not bought. From 0 to 1; required if
    /// the sleeve has assets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::fraction")]
    pub peg_tolerance: Option<Weight>,
    /// When an asset that left its peg is bought again. Without it, as soon as it is within `peg_tolerance`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reentry: Option<Reentry>,
    /// What becomes of what is held of an asset that leaves its peg. Without it, it is sold at the next
    /// rebalance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when_off_peg: Option<WhenOffPeg>,
    /// What its assets, and cash, earn while they are held. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yields: Option<Yields>,
}

/// When an asset that left its peg is trusted again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reentry {
    /// How far its price may lie from 1: from 0 to `peg_tolerance`.
    #[schemars(schema_with = "leaf::fraction")]
    pub tolerance: Weight,
    /// How many known prices in a row must be that close, the newest included.
    #[schemars(range(min = 1))]
    pub snapshots: u32,
}

/// What becomes of what is held of an asset that leaves its peg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenOffPeg {
    /// It is sold at the next rebalance of another cause.
    NextRebalance,
    /// It is sold at once: leaving the peg is a cause of its own, on any day.
    SellAtOnce,
}

impl Defensive {
    /// Builds a sleeve of cash alone.
    #[must_use]
    pub fn cash() -> Self {
        Self { sleeve: Vec::new(), peg_tolerance: None, reentry: None, when_off_peg: None, yields: None }
    }
}

/// An asset of the defensive sleeve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SleeveAsset {
    /// The asset, usually a stablecoin.
    #[schemars(schema_with = "leaf::asset_id")]
    pub asset: AssetId,
    /// Its weight in the whole portfolio, above 0 and at most 1.
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub weight: Weight,
}
