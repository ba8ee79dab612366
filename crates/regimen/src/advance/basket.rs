//! A new basket: what it is made of, and its weights at other prices than those of its reference.

use regimen_ledger::Index;
use regimen_planning::TargetPortfolio;
use regimen_types::{AsOf, AssetId, Cause, Exact, HistoryWindow, Price, Weight};
use regimen_weighting::Weights;
use rust_decimal::Decimal;

use super::cause::Trigger;
use super::constituents;
use crate::decide::DecideError;
use crate::decision::{Basis, IndexRebalance};
use crate::methodology::Methodology;
use crate::state::{Exposure, IndexState, LastRebalance};

/// Values assets at their last known price in a window.
pub(super) fn last_price_in<'a>(
    window: &'a HistoryWindow<'_>,
) -> impl Fn(&AssetId) -> Option<Price> + Copy + 'a {
    |asset| window.last_price(asset).map(|last| last.value)
}

/// Decides on a new basket by the window's newest snapshot.
pub(super) fn new(
    methodology: &Methodology,
    state: &mut IndexState,
    exposure: Exposure,
    trigger: Trigger,
    window: &HistoryWindow<'_>,
) -> Result<IndexRebalance, DecideError> {
    let as_of = window.as_of();
    let (basis, target) = match (exposure, trigger.cause) {
        (Exposure::Constituents, Cause::Rebalance) => {
            constituents::weighed_again(methodology, state, window)?
        }
        _ => constituents::target(methodology, exposure, state, trigger.in_force, window)?,
    };
    state.last_rebalance = Some(LastRebalance { as_of, exposure });
    Ok(IndexRebalance { as_of, reference: as_of, cause: trigger.cause, basis, target, crossings: Vec::new() })
}

/// What was decided at a reference instant.
pub(super) struct Decided {
    pub(super) reference: AsOf,
    pub(super) cause: Cause,
    pub(super) basis: Basis,
}

/// States a rebalance at the prices of a window that ends later than its reference: weights have drifted since, ranks, caps
/// and raw weights are those of the reference.
pub(super) fn at_prices_of(
    decided: Decided,
    index: &Index,
    window: &HistoryWindow<'_>,
) -> Result<IndexRebalance, DecideError> {
    let as_of = window.as_of();
    let weights = weights_of(index, as_of)?;
    let weight_of = |asset: &AssetId| {
        let found = weights.iter().find(|(weighted, _)| weighted == asset);
        found.map_or(Weight::ZERO, |(_, weight)| *weight)
    };
    // The snapshot's price, as in every verdict: a carried one would pass for it.
    let price_of = |asset: &AssetId| window.row(asset).and_then(|row| row.price());
    let Decided { reference, cause, mut basis } = decided;
    match &mut basis {
        Basis::Constituents(verdicts) => {
            for each in verdicts {
                (each.price, each.weight) = (price_of(&each.asset), weight_of(&each.asset));
            }
        }
        Basis::Given { verdicts, .. } => {
            for each in verdicts {
                (each.price, each.weight) = (price_of(&each.asset), weight_of(&each.asset));
            }
        }
    }
    let target =
        TargetPortfolio::new(weights.clone()).map_err(|source| DecideError::Target { as_of, source })?;
    Ok(IndexRebalance { as_of, reference, cause, basis, target, crossings: Vec::new() })
}

/// Returns the weights of an index at its last prices, on the grid of [`Weights`]. Without cash they sum to exactly 1.
fn weights_of(index: &Index, as_of: AsOf) -> Result<Vec<(AssetId, Weight)>, DecideError> {
    let failed = |source: regimen_types::ArithmeticError| DecideError::Level { as_of, source: source.into() };
    let one = Exact::from(Decimal::ONE);
    let mut values = Vec::with_capacity(index.basket().len());
    let mut total = Exact::from(index.cash().decimal());
    for (asset, position) in index.basket() {
        total = total.plus(position.value()).map_err(failed)?;
        values.push((asset.clone(), position.value().ratio_to_fit(one, 28).map_err(failed)?));
    }
    if index.cash().is_zero()
        && let Ok(weights) = Weights::proportional_to(&values)
    {
        return Ok(weights.iter().map(|(asset, weight)| (asset.clone(), weight)).collect());
    }
    let share = |(asset, value): (AssetId, Decimal)| {
        let share = Exact::from(value).ratio_to_fit(total, Weights::SCALE).map_err(failed)?;
        Ok((asset, Weight::new(share).map_err(|error| failed(error.into()))?))
    };
    values.into_iter().map(share).collect()
}
