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
    /// The cause of a change of the portfolio.
    pub enum Cause {
        /// The money that the portfolio starts with.
        Inception = "inception",
        /// A scheduled rebalance.
        Schedule = "schedule",
        /// A constituent without a price was deleted between two reconstitutions.
        Deletion = "deletion",
        /// A scheduled rebalance of the weights alone.
        Rebalance = "rebalance",
        /// An attribute of an asset crossed the threshold of its screen.
        ThresholdCross = "threshold_cross",
        /// The regime changed.
        RegimeSwitch = "regime_switch",
        /// A held asset had no price for longer than `max_stale_days`.
        Vanished = "vanished",
        /// A held asset of the defensive sleeve left its peg.
        OffPeg = "off_peg",
        /// Money came in or went out after the start.
        CashFlow = "cash_flow",
        /// A fee that accrues with time.
        Accrual = "accrual",
        /// An asset was restated: a number of new units for each old one.
        Redenomination = "redenomination",
        /// An asset was swapped for a successor.
        Migration = "migration",
        /// An asset continues under another identifier.
        TickerChange = "ticker_change",
        /// A chain forked: holders of one asset received the other.
        Fork = "fork",
        /// Holders received units of another asset.
        Airdrop = "airdrop",
        /// An asset was delisted, at a known recovery.
        Delisting = "delisting",
        /// Cash, or units of the defensive sleeve, earned interest at an annual rate.
        Interest = "interest",
        /// Units earned further units.
        Staking = "staking",
        /// The portfolio drifted from the index by more than its trigger allows.
        Drift = "drift",
        /// A held asset is no longer in the index.
        ForcedExit = "forced_exit",
        /// An earlier rebalance could not complete its trades at once.
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
    /// The instant of that price; earlier than the decision for an asset that has vanished.
    pub decision_price_as_of: AsOf,
    /// Why the order exists.
    pub cause: Cause,
}

/// An execution: the units traded, their price and their costs.
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
    /// The snapshot's price; any loss against it is a separate cost.
    pub price: Price,
    /// Units times price, rounded against the portfolio at the money scale.
    pub notional: Money,
    /// The costs, kind by kind.
    pub costs: TradeCosts,
    /// Why the trade was made.
    pub cause: Cause,
}
