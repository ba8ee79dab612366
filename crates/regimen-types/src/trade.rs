//! Regimes, orders and fills: the words that planning, ledger and logs share.

use serde::{Deserialize, Serialize};

use crate::as_of::AsOf;
use crate::asset::AssetId;
use crate::costs::TradeCosts;
use crate::quantities::{Money, Price, Quantity};

crate::named! {
    /// The state of the market that the regime rule sees.
    pub enum Regime {
        /// The signals have too little history; the defensive sleeve is held.
        Undetermined = "undetermined",
        /// The index holds its constituents.
        Bullish = "bullish",
        /// The index holds the defensive sleeve.
        Bearish = "bearish",
    }
}

crate::named! {
    /// The side of a trade.
    pub enum Side {
        /// Units come in, cash goes out.
        Buy = "buy",
        /// Units go out, cash comes in.
        Sell = "sell",
    }
}

crate::named! {
    /// Why the portfolio changes.
    pub enum Cause {
        /// The money that the portfolio starts with.
        Inception = "inception",
        /// The schedule's rebalance.
        Schedule = "schedule",
        /// A constituent without a price is deleted between two reconstitutions.
        Deletion = "deletion",
        /// The schedule's rebalance of the weights alone.
        Rebalance = "rebalance",
        /// An attribute of an asset crossed the threshold of its screen.
        ThresholdCross = "threshold_cross",
        /// The regime changed.
        RegimeSwitch = "regime_switch",
        /// A held asset had no price for longer than `max_stale_days`.
        Vanished = "vanished",
        /// A held asset of the sleeve left its peg.
        OffPeg = "off_peg",
        /// Money came in or went out after the start.
        CashFlow = "cash_flow",
        /// A fee that accrues with time.
        Accrual = "accrual",
        /// An asset counts on a new basis: so many units for one.
        Redenomination = "redenomination",
        /// An asset was swapped for a successor.
        Migration = "migration",
        /// An asset goes on under another identifier.
        TickerChange = "ticker_change",
        /// A chain forked: holders of the one hold the other too.
        Fork = "fork",
        /// Holders were given units of another asset.
        Airdrop = "airdrop",
        /// An asset was delisted, at a known recovery.
        Delisting = "delisting",
        /// Units of the sleeve, or the cash, earned at an annual rate.
        Interest = "interest",
        /// Units earned units.
        Staking = "staking",
        /// The portfolio drifted from the index by more than its trigger allows.
        Drift = "drift",
        /// A held asset is no longer in the index.
        ForcedExit = "forced_exit",
        /// An earlier rebalance could not trade all at once.
        Carried = "carried",
    }
}

/// An intent to trade, sized at the decision's prices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The asset to trade.
    pub asset: AssetId,
    /// Buy or sell.
    pub side: Side,
    /// The units to trade.
    pub units: Quantity,
    /// The price that sized the order.
    pub decision_price: Price,
    /// The instant of that price, earlier than the decision for an asset that has vanished since.
    pub decision_price_as_of: AsOf,
    /// Why the order exists.
    pub cause: Cause,
}

/// An execution: what was traded, at which price, at which cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// The instant of the execution.
    pub as_of: AsOf,
    /// The asset traded.
    pub asset: AssetId,
    /// Buy or sell.
    pub side: Side,
    /// The units traded.
    pub units: Quantity,
    /// The snapshot's price; what is lost to it is a cost of its own.
    pub price: Price,
    /// Units times price, rounded against the portfolio at the money scale.
    pub notional: Money,
    /// What the trade costs, kind by kind.
    pub costs: TradeCosts,
    /// Why the trade was made.
    pub cause: Cause,
}
