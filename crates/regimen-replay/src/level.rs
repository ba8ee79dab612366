//! The index alone: its level at every snapshot, without a portfolio.

use regimen::{IndexDecision, IndexState, Methodology, advance_index};
use regimen_types::{AsOf, History};

use crate::run::{Period, RunError};

/// Calculates an index from its base date, or the first snapshot, to `to`, or the newest one, hands each
/// decision over, and returns the state after the last.
///
/// A level depends on nothing that follows it: neither on `to` nor on rows that became known later. A row
/// that is restated, or comes late, changes levels from the snapshot at which it is known, and none that was
/// published.
///
/// # Errors
/// [`RunError`] if no snapshot lies between base date and `to`, or the index has no level, or `take` fails.
pub fn calculate_index<E>(
    methodology: &Methodology,
    history: &History,
    to: Option<AsOf>,
    mut take: impl FnMut(IndexDecision) -> Result<(), E>,
) -> Result<IndexState, RunError<E>> {
    let period = Period { from: None, to }.from_base(methodology);
    let mut state = IndexState::START;
    let mut any = false;
    for window in history.windows().filter(|window| period.contains(window.as_of())) {
        let (decision, next) =
            advance_index(methodology, &state, &window).map_err(|source| RunError::Replay(source.into()))?;
        state = next;
        take(decision).map_err(RunError::Sink)?;
        any = true;
    }
    if any { Ok(state) } else { Err(RunError::NoSnapshot) }
}
