//! What a trade costs.

use regimen_types::{AsOf, AssetId, Bps, Money, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::leaf;

/// The costs of a trade. What is left out costs nothing.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// The commission, in basis points of the notional: from 0 to below 10000.
    #[schemars(schema_with = "leaf::bps")]
    pub fee_bps: Bps,
    /// The distance between the snapshot's price and the price obtained, in basis points: from 0 to below 10000.
    #[schemars(schema_with = "leaf::bps")]
    pub slippage_bps: Bps,
    /// Other rates for the part of a notional above an amount, amounts ascending; `fee_bps` holds below the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fee_tiers: Vec<RateFrom>,
    /// The commission rates of single assets, in place of `fee_bps` and the tiers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fee_of_asset: Vec<RateOfAsset>,
    /// What each trade costs beside, whatever its size: zero or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::amount")]
    pub fee_fixed: Option<Money>,
    /// Half the distance between bid and ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_spread: Option<HalfSpreadCost>,
    /// What a trade's own size moves the price, by the square-root law.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<ImpactCost>,
    /// What the chain takes for each trade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gas: Option<GasCost>,
    /// What the service takes of the traded value, in basis points: from 0 to below 10000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::bps")]
    pub platform_fee_bps: Option<Bps>,
}

/// A rate that holds from an amount on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateFrom {
    /// The amount from which the rate holds: above zero.
    #[schemars(schema_with = "leaf::cash")]
    pub from: Money,
    /// The rate, in basis points: from 0 to below 10000.
    #[schemars(schema_with = "leaf::bps")]
    pub bps: Bps,
}

/// The rate of one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateOfAsset {
    /// The asset.
    #[schemars(schema_with = "leaf::asset_id")]
    pub asset: AssetId,
    /// The rate, in basis points: from 0 to below 10000.
    #[schemars(schema_with = "leaf::bps")]
    pub bps: Bps,
}

/// Where half the distance between bid and ask is known from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum HalfSpreadCost {
    /// One rate for all assets.
    Rate {
        /// The rate, in basis points: from 0 to below 10000.
        #[schemars(schema_with = "leaf::bps")]
        bps: Bps,
    },
    /// A rate by the snapshot's volume.
    Volume {
        /// The rate below the first volume, and where the volume is unknown, in basis points: from 0 to below 10000.
        #[schemars(schema_with = "leaf::bps")]
        otherwise_bps: Bps,
        /// The rates from each volume on, volumes ascending.
        tiers: Vec<RateFrom>,
    },
    /// A numeric column of the snapshots, in basis points.
    Column {
        /// The column's name, one of the attributes that are kept.
        #[schemars(length(min = 1))]
        column: String,
        /// The rate where the column is empty or out of range, in basis points: from 0 to below 10000.
        #[schemars(schema_with = "leaf::bps")]
        otherwise_bps: Bps,
    },
}

/// The square-root law of market impact: coefficient × daily volatility × √(notional ÷ daily volume).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImpactCost {
    /// The coefficient, near 1: from 0 to 100.
    #[schemars(schema_with = "leaf::coefficient")]
    pub coefficient: Ratio,
    /// Over how many returns the daily volatility is measured.
    #[schemars(range(min = 2))]
    pub volatility_snapshots: u32,
    /// The rate where volume or volatility is unknown, in basis points: from 0 to below 10000.
    #[schemars(schema_with = "leaf::bps")]
    pub otherwise_bps: Bps,
}

/// What the chain of each asset takes for a trade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GasCost {
    /// The chain of assets that are not listed.
    #[schemars(length(min = 1))]
    pub default_chain: String,
    /// The gas of one trade on each chain, in the definition's currency.
    pub chains: Vec<GasOfChain>,
    /// The assets of other chains than the default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<ChainOfAsset>,
}

/// The gas of one trade on a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GasOfChain {
    /// The chain.
    #[schemars(length(min = 1))]
    pub chain: String,
    /// The gas of one trade: zero or more.
    #[schemars(schema_with = "leaf::amount")]
    pub per_trade: Money,
    /// The instant from which this holds; a chain may be listed once for each. Without it, from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::instant")]
    pub from: Option<AsOf>,
}

/// The chain that an asset lives on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainOfAsset {
    /// The asset.
    #[schemars(schema_with = "leaf::asset_id")]
    pub asset: AssetId,
    /// Its chain.
    #[schemars(length(min = 1))]
    pub chain: String,
}
