//! What the schedule asks for at a snapshot.

use regimen_types::{AsOf, Cause, HistoryWindow};

use super::schedule::{Occurrences, Reference, ScheduleState, occurrences, shown_from};
use super::state::IndexState;
use crate::methodology::Methodology;

/// What the schedule asks for at a snapshot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// A selection of new constituents.
    pub(super) reconstitution: Occurrences,
    /// A rebalance of the weights alone.
    rebalance: Occurrences,
}

impl Due {
    /// Looks the window's newest snapshot up in the schedule, and counts it.
    pub(super) fn at(methodology: &Methodology, state: &mut IndexState, window: &HistoryWindow<'_>) -> Self {
        if state.index.is_some() {
            state.schedule.since_reconstitution = state.schedule.since_reconstitution.saturating_add(1);
            state.schedule.since_rebalance = state.schedule.since_rebalance.saturating_add(1);
        }
        let due = Self::counted(methodology, state.schedule, window);
        if due.reconstitution.any() {
            state.schedule = ScheduleState::START;
        } else if due.rebalance.any() {
            state.schedule.since_rebalance = 0;
        }
        due
    }

    fn counted(methodology: &Methodology, counts: ScheduleState, window: &HistoryWindow<'_>) -> Self {
        let (schedule, rules) = (&methodology.definition().schedule, methodology.rules());
        let rebalance = schedule.rebalance.as_ref().map(|rebalance| &rebalance.timing);
        Self {
            reconstitution: occurrences(&schedule.reconstitution, counts.since_reconstitution, rules, window),
            rebalance: rebalance.map_or(Occurrences::default(), |timing| {
                occurrences(timing, counts.since_rebalance, rules, window)
            }),
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
        let scheduled = |occurrences: Occurrences, cause| {
            occurrences.by(reference).map(|in_force| Trigger { cause, in_force })
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
    /// The first instant at which levels show the new basket, if it is taken at once.
    pub(super) in_force: AsOf,
}

impl Trigger {
    /// Builds a rebalance that no schedule asks for.
    pub(super) fn at_once(cause: Cause, window: &HistoryWindow<'_>) -> Self {
        let previous = window.previous().map(|earlier| earlier.as_of());
        Self { cause, in_force: shown_from(window.as_of(), previous) }
    }
}
