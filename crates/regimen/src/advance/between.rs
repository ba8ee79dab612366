//! What happens to the basket between two reconstitutions: distributions, and constituents that are deleted.

use std::collections::BTreeMap;

use regimen_ledger::{Index, Reinvestment, Successor, ValuationError};
use regimen_types::{AssetId, Cause, HistoryWindow, Price};
use regimen_weighting::{AssetVerdict, Exclusion, Verdict};

use super::basket::{Decided, at_prices_of};
use crate::decide::DecideError;
use crate::decision::{Basis, IndexRebalance};
use crate::definition::{DeletionDefinition, Distributions, ReinvestmentName, SuccessorName};
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
    let reinvestment = match distributions.reinvest {
        ReinvestmentName::WholeIndex => Reinvestment::WholeIndex,
        ReinvestmentName::SameAsset => Reinvestment::SameAsset,
        ReinvestmentName::Cash => Reinvestment::Cash,
    };
    index.distribute(&per_unit, reinvestment).map(drop)
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
    let stale = stale_constituents(rule, index, window);
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

fn stale_constituents(
    rule: &DeletionDefinition,
    index: &Index,
    window: &HistoryWindow<'_>,
) -> Vec<(AssetId, Exclusion)> {
    let stale = |asset: &AssetId| {
        let last = window.last_price(asset)?;
        window.as_of().is_more_than_days_after(last.as_of, rule.max_stale_days).then_some(Exclusion::NoPrice)
    };
    index.basket().keys().filter_map(|asset| Some((asset.clone(), stale(asset)?))).collect()
}

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
