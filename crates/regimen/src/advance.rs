//! The index side of a decision: from a snapshot to the index's level, constituents and weights.
//!
//! ```text
//! mark → regime → rebalance cause? → constituents or sleeve → target weights → divisor
//! ```
//!
//! It knows no holdings and no costs.

mod cause;
mod constituents;
mod given;
mod regime;
mod sleeve;

use regimen_ledger::{Index, ValuationError};
use regimen_types::{AssetId, Cause, HistoryWindow, Price};

use crate::decide::DecideError;
use crate::decision::{IndexDecision, IndexRebalance};
use crate::methodology::Methodology;
use crate::state::{Exposure, IndexState, LastRebalance};

pub use sleeve::{OffPeg, SleeveState};

/// Advances the index over every snapshot that the state has not seen, and returns what was decided at the newest.
///
/// An index that has not begun begins at the window's reference instant; earlier snapshots then serve the regime's
/// signals and the pegs of the sleeve alone. If the index was rebalanced at a snapshot that the caller skipped, the newest such rebalance is
/// returned, with its instant.
///
/// # Errors
/// [`DecideError`] if the window has nothing new, weighting fails, or the index has no level.
pub fn advance_index(
    methodology: &Methodology,
    state: &IndexState,
    window: &HistoryWindow<'_>,
) -> Result<(IndexDecision, IndexState), DecideError> {
    if let Some(decided_at) = state.decided_at.filter(|decided_at| *decided_at >= window.as_of()) {
        return Err(DecideError::NothingNew { newest: window.as_of(), decided_at });
    }
    let (unseen, newest) = unseen(state, window);
    let mut next = state.clone();
    if state.decided_at.is_none() {
        next.regime = regime::warm_up(methodology, state.regime, &unseen);
        let defensive = &methodology.definition().defensive;
        unseen.iter().for_each(|each| next.sleeve.watch(defensive, each));
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
    let price_of = |asset: &AssetId| -> Option<Price> { window.last_price(asset).map(|last| last.value) };
    let mut index = match state.index.take() {
        Some(index) => index,
        None => Index::new(methodology.definition().index.base_level).map_err(level)?,
    };
    index.mark(price_of).map_err(level)?;

    let regime = regime::evaluate(methodology, state.regime, window);
    let exposure = Exposure::of(regime.state.regime);
    let defensive = &methodology.definition().defensive;
    state.sleeve.watch(defensive, window);
    let must_sell = || exposure == Exposure::Sleeve && state.sleeve.must_sell(defensive, &index, window);
    let cause =
        cause::cause(methodology, &state, window, exposure).or_else(|| must_sell().then_some(Cause::OffPeg));
    let rebalance = cause
        .map(|cause| {
            let (basis, target) = constituents::target(methodology, exposure, &mut state, window)?;
            Ok(IndexRebalance { as_of, cause, basis, target })
        })
        .transpose()?;
    if let Some(rebalance) = &rebalance {
        let weights = rebalance.target.weights().map(|(asset, weight)| (asset.clone(), weight));
        index.rebalance(weights, price_of).map_err(level)?;
        state.last_rebalance = Some(LastRebalance { as_of, exposure });
    }
    let decision = IndexDecision {
        as_of,
        regime,
        rebalance,
        level: index.level(),
        divisor: index.divisor(),
        asset_count: index.basket().len(),
    };
    Ok((decision, IndexState { decided_at: Some(as_of), regime: regime.state, index: Some(index), ..state }))
}
