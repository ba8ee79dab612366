//! What the schedule asks for at a snapshot.

use regimen_types::{AsOf, Cause, HistoryWindow};

use super::schedule::{Occurrence, Reference, ScheduleState, occurrence};
use super::state::IndexState;
use crate::methodology::Methodology;

/// What the schedule asks for at a snapshot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// A selection of new constituents.
    pub(super) reconstitution: Option<Occurrence>,
    /// A rebalance of the weights alone.
    rebalance: Option<Occurrence>,
}

impl Due {
    /// Looks the window's newest snapshot up in the schedule, and counts it.
    pub(super) fn at(methodology: &Methodology, state: &mut IndexState, window: &HistoryWindow<'_>) -> Self {
        if state.index.is_some() {
            state.schedule.since_reconstitution = state.schedule.since_reconstitution.saturating_add(1);
            state.schedule.since_rebalance = state.schedule.since_rebalance.saturating_add(1);
        }
        let due = Self::counted(methodology, state.schedule, window);
        if due.reconstitution.is_some() {
            state.schedule = ScheduleState::START;
        } else if due.rebalance.is_some() {
            state.schedule.since_rebalance = 0;
        }
        due
    }

    fn counted(methodology: &Methodology, counts: ScheduleState, window: &HistoryWindow<'_>) -> Self {
        let (schedule, rules) = (&methodology.definition().schedule, methodology.rules());
        let rebalance = schedule.rebalance.as_ref().map(|rebalance| &rebalance.timing);
        Self {
            reconstitution: occurrence(&schedule.reconstitution, counts.since_reconstitution, rules, window),
            rebalance: rebalance.and_then(|timing| occurrence(timing, counts.since_rebalance, rules, window)),
        }
    }

    /// Returns the rebalance that the schedule asks for by the figures of a reference, or the one that
    /// `between` finds if new constituents are not scheduled: it selects anew, so it comes before a rebalance
    /// of the weights alone.
    pub(super) fn trigger(
        &self,
        reference: Reference,
        between: impl FnOnce() -> Option<Trigger>,
    ) -> Option<Trigger> {
        let scheduled = |occurrence: Option<Occurrence>, cause| {
            let occurrence = occurrence.filter(|occurrence| occurrence.reference == reference)?;
            Some(Trigger { cause, in_force: occurrence.in_force() })
        };
        scheduled(self.reconstitution, Cause::Schedule)
            .or_else(between)
            .or_else(|| scheduled(self.rebalance, Cause::Rebalance))
    }
}

/// A rebalance that is to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trigger {
    pub(super) cause: Cause,
    /// The first instant at which levels show the new basket.
    pub(super) in_force: AsOf,
}

impl Trigger {
    /// Builds a rebalance that no schedule asks for.
    pub(super) fn at_once(cause: Cause, as_of: AsOf) -> Self {
        Self { cause, in_force: Occurrence::on(as_of).in_force() }
    }
}
