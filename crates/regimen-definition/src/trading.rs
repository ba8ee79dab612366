//! When the portfolio follows the index, and what keeps its trades rare, small and possible.

use regimen_planning::{TradeTo, TurnoverPriority};
use regimen_types::{AssetId, Money, Quantity, Weight};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;

/// When the portfolio is rebalanced, and the bands and filters of its trades. What is left out does not
/// filter.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trading {
    /// When the portfolio is rebalanced. Without it, at each rebalance of the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub triggers: Option<Triggers>,
    /// How far a position may drift from its target before it is traded. Entries and exits have no band.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<NoTradeBand>,
    /// What a trade is worth at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_notional: Option<MinimumTrade>,
    /// The steps of units in which assets trade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lots: Option<LotSteps>,
    /// The largest part of the snapshot's volume that one order may be, above 0 and at most 1. The rest is
    /// carried to the next snapshots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub participation_max: Option<Weight>,
    /// How much one rebalance may trade. The rest is carried to the next snapshots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnover_limit: Option<LimitedTurnover>,
    /// The part of the equity that stays in cash beside the target's own cash, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::fraction")]
    pub cash_buffer: Option<Weight>,
}

/// When the portfolio is rebalanced, beside inception and a change of regime. The first that holds is the
/// cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// Whether each rebalance of the index is followed.
    pub calendar: bool,
    /// Whether an asset that is held but no longer in the index is sold at once.
    pub forced_exits: bool,
    /// Whether a deposit is invested, and the money for a withdrawal raised, at once. Default: false.
    #[serde(default)]
    pub cash_flows: bool,
    /// How far a position may drift from the index before all are rebalanced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<DriftBand>,
    /// The one-way turnover to the index, half the sum of all weight differences, beyond which the portfolio
    /// is rebalanced: above 0 and at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub turnover: Option<Weight>,
}

/// How far a position may drift: beyond either distance is too far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DriftBand {
    /// The distance in weight, above 0 and at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub absolute: Option<Weight>,
    /// The distance as a part of the target weight, above 0 and at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub relative: Option<Weight>,
}

/// A no-trade band around each target weight: a position beyond either distance is traded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoTradeBand {
    /// The distance in weight, above 0 and at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub absolute: Option<Weight>,
    /// The distance as a part of the target weight, above 0 and at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub relative: Option<Weight>,
    /// Where a trade ends.
    #[schemars(schema_with = "leaf::named::<TradeTo>")]
    pub trade_to: TradeTo,
}

/// What a trade is worth at least.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MinimumTrade {
    /// Of every trade but an exit: zero or more.
    #[schemars(schema_with = "leaf::amount")]
    pub trade: Money,
    /// Of the sale of a position that leaves: zero or more, at most `trade`.
    #[schemars(schema_with = "leaf::amount")]
    pub exit: Money,
}

/// The steps of units in which assets trade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LotSteps {
    /// The step of assets that are not listed: above zero. Without it, they have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_units")]
    pub default: Option<Quantity>,
    /// The steps of single assets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<LotOfAsset>,
}

/// The step of one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LotOfAsset {
    /// The asset.
    #[schemars(schema_with = "leaf::asset_id")]
    pub asset: AssetId,
    /// The step of its units: above zero.
    #[schemars(schema_with = "leaf::positive_units")]
    pub lot: Quantity,
}

/// How much one rebalance may trade. Exits, inception and a change of regime are not limited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitedTurnover {
    /// The largest sales and the largest purchases, as a part of the equity: above 0 and at most 1.
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub one_way_max: Weight,
    /// Which trades come first.
    #[schemars(schema_with = "leaf::named::<TurnoverPriority>")]
    pub priority: TurnoverPriority,
}
