//! Why the index is rebalanced at a snapshot.

use regimen_types::{Cause, HistoryWindow};

use crate::methodology::Methodology;
use crate::schedule;
use crate::state::{Exposure, IndexState};

/// Returns why the index is rebalanced now, or `None` if it is not.
pub(super) fn cause(
    methodology: &Methodology,
    state: &IndexState,
    window: &HistoryWindow<'_>,
    exposure: Exposure,
) -> Option<Cause> {
    let Some(last) = state.last_rebalance else { return Some(Cause::Inception) };
    if last.exposure != exposure {
        return Some(Cause::RegimeSwitch);
    }
    is_due(methodology, window).then_some(Cause::Schedule)
}

/// Says whether the window's newest snapshot is scheduled for a rebalance.
pub(super) fn is_due(methodology: &Methodology, window: &HistoryWindow<'_>) -> bool {
    schedule::is_due(&methodology.definition().schedule, methodology.rules(), window)
}
