//! The whole definition, and the tables about the index level, the portfolio, costs and vanished assets.

use regimen_types::{Bps, CostRates, IndexLevel, Money, Weight};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::leaf;
use super::methods::{Defensive, RegimeDefinition, Schedule, Selection, Universe, Weighting};
use super::snapshots::Snapshots;

/// A rules-based index and the portfolio that follows it.
///
/// Every economic choice is required: nothing has a silent default. A decimal is written as text (`"0.02"`) or as a
/// number (`0.02`); both are read digit for digit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexDefinition {
    /// The index's name, as reports print it.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// The currency of prices, market caps and money: 2 to 10 capital letters and digits, such as `USD`.
    #[schemars(schema_with = "leaf::currency")]
    pub currency: String,
    /// Where the snapshots are and how they are read. Default: no path, and the columns of `regimen synth`.
    #[serde(default)]
    pub snapshots: Snapshots,
    /// The index level, which is calculated beside the portfolio.
    pub index: IndexBase,
    /// How the market's state is told: a bullish market holds the constituents, any other the defensive sleeve.
    pub regime: RegimeDefinition,
    /// What is held while the regime is bearish or undetermined.
    pub defensive: Defensive,
    /// Which assets may be selected. Required, except with weights from a file, where nothing is selected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub universe: Option<Universe>,
    /// How many assets are selected. Required, except with weights from a file, where nothing is selected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<Selection>,
    /// How the constituents are weighted.
    pub weighting: Weighting,
    /// When constituents and weights are set anew; a change of regime is a cause of its own, on any day.
    pub schedule: Schedule,
    /// The money that follows the index, and the scales of its ledger.
    pub portfolio: Portfolio,
    /// What a trade costs, in proportion to its notional.
    pub costs: Costs,
    /// What becomes of a held asset that has no price any more.
    pub vanished: Vanished,
}

/// The index level's start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexBase {
    /// The level at the first snapshot: a decimal above zero, often 100 or 1000.
    #[schemars(schema_with = "leaf::base_level")]
    pub base_level: IndexLevel,
}

/// The money that follows the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Portfolio {
    /// The money that the portfolio starts with: above zero, with at most `money_scale` decimal places.
    #[schemars(schema_with = "leaf::cash")]
    pub initial_cash: Money,
    /// How many snapshots lie between a decision and its execution. 0 executes at the very prices that were decided
    /// on, which no one can do: it is for parity with other tools, and outputs say so.
    pub lag_snapshots: u32,
    /// The decimal places of money: cash, notionals and costs.
    #[schemars(range(max = 18))]
    pub money_scale: u32,
    /// The decimal places of units.
    #[schemars(range(max = 18))]
    pub units_scale: u32,
}

/// The costs of a trade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// The commission, in basis points of the notional: from 0 to below 10000.
    #[schemars(schema_with = "leaf::bps")]
    pub fee_bps: Bps,
    /// The distance between the snapshot's price and the price obtained, in basis points: from 0 to below 10000.
    #[schemars(schema_with = "leaf::bps")]
    pub slippage_bps: Bps,
}

impl Costs {
    /// Returns the rates that planning and execution share.
    #[must_use]
    pub fn rates(&self) -> CostRates {
        CostRates { fee_bps: self.fee_bps, slippage_bps: self.slippage_bps }
    }
}

/// What becomes of a held asset that has no price any more: its last price is carried, and then the position ends.
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

    /// Says whether a rebalance may sell at a carried price.
    #[must_use]
    pub fn sell_while_stale(&self) -> bool {
        match self {
            Self::WriteOff { sell_while_stale, .. } | Self::SellAtLastPrice { sell_while_stale, .. } => {
                *sell_while_stale
            }
        }
    }
}
