//! The index side of a decision: from a snapshot to the index's level, constituents and weights.
//!
//! ```text
//! corporate actions → mark → regime → rebalance cause? → constituents or sleeve → target weights → divisor
//! ```
//!
//! It knows no holdings and no costs.

mod announce;
mod basket;
mod between;
mod cause;
mod constituents;
mod cross;
mod given;
mod regime;
mod sleeve;
mod supply;

use regime::Levels;
use regimen_ledger::{Index, ValuationError};
use regimen_types::{Cause, HistoryWindow, IndexLevel};

use crate::decide::DecideError;
use crate::decision::{IndexDecision, IndexRebalance};
use crate::methodology::Methodology;
use crate::schedule::Reference;
use crate::state::{Exposure, IndexState};
use basket::{Decided, last_price_in};
use cause::{Due, Trigger};

pub use cross::Crossing;
pub use sleeve::{OffPeg, SleeveState};
pub use supply::{AnnouncedSupply, SupplyState};

/// Advances the index over every snapshot that the state has not seen, and returns what was decided at the newest.
///
/// An index that has not begun begins at the window's reference instant; earlier snapshots then serve the regime's
/// signals and the pegs of the sleeve alone. If the index was rebalanced at a snapshot that the caller skipped, the newest such rebalance is
/// returned, with its instant.
///
/// # Errors
/// [`DecideError`] if the window has nothing new or ends before the base date, weighting fails, or the index has no
/// level.
pub fn advance_index(
    methodology: &Methodology,
    state: &IndexState,
    window: &HistoryWindow<'_>,
) -> Result<(IndexDecision, IndexState), DecideError> {
    advance(methodology, state.clone(), window)
}

/// Advances as [`advance_index`] does, and makes the new state of the old one.
pub(crate) fn advance(
    methodology: &Methodology,
    state: IndexState,
    window: &HistoryWindow<'_>,
) -> Result<(IndexDecision, IndexState), DecideError> {
    if let Some(decided_at) = state.decided_at.filter(|decided_at| *decided_at >= window.as_of()) {
        return Err(DecideError::NothingNew { newest: window.as_of(), decided_at });
    }
    if let Some(base) = methodology.definition().index.base_date.filter(|base| window.as_of() < *base) {
        return Err(DecideError::BeforeBase { newest: window.as_of(), base });
    }
    let (unseen, newest) = unseen(&state, window);
    let mut next = state;
    if next.decided_at.is_none() {
        regime::warm_up(methodology, &mut next, &unseen);
        let defensive = &methodology.definition().defensive;
        unseen.iter().for_each(|each| next.sleeve.watch(defensive, each));
        unseen.iter().try_for_each(|each| watch_supplies(methodology, &mut next, each))?;
        return step(methodology, next, &newest);
    }
    let mut missed = None;
    for each in &unseen {
        let (decision, after) = step(methodology, next, each)?;
        missed = decision.rebalance.or(missed);
        next = after;
    }
    let (mut decision, next) = step(methodology, next, &newest)?;
    decision.rebalance = decision.rebalance.or(missed);
    Ok((decision, next))
}

/// Returns the windows that end with the snapshots that the state has not seen, oldest first, and the newest apart.
fn unseen<'a>(state: &IndexState, window: &HistoryWindow<'a>) -> (Vec<HistoryWindow<'a>>, HistoryWindow<'a>) {
    let earlier = std::iter::successors(window.previous(), HistoryWindow::previous)
        .take_while(|each| state.decided_at.is_none_or(|decided_at| each.as_of() > decided_at));
    let mut earlier: Vec<HistoryWindow<'a>> = earlier.collect();
    earlier.reverse();
    (earlier, *window)
}

