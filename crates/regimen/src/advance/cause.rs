//! Why the index is rebalanced at a snapshot.

use regimen_types::{AsOf, Cause, HistoryWindow};

use crate::methodology::Methodology;
use crate::schedule::{Occurrence, Reference, ScheduleState, occurrence};
use crate::state::{Exposure, IndexState};

/// What the schedule asks for at a snapshot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    pub(super) reconstitution: Option<Occurrence>,
    /// Of the weights alone.
    pub(super) rebalance: Option<Occurrence>,
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
}

/// A rebalance that is to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trigger {
    pub(super) cause: Cause,
    /// The first instant of which levels show the new basket.
    pub(super) in_force: AsOf,
}

impl Trigger {
    /// Builds a rebalance that no schedule asks for.
    pub(super) fn at_once(cause: Cause, as_of: AsOf) -> Self {
        Self { cause, in_force: Occurrence::on(as_of).in_force() }
    }
}

/// Returns the rebalance to be made by the figures of the reference, or `None` if there is none.
pub(super) fn trigger(
    state: &IndexState,
    due: &Due,
    reference: Reference,
    exposure: Exposure,
    as_of: AsOf,
    crossed: impl FnOnce() -> bool,
) -> Option<Trigger> {
    let at_once = |cause| Some(Trigger::at_once(cause, as_of));
    if reference == Reference::Newest {
        let Some(last) = state.last_rebalance else { return at_once(Cause::Inception) };
        if last.exposure != exposure {
            return at_once(Cause::RegimeSwitch);
        }
    }
    state.last_rebalance?;
    let scheduled = |occurrence: Option<Occurrence>, cause| {
        let occurrence = occurrence.filter(|occurrence| occurrence.reference == reference)?;
        Some(Trigger { cause, in_force: occurrence.in_force() })
    };
    // A cross selects anew, so it comes before a rebalance of the weights alone.
    let of_cross = || if crossed() { at_once(Cause::ThresholdCross) } else { None };
    scheduled(due.reconstitution, Cause::Schedule)
        .or_else(of_cross)
        .or_else(|| scheduled(due.rebalance, Cause::Rebalance))
}
