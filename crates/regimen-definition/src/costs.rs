//! What trades and management cost.

use std::collections::BTreeSet;

use regimen_types::{AsOf, AssetId, Bps, Money, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;

/// The costs of a trade, and of managing the portfolio. What is left out costs nothing.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// The commission, in basis points of the notional: from 0 to below 10000.
    #[schemars(schema_with = "leaf::bps")]
    pub fee_bps: Bps,
    /// The distance between the snapshot's price and the price obtained, in basis points: from 0 to below
    /// 10000.
    #[schemars(schema_with = "leaf::bps")]
    pub slippage_bps: Bps,
    /// Other rates for the part of a notional above an amount, amounts ascending; `fee_bps` holds below the
    /// first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fee_tiers: Vec<RateFrom>,
    /// The commission rates of single assets, in place of `fee_bps` and the tiers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fee_of_asset: Vec<RateOfAsset>,
    /// What each trade costs on top of that, regardless of its size: zero or more.
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
    /// What managing the portfolio costs. It accrues from snapshot to snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub management_fee: Option<ManagementFeeCost>,
}

/// A fee in proportion to NAV and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManagementFeeCost {
    /// The rate of NAV per year, in basis points: from 0 to below 10000.
    #[schemars(schema_with = "leaf::bps")]
    pub bps_per_year: Bps,
    /// The days in a year, by which days are charged: 365 or 360 as a rule.
    #[schemars(range(min = 360, max = 366))]
    pub days_per_year: u32,
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
        /// The rate below the first volume, and where the volume is unknown, in basis points: from 0 to below
        /// 10000.
        #[schemars(schema_with = "leaf::bps")]
        otherwise_bps: Bps,
        /// The rates from each volume on, volumes ascending.
        tiers: Vec<RateFrom>,
    },
    /// A numeric column of the snapshots, in basis points.
    Column {
        /// The column's name, one of the attributes that are kept.
        #[schemars(schema_with = "leaf::attribute")]
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
    #[schemars(schema_with = "leaf::chain")]
    pub default_chain: String,
    /// The gas of one trade on chains, in the definition's currency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chains: Vec<GasOfChain>,
    /// Where the gas of all other chains is read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<GasFile>,
    /// The assets of other chains than the default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<ChainOfAsset>,
}

impl GasCost {
    /// Returns the chains whose gas comes from the series: those of the definition that have no given amount.
    #[must_use]
    pub fn chains_of_series(&self) -> BTreeSet<&str> {
        let chains = self.assets.iter().map(|each| each.chain.as_str()).chain([self.default_chain.as_str()]);
        chains.filter(|chain| !self.chains.iter().any(|each| each.chain == *chain)).collect()
    }
}

/// A file with the gas of chains over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GasFile {
    /// The CSV, with the columns `as_of`, `chain` and `per_trade`, and where it is known `known_at`; relative
    /// to the definition's folder.
    #[schemars(schema_with = "leaf::path")]
    pub path: String,
    /// The days of 24 hours for which the newest known value counts.
    pub max_stale_days: u32,
    /// The gas of one trade where no value is known or the newest is too old: zero or more. Without it,
    /// planning or executing a trade there is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::amount")]
    pub otherwise: Option<Money>,
}

/// The gas of one trade on a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GasOfChain {
    /// The chain.
    #[schemars(schema_with = "leaf::chain")]
    pub chain: String,
    /// The gas of one trade: zero or more.
    #[schemars(schema_with = "leaf::amount")]
    pub per_trade: Money,
    /// The instant from which this holds; a chain may be listed once for each. Without it, from the
    /// beginning.
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
    #[schemars(schema_with = "leaf::chain")]
    pub chain: String,
}
