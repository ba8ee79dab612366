//! How the constituents are weighted.

use regimen_types::{AssetId, Weight};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;
use crate::lookback::{LookbackDefinition, MeasureDefinition};

/// How the constituents are weighted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum Weighting {
    /// In proportion to market cap.
    MarketCap {
        /// The amount in place of the market cap. Default: the market cap as reported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<MeasureDefinition>,
    },
    /// In proportion to the square root of market cap.
    SquareRoot {
        /// The amount in place of the market cap. Default: the market cap as reported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<MeasureDefinition>,
    },
    /// In proportion to a power of market cap.
    Power {
        /// The exponent: 0 weighs all alike, 1 in proportion to market cap.
        #[schemars(schema_with = "leaf::fraction")]
        exponent: Weight,
        /// The amount in place of the market cap. Default: the market cap as reported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<MeasureDefinition>,
    },
    /// All alike.
    Equal,
    /// In proportion to 1 ÷ volatility of the price.
    InverseVolatility {
        /// How far back.
        over: LookbackDefinition,
    },
    /// In proportion to market cap × an attribute.
    AttributeTilt {
        /// The attribute's name.
        #[schemars(schema_with = "leaf::attribute")]
        attribute: String,
        /// The amount in place of the market cap. Default: the market cap as reported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<MeasureDefinition>,
    },
    /// In proportion to fixed weights; a constituent without one is an error.
    Fixed {
        /// The assets and their weights.
        weights: Vec<FixedWeightDefinition>,
    },
    /// As a file says, instant by instant: nothing is screened or selected.
    File {
        /// The CSV of target weights; relative to the definition's folder.
        #[schemars(schema_with = "leaf::path")]
        path: String,
    },
}

impl Weighting {
    /// Builds the weighting in proportion to market cap as reported.
    #[must_use]
    pub fn market_cap() -> Self {
        Self::MarketCap { of: None }
    }
}

/// An asset and its fixed weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedWeightDefinition {
    /// The asset.
    #[schemars(schema_with = "leaf::asset_id")]
    pub asset: AssetId,
    /// Its weight, above 0 and at most 1; only the proportions count.
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub weight: Weight,
}