/// Takes one snapshot.
fn step(
    methodology: &Methodology,
    mut state: IndexState,
    window: &HistoryWindow<'_>,
) -> Result<(IndexDecision, IndexState), DecideError> {
    let as_of = window.as_of();
    let level = |source: ValuationError| DecideError::Level { as_of, source };
    let due = Due::at(methodology, &mut state, window);
    let begins = state.index.is_none();
    let supply_due = state.supply.due(methodology, !begins, window);
    state.supply.take_late(methodology, supply_due, window)?;
    let mut index = match state.index.take() {
        Some(index) => index,
        None => Index::new(methodology.definition().index.base_level).map_err(level)?,
    };
    let late = late_basket(methodology, &mut state, &mut index, &due, window)?;
    carry_over(&mut state, &mut index, window)?;
    state.supply.advance(methodology, supply_due, begins, window)?;

    index.mark(last_price_in(window)).map_err(level)?;
    let late = late.map(|late| basket::at_prices_of(late, &index, window)).transpose()?;
    if let Some(distributions) = &methodology.definition().index.distributions {
        between::distribute(distributions, &mut index, window).map_err(level)?;
    }
    let deleted = between::delete(methodology, &mut state, &mut index, window)?;
    let mut rebalance = announce::take_effect(&mut state, &mut index, window)?.or(deleted).or(late);

    let levels = Levels {
        index: Some(index.level()),
        always_bullish: advance_always_bullish(methodology, &mut state, window)?,
    };
    let regime = regime::evaluate(methodology, &mut state, due.reconstitution.is_some(), window, levels);
    state.regime = regime.state;
    let exposure = Exposure::of(regime.state.regime);
    let defensive = &methodology.definition().defensive;
    state.sleeve.watch(defensive, window);
    let must_sell = || exposure == Exposure::Sleeve && state.sleeve.must_sell(defensive, &index, window);
    let off_peg = || must_sell().then(|| Trigger::at_once(Cause::OffPeg, as_of));
    let crossings = match exposure {
        Exposure::Constituents => cross::crossings(methodology, &state, window),
        Exposure::Sleeve => Vec::new(),
    };
    let crossed = || !crossings.is_empty();
    let trigger = cause::trigger(&state, &due, Reference::Newest, exposure, as_of, crossed);
    if let Some(trigger) = trigger.or_else(off_peg) {
        let mut new = basket::new(methodology, &mut state, exposure, trigger, window)?;
        if trigger.cause == Cause::ThresholdCross {
            new.crossings = crossings;
        }
        rebalance = announce::take(methodology, &mut state, &mut index, new, window)?.or(rebalance);
    }
    let decision = IndexDecision {
        as_of,
        regime,
        rebalance,
        level: index.level(),
        divisor: index.divisor(),
        asset_count: index.basket().len(),
    };
    Ok((decision, IndexState { decided_at: Some(as_of), index: Some(index), ..state }))
}

/// Gives the index the basket of a scheduled day that turns out to have no snapshot: by the figures and at the prices of
/// the snapshot before, where the index stands until it is marked.
fn late_basket(
    methodology: &Methodology,
    state: &mut IndexState,
    index: &mut Index,
    due: &Due,
    window: &HistoryWindow<'_>,
) -> Result<Option<Decided>, DecideError> {
    let Some(before) = window.previous() else { return Ok(None) };
    let exposure = Exposure::of(state.regime.regime);
    let trigger = cause::trigger(state, due, Reference::Previous, exposure, window.as_of(), || false);
    let Some(trigger) = trigger else { return Ok(None) };
    let new = basket::new(methodology, state, exposure, trigger, &before)?;
    let taken = announce::take(methodology, state, index, new, &before)?;
    Ok(taken.map(|IndexRebalance { reference, cause, basis, .. }| Decided { reference, cause, basis }))
}

/// Carries index, announced basket and memory over the corporate actions that come into force.
fn carry_over(
    state: &mut IndexState,
    index: &mut Index,
    window: &HistoryWindow<'_>,
) -> Result<(), DecideError> {
    let level = |source| DecideError::Level { as_of: window.as_of(), source };
    for action in window.corporate_actions() {
        index.apply(action, last_price_in(window)).map_err(level)?;
        if let Some(announced) = &mut state.announced {
            announced.pro_forma.apply(action, last_price_in(window)).map_err(level)?;
        }
        state.membership.carry_over(action);
        state.supply.carry_over(action);
    }
    Ok(())
}

/// Takes the supply snapshots before the index begins, so that it begins with those in force then.
fn watch_supplies(
    methodology: &Methodology,
    state: &mut IndexState,
    window: &HistoryWindow<'_>,
) -> Result<(), DecideError> {
    let due = state.supply.due(methodology, false, window);
    state.supply.take_late(methodology, due, window)?;
    window.corporate_actions().for_each(|action| state.supply.carry_over(action));
    state.supply.advance(methodology, due, false, window)
}

/// Takes one snapshot of the same index without a regime, if a signal reads its level, and returns that level.
fn advance_always_bullish(
    methodology: &Methodology,
    state: &mut IndexState,
    window: &HistoryWindow<'_>,
) -> Result<Option<IndexLevel>, DecideError> {
    let Some(always_bullish) = methodology.always_bullish() else { return Ok(None) };
    // It begins with the supplies that the index itself has.
    let begun = || IndexState { supply: state.supply.clone(), ..IndexState::START };
    let constituents = state.signals.always_bullish.take().map_or_else(begun, |state| *state);
    let (decision, next) = step(always_bullish, constituents, window)?;
    state.signals.always_bullish = Some(Box::new(next));
    Ok(Some(decision.level))
}
