//! One day of the index: what is known when it opens, what has happened so far, and the decision that it
//! leaves.
//!
//! Each step of the day is a method in the file of its subject; [`advance`](super::advance) puts them in
//! order.

mod actions;
mod announced;
mod basket;
mod constituents;
mod deletion;
mod distribution;
mod rebalance;
mod regime;

use regimen_ledger::{Index, ValuationError};
use regimen_types::{AsOf, AssetId, Cause, HistoryWindow, IndexLevel, Price};

use super::basis::Basis;
use super::decision::{IndexDecision, IndexRebalance, RegimeDecision};
use super::due::Due;
use super::error::IndexError;
use super::state::IndexState;
use super::supply::SupplyDue;
use crate::methodology::Methodology;

pub(super) use regime::Levels;

/// A snapshot that the index takes.
pub(super) struct Day<'m, 'w> {
    methodology: &'m Methodology,
    window: HistoryWindow<'w>,
    /// The memory of the index, without the index itself.
    state: IndexState,
    index: Index,
    /// True if the index has no earlier snapshot.
    begins: bool,
    due: Due,
    supply_due: SupplyDue,
    /// The basket of a missed day, until the index is marked.
    missed: Option<Decided>,
    /// The rebalances of the day, the newest last.
    rebalances: Vec<IndexRebalance>,
    regime: RegimeDecision,
}

/// A basket that was decided on at a reference instant, without its weights at today's prices.
struct Decided {
    reference: AsOf,
    cause: Cause,
    basis: Basis,
}

impl<'m, 'w> Day<'m, 'w> {
    /// Opens the day of the window's newest snapshot: counts it in the schedules, and looks up what is due.
    pub(super) fn open(
        methodology: &'m Methodology,
        mut state: IndexState,
        window: &HistoryWindow<'w>,
    ) -> Result<Self, IndexError> {
        let begins = state.index.is_none();
        let due = Due::at(methodology, &mut state, window);
        let supply_due = state.supply.due(methodology, !begins, window);
        let index = match state.index.take() {
            Some(index) => index,
            None => Index::new(methodology.definition().index.base_level)
                .map_err(|source| IndexError::Level { as_of: window.as_of(), source })?,
        };
        let regime = RegimeDecision { before: state.regime.regime, state: state.regime, step: None };
        Ok(Self {
            methodology,
            window: *window,
            state,
            index,
            begins,
            due,
            supply_due,
            missed: None,
            rebalances: Vec::new(),
            regime,
        })
    }

    /// Ends the day of an index that has begun.
    pub(super) fn close(mut self) -> (IndexDecision, IndexState) {
        let as_of = self.window.as_of();
        let decision = IndexDecision {
            as_of,
            regime: self.regime,
            rebalance: self.rebalances.pop(),
            earlier: self.rebalances,
            level: self.index.level(),
            divisor: self.index.divisor(),
            asset_count: self.index.basket().len(),
        };
        (decision, IndexState { decided_at: Some(as_of), index: Some(self.index), ..self.state })
    }

    /// Ends the day of an index that has not begun: regime, pegs and supplies are remembered, and no basket.
    pub(super) fn close_unbegun(self) -> IndexState {
        self.state
    }

    /// Returns the level of the index now.
    pub(super) fn level(&self) -> IndexLevel {
        self.index.level()
    }

    /// Values the index at the last known prices of the day.
    pub(super) fn mark(&mut self) -> Result<(), IndexError> {
        self.index.mark(last_price_in(&self.window)).map_err(|source| self.without_level(source))?;
        if let Some(missed) = self.missed.take() {
            let taken = self.at_todays_prices(missed)?;
            self.has_rebalanced(taken);
        }
        Ok(())
    }

    /// Notes that the index has taken a new basket.
    fn has_rebalanced(&mut self, taken: IndexRebalance) {
        self.rebalances.push(taken);
    }

    /// Counts the day toward the way back of assets that left their peg.
    pub(super) fn watch_pegs(&mut self) {
        self.state.sleeve.watch(&self.methodology.definition().defensive, &self.window);
    }

    /// Takes the supplies of a scheduled day that turns out to have no snapshot.
    pub(super) fn take_missed_supplies(&mut self) -> Result<(), IndexError> {
        self.state.supply.take_missed(self.methodology, self.supply_due, &self.window)
    }

    /// Takes the supplies that come into force today.
    pub(super) fn advance_supplies(&mut self) -> Result<(), IndexError> {
        self.state.supply.advance(self.methodology, self.supply_due, &self.window)
    }

    /// Takes today's supplies if the index begins without any.
    pub(super) fn begin_supplies(&mut self) -> Result<(), IndexError> {
        if self.begins { self.state.supply.begin(self.methodology, &self.window) } else { Ok(()) }
    }

    fn without_level(&self, source: ValuationError) -> IndexError {
        IndexError::Level { as_of: self.window.as_of(), source }
    }
}

/// Values assets at their last known price in a window.
fn last_price_in<'a>(window: &'a HistoryWindow<'_>) -> impl Fn(&AssetId) -> Option<Price> + Copy + 'a {
    |asset| window.last_price(asset).map(|last| last.value)
}
