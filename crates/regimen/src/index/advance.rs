//! The index side of a decision: from a snapshot to the index's level, constituents and weights.
//!
//! ```text
//! corporate actions → mark → regime → rebalance cause? → constituents or sleeve → target weights → divisor
//! ```

use regimen_types::{HistoryWindow, IndexLevel};

use super::day::{Day, Levels};
use super::decision::IndexDecision;
use super::error::IndexError;
use super::state::IndexState;
use crate::methodology::Methodology;

/// Advances the index over every snapshot that the state has not seen, and returns what was decided at the
/// newest.
///
/// An index that has not begun begins at the window's reference instant; earlier snapshots then serve the
/// regime's signals and the pegs of the sleeve alone. If the index was rebalanced at a snapshot that the
/// caller skipped, the newest such rebalance is returned, with its instant.
///
/// # Errors
/// [`IndexError`] if the window has nothing new or ends before the base date, weighting fails, or the index
/// has no level.
pub fn advance_index(
    methodology: &Methodology,
    state: &IndexState,
    window: &HistoryWindow<'_>,
) -> Result<(IndexDecision, IndexState), IndexError> {
    advance(methodology, state.clone(), window)
}

/// Advances as [`advance_index`] does, and makes the new state of the old one.
pub(crate) fn advance(
    methodology: &Methodology,
    mut state: IndexState,
    window: &HistoryWindow<'_>,
) -> Result<(IndexDecision, IndexState), IndexError> {
    let newest = window.as_of();
    if let Some(decided_at) = state.decided_at.filter(|decided_at| *decided_at >= newest) {
        return Err(IndexError::NothingNew { newest, decided_at });
    }
    if let Some(base) = methodology.definition().index.base_date.filter(|base| newest < *base) {
        return Err(IndexError::BeforeBase { newest, base });
    }
    let begins = state.decided_at.is_none();
    let mut missed = None;
    for earlier in unseen(&state, window) {
        if begins {
            state = observe(methodology, state, &earlier)?;
        } else {
            let (decision, next) = take(methodology, state, &earlier)?;
            missed = decision.rebalance.or(missed);
            state = next;
        }
    }
    let (mut decision, next) = take(methodology, state, window)?;
    decision.rebalance = decision.rebalance.or(missed);
    Ok((decision, next))
}

/// Returns the windows that end with earlier snapshots that the state has not seen, oldest first.
fn unseen<'a>(state: &IndexState, window: &HistoryWindow<'a>) -> Vec<HistoryWindow<'a>> {
    let earlier = std::iter::successors(window.previous(), HistoryWindow::previous)
        .take_while(|each| state.decided_at.is_none_or(|decided_at| each.as_of() > decided_at));
    let mut earlier: Vec<HistoryWindow<'a>> = earlier.collect();
    earlier.reverse();
    earlier
}

/// Takes one snapshot.
fn take(
    methodology: &Methodology,
    state: IndexState,
    window: &HistoryWindow<'_>,
) -> Result<(IndexDecision, IndexState), IndexError> {
    let mut day = Day::open(methodology, state, window)?;
    day.take_missed_supplies()?;
    day.rebalance_for_missed_day()?;
    day.carry_over_actions()?;
    day.advance_supplies()?;
    day.begin_supplies()?;
    day.mark()?;
    day.distribute()?;
    day.delete_constituents()?;
    day.apply_announced()?;
    let always_bullish = advance_always_bullish(&mut day)?;
    day.evaluate_regime(Levels { index: Some(day.level()), always_bullish });
    day.watch_pegs();
    day.rebalance_if_due()?;
    Ok(day.close())
}

/// Looks at a snapshot before the index begins.
fn observe(
    methodology: &Methodology,
    state: IndexState,
    window: &HistoryWindow<'_>,
) -> Result<IndexState, IndexError> {
    let mut day = Day::open(methodology, state, window)?;
    day.take_missed_supplies()?;
    day.carry_over_actions()?;
    day.advance_supplies()?;
    day.evaluate_regime(Levels::default());
    day.watch_pegs();
    Ok(day.close_unbegun())
}

/// Takes the day of the same index without a regime, and returns its level, if a signal reads it.
fn advance_always_bullish(day: &mut Day<'_, '_>) -> Result<Option<IndexLevel>, IndexError> {
    let Some((methodology, state, window)) = day.always_bullish() else { return Ok(None) };
    let (decision, next) = take(methodology, state, &window)?;
    day.remember_always_bullish(next);
    Ok(Some(decision.level))
}
