//! What happens to the basket between two reconstitutions: distributions, and constituents that are deleted.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use regimen_definition::{DeletionDefinition, Distributions, SuccessorName};
use regimen_ledger::{Index, Successor, ValuationError};
use regimen_types::{ArithmeticError, AssetId, Cause, Exact, HistoryWindow, Price};
use regimen_weighting::{AssetVerdict, Exclusion, Verdict};
use rust_decimal::Decimal;

use super::basket::{Decided, at_prices_of};
use crate::decide::DecideError;
use crate::decision::{Basis, IndexRebalance};
use crate::methodology::Methodology;
use crate::state::{Exposure, IndexState};

/// Reinvests what the constituents distribute at the window's newest snapshot, at whose prices the index stands.
pub(super) fn distribute(
    distributions: &Distributions,
    index: &mut Index,
    window: &HistoryWindow<'_>,
) -> Result<(), ValuationError> {
    let received = |asset: &AssetId| Price::new(window.row(asset)?.attribute(&distributions.column)?).ok();
    let assets: Vec<AssetId> = index.basket().keys().cloned().collect();
    let per_unit: BTreeMap<AssetId, Price> =
        assets.into_iter().filter_map(|asset| received(&asset).map(|amount| (asset, amount))).collect();
    index.distribute(&per_unit, distributions.reinvest).map(drop)
}

/// Deletes the constituents whose last known price is too old, and returns the basket that is left, or `None` if there
/// are none.
pub(super) fn delete(
    methodology: &Methodology,
    state: &mut IndexState,
    index: &mut Index,
    window: &HistoryWindow<'_>,
) -> Result<Option<IndexRebalance>, DecideError> {
    let as_of = window.as_of();
    let Some(rule) = &methodology.definition().index.deletion else { return Ok(None) };
    let holds_constituents = state.last_rebalance.is_some_and(|last| last.exposure == Exposure::Constituents);
    if rule.then == SuccessorName::Freeze || !holds_constituents {
        return Ok(None);
    }
    let failed = |source: ArithmeticError| DecideError::Level { as_of, source: source.into() };
    let stale = stale_constituents(rule, index, window).map_err(failed)?;
    if stale.is_empty() {
        return Ok(None);
    }
    let mut verdicts = Vec::new();
    for (asset, exclusion) in stale {
        let successor = successor(rule, state, index, window);
        if let Successor::Asset(next, _) = &successor {
            state.membership.constituents.insert(next.clone());
        }
        index
            .delete(&asset, rule.recovery, successor)
            .map_err(|source| DecideError::Level { as_of, source })?;
        state.membership.constituents.remove(&asset);
        verdicts.push(verdict(asset, Verdict::Excluded(exclusion)));
    }
    let left = index.basket().keys().cloned().map(|asset| verdict(asset, Verdict::Selected));
    let basis = Basis::Constituents(left.chain(verdicts).collect());
    at_prices_of(Decided { reference: as_of, cause: Cause::Deletion, basis }, index, window).map(Some)
}

/// Returns the constituents to delete, the most valuable first: of several that go at once it has the first successor, whatever
/// they are called.
fn stale_constituents(
    rule: &DeletionDefinition,
    index: &Index,
    window: &HistoryWindow<'_>,
) -> Result<Vec<(AssetId, Exclusion)>, ArithmeticError> {
    let is_stale = |asset: &AssetId| {
        let last = window.last_price(asset);
        last.is_some_and(|last| window.as_of().is_more_than_days_after(last.as_of, rule.max_stale_days))
    };
    let mut stale = Vec::new();
    for (asset, position) in index.basket().iter().filter(|(asset, _)| is_stale(asset)) {
        let value = position.value().ratio_to_fit(Exact::from(Decimal::ONE), VALUE_SCALE)?;
        stale.push((Reverse(value), asset.clone()));
    }
    stale.sort_unstable();
    Ok(stale.into_iter().map(|(_, asset)| (asset, Exclusion::NoPrice)).collect())
}

/// The decimal places by which positions are compared.
const VALUE_SCALE: u32 = 28;

fn successor(
    rule: &DeletionDefinition,
    state: &mut IndexState,
    index: &Index,
    window: &HistoryWindow<'_>,
) -> Successor {
    let price_of = |asset: &AssetId| window.row(asset).and_then(|row| row.price());
    match rule.then {
        SuccessorName::HoldCash | SuccessorName::Freeze => Successor::Cash,
        SuccessorName::Redistribute => Successor::Others,
        SuccessorName::NextRanked => {
            let fits = |asset: &AssetId| price_of(asset).is_some() && !index.basket().contains_key(asset);
            let Some(place) = state.membership.reserve.iter().position(fits) else {
                return Successor::Others;
            };
            let next = state.membership.reserve.remove(place);
            price_of(&next).map_or(Successor::Others, |price| Successor::Asset(next, price))
        }
    }
}

/// Builds the verdict on an asset of the basket; price and weight are set at the prices of the snapshot.
fn verdict(asset: AssetId, verdict: Verdict) -> AssetVerdict {
    AssetVerdict {
        asset,
        price: None,
        market_cap: None,
        rank_amount: None,
        rank: None,
        verdict,
        raw_weight: regimen_types::Weight::ZERO,
        weight: regimen_types::Weight::ZERO,
        relaxation: None,
        supply: None,
    }
}
