//! The rebalance plan: the orders from holdings to target, and the trades not made, each with its reason.

use regimen_types::{ArithmeticError, AsOf, AssetId, Cause, Money, Order, Quantity, Side, Weight};
use serde::{Deserialize, Serialize};

/// Orders that take holdings to a target, with a line for each asset concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebalancePlan {
    /// The cause of the rebalance.
    pub cause: Cause,
    /// Cash and positions at the decision's prices.
    pub equity: Money,
    /// The equity after the plan's costs, at the decision's prices.
    pub equity_after_costs: Money,
    /// One line per held or targeted asset, by identifier.
    pub lines: Vec<PlanLine>,
}

/// What a plan does with one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLine {
    /// The asset.
    pub asset: AssetId,
    /// Its target weight.
    pub target_weight: Weight,
    /// The units held at the decision.
    pub units: Quantity,
    /// The units at the target weight; if trades end at the edge of a band, the units at that edge.
    pub target_units: Quantity,
    /// The order, or the reason for not trading.
    pub action: Result<Order, Skip>,
    /// The rest of a trade that is ordered only in part.
    pub undone: Option<Skip>,
}

/// A trade, or part of a trade, that is not made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skip {
    /// The units not traded.
    pub units: Quantity,
    /// The reason.
    pub reason: SkipReason,
}

regimen_types::named! {
    /// Why a trade is not made.
    #[non_exhaustive]
    pub enum SkipReason {
        /// The position is at its target, to the resolution of money and units.
        AtTarget = "at_target",
        /// The asset has no price in the snapshot and may not be traded at its last one.
        NotTradable = "not_tradable",
        /// The position is within its no-trade band.
        WithinBand = "within_band",
        /// The plan trades other assets only.
        NotConcerned = "not_concerned",
        /// The trade is worth less than the minimum notional.
        BelowMinimum = "below_minimum",
        /// The trade is less than one lot, or the rest after whole lots.
        BelowLot = "below_lot",
        /// The trade would cost more than it is worth.
        CostsExceedValue = "costs_exceed_value",
        /// The asset's volume is unknown, and orders are limited to a part of it.
        NoVolume = "no_volume",
        /// The order exceeds the allowed part of the day's volume.
        Participation = "participation",
        /// The rebalance has reached its turnover limit.
        TurnoverLimit = "turnover_limit",
        /// The cash and the sales that are made do not pay for the purchase.
        CashShort = "cash_short",
    }
}

impl SkipReason {
    /// Returns true if later snapshots can trade what this one could not: the rest is carried.
    #[must_use]
    pub fn is_carried(self) -> bool {
        matches!(self, Self::Participation | Self::TurnoverLimit)
    }
}

impl SkipReason {
    /// Returns the reason in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::AtTarget => "already at its target",
            Self::NotTradable => "no price in this snapshot",
            Self::WithinBand => "within its no-trade band",
            Self::NotConcerned => "not among the assets that this plan trades",
            Self::BelowMinimum => "worth less than the minimum trade",
            Self::BelowLot => "less than one lot",
            Self::CostsExceedValue => "costs more than it is worth",
            Self::NoVolume => "volume unknown",
            Self::Participation => "too large a part of the volume",
            Self::TurnoverLimit => "turnover limit reached",
            Self::CashShort => "not enough cash",
        }
    }
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A held or targeted asset never had a price.
    #[error("{asset} is held or targeted at {as_of} but never had a price")]
    NoPrice {
        /// The asset.
        asset: AssetId,
        /// The instant of the plan.
        as_of: AsOf,
    },
    /// The cost rates sum to the whole notional or more.
    #[error("fee and slippage together must stay below 10000 bps")]
    CostsTooHigh,
    /// A figure needs more than 28 digits.
    #[error("{asset}: {source}")]
    Arithmetic {
        /// The asset, or `portfolio`.
        asset: String,
        /// The operation that failed.
        source: ArithmeticError,
    },
}

impl From<ArithmeticError> for PlanError {
    fn from(source: ArithmeticError) -> Self {
        Self::Arithmetic { asset: "portfolio".to_owned(), source }
    }
}

impl RebalancePlan {
    /// Iterates over the orders in the order of execution: sells by identifier, then buys by identifier.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        let of_side = |side| {
            self.lines.iter().filter_map(|line| line.action.as_ref().ok()).filter(move |o| o.side == side)
        };
        of_side(Side::Sell).chain(of_side(Side::Buy))
    }

    /// Iterates over the trades not made, by asset: skipped trades, and the rests of partial orders.
    pub fn skips(&self) -> impl Iterator<Item = (&AssetId, &Skip)> {
        self.lines.iter().filter_map(|line| {
            let skip = line.action.as_ref().err().or(line.undone.as_ref())?;
            Some((&line.asset, skip))
        })
    }

    /// Iterates over the assets whose trade goes on at later snapshots.
    pub fn carried(&self) -> impl Iterator<Item = &AssetId> {
        self.skips().filter(|(_, skip)| skip.reason.is_carried()).map(|(asset, _)| asset)
    }
}
