//! The regime report: the regimes of a run, what was earned in them, and what changing between them cost.

use regimen_ledger::Transaction;
use regimen_types::{ArithmeticError, AsOf, Money, Ratio, Regime, TradeCosts};
use serde::{Deserialize, Serialize};

use crate::counterfactuals::Counterfactuals;

/// The regimes of a run, what was earned in them, and what changing between them cost.
///
/// Ratios are rounded half to even at 12 places; amounts are exact. Every figure except the counterfactual
/// ones follows from the run's own tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeReport {
    /// Changes from bullish to bearish or back, times undetermined left out.
    pub flips: u64,
    /// The figures of each regime.
    pub in_regime: InRegime,
    /// The costs of all switches together.
    pub switch_costs: SwitchCosts,
    /// Round trips that were too short to be worth their costs.
    pub whipsaw: Whipsaw,
    /// The stretches of one regime, in order.
    pub spells: Vec<Spell>,
    /// The changes between constituents and sleeve, in order.
    pub switches: Vec<Switch>,
    /// The same run under other regimes; `None` unless asked for.
    pub counterfactuals: Option<Counterfactuals>,
}

/// Figures by regime.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InRegime {
    /// While bullish.
    pub bullish: RegimeFigures,
    /// While bearish.
    pub bearish: RegimeFigures,
    /// While undetermined.
    pub undetermined: RegimeFigures,
}

/// The figures of all spells of a regime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeFigures {
    /// The number of spells.
    pub spells: u64,
    /// The snapshots that end in the regime.
    pub snapshots: u64,
    /// The days of 24 hours in it.
    pub days: Ratio,
    /// Snapshots per spell; `None` without a spell.
    pub average_dwell_snapshots: Option<Ratio>,
    /// The snapshots of the shortest spell that has ended; `None` if none has.
    pub shortest_dwell_snapshots: Option<u64>,
    /// The return of the portfolio in all spells together, linked.
    pub nav_return: Ratio,
    /// The return of the index in all spells together, linked.
    pub index_return: Ratio,
    /// The worst fall of the portfolio from an earlier peak of the same spell.
    pub worst_drawdown: Ratio,
}

/// A stretch of snapshots that end in one regime. It lasts until the first snapshot of the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spell {
    /// The regime.
    pub regime: Regime,
    /// Its first snapshot.
    pub from: AsOf,
    /// The first snapshot of the next spell; of the last one, the run's last.
    pub to: AsOf,
    /// The number of its snapshots: its dwell.
    pub snapshots: u64,
    /// The return of the portfolio from `from` to `to`; of the first spell, from the money that came in.
    pub nav_return: Ratio,
    /// The return of the index from `from` to `to`.
    pub index_return: Ratio,
    /// The worst fall of the portfolio from an earlier peak within the spell, as a fraction of the peak.
    pub worst_drawdown: Ratio,
}

/// A change between constituents and sleeve, and what its trades cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// The snapshot of the decision.
    pub decided_at: AsOf,
    /// The regime before.
    pub from: Regime,
    /// The regime after.
    pub to: Regime,
    /// The NAV at the decision.
    pub nav: Money,
    /// The costs of its trades; zero if a newer decision came before they were executed.
    pub costs: SwitchCosts,
    /// The costs as a fraction of the NAV at the decision.
    pub cost_of_nav: Ratio,
}

/// The costs of the trades of a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchCosts {
    /// The number of trades.
    pub trades: u64,
    /// Their notionals.
    pub traded_notional: Money,
    /// One-way: the sum over snapshots of half the notional over NAV.
    pub turnover: Ratio,
    /// Their costs, each kind on its own.
    pub by_kind: TradeCosts,
    /// All costs together.
    pub cost: Money,
}

/// Round trips between constituents and sleeve that were too short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whipsaw {
    /// A switch and the switch back are a round trip too short if fewer snapshots than this lie between them;
    /// 0 where days count.
    pub shorter_than_snapshots: u64,
    /// Or if fewer days of 24 hours lie between them; `None` where snapshots count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shorter_than_days: Option<u64>,
    /// The rule's key that the bound follows from.
    pub bound: WhipsawBound,
    /// The costs of the switches in these round trips, each counted once.
    pub cost: Money,
    /// The round trips, in order.
    pub round_trips: Vec<RoundTrip>,
}

/// The bound of a short round trip: the shortest dwell that the rule allows, doubled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WhipsawBound {
    /// The rule's `min_dwell_days`.
    MinDwellDays,
    /// The rule's `confirm_snapshots`, as it has no `min_dwell`: a regime lasts at least as many evaluations.
    ConfirmSnapshots,
    /// Nothing: the rule never switches.
    None,
}

/// A switch and the switch back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundTrip {
    /// The decision to switch.
    pub from: AsOf,
    /// The decision to switch back.
    pub to: AsOf,
    /// The snapshots between the two.
    pub snapshots: u64,
    /// The return of the portfolio between the two.
    pub nav_return: Ratio,
    /// The costs of both switches.
    pub cost: Money,
}

impl Default for RegimeFigures {
    fn default() -> Self {
        Self {
            spells: 0,
            snapshots: 0,
            days: Ratio::ZERO,
            average_dwell_snapshots: None,
            shortest_dwell_snapshots: None,
            nav_return: Ratio::ZERO,
            index_return: Ratio::ZERO,
            worst_drawdown: Ratio::ZERO,
        }
    }
}

impl SwitchCosts {
    /// No trade.
    pub const ZERO: Self = Self {
        trades: 0,
        traded_notional: Money::ZERO,
        turnover: Ratio::ZERO,
        by_kind: TradeCosts::NONE,
        cost: Money::ZERO,
    };

    pub(super) fn add(&mut self, other: &Self) -> Result<(), ArithmeticError> {
        self.trades = self.trades.saturating_add(other.trades);
        self.traded_notional = self.traded_notional.plus(other.traded_notional)?;
        self.turnover = self.turnover.plus(other.turnover)?;
        self.by_kind = self.by_kind.plus(&other.by_kind)?;
        self.cost = self.cost.plus(other.cost)?;
        Ok(())
    }

    pub(super) fn add_trade(&mut self, trade: &Transaction) -> Result<(), ArithmeticError> {
        self.trades = self.trades.saturating_add(1);
        self.traded_notional = self.traded_notional.plus(trade.notional)?;
        self.by_kind = self.by_kind.plus(&trade.costs)?;
        self.cost = self.cost.plus(trade.costs.total()?)?;
        Ok(())
    }
}

impl InRegime {
    /// Returns the figures of a regime.
    #[must_use]
    pub fn of(&self, regime: Regime) -> &RegimeFigures {
        match regime {
            Regime::Bullish => &self.bullish,
            Regime::Bearish => &self.bearish,
            Regime::Undetermined => &self.undetermined,
        }
    }

    pub(super) fn of_mut(&mut self, regime: Regime) -> &mut RegimeFigures {
        match regime {
            Regime::Bullish => &mut self.bullish,
            Regime::Bearish => &mut self.bearish,
            Regime::Undetermined => &mut self.undetermined,
        }
    }
}
