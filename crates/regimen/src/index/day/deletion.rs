//! Constituents that are deleted between two reconstitutions because they have no fresh price.

use std::cmp::Reverse;

use regimen_ledger::Successor;
use regimen_types::{ArithmeticError, AssetId, Cause, Exact, Weight};
use regimen_weighting::{AssetVerdict, Exclusion, Verdict};
use rust_decimal::Decimal;

use super::{Day, Decided};
use crate::index::basis::Basis;
use crate::index::error::IndexError;
use crate::index::exposure::Exposure;
use regimen_definition::{DeletionDefinition, SuccessorName};

impl Day<'_, '_> {
    /// Deletes the constituents whose last known price is too old.
    pub(in crate::index) fn delete_constituents(&mut self) -> Result<(), IndexError> {
        let Some(rule) = &self.methodology.definition().index.deletion else { return Ok(()) };
        let last = self.state.last_rebalance;
        let holds_constituents = last.is_some_and(|last| last.exposure == Exposure::Constituents);
        if rule.then == SuccessorName::Freeze || !holds_constituents {
            return Ok(());
        }
        let stale = self.stale_constituents(rule).map_err(|source| self.without_level(source.into()))?;
        if stale.is_empty() {
            return Ok(());
        }
        let mut leaving = Vec::with_capacity(stale.len());
        for asset in &stale {
            let successor = self.successor(rule);
            let members = &mut self.state.membership.constituents;
            members.remove(asset);
            if let Successor::Asset(next, _) = &successor {
                members.insert(next.clone());
            }
            leaving.push((asset.clone(), successor));
        }
        let deleted = self.index.delete(leaving, rule.recovery);
        deleted.map_err(|source| self.without_level(source))?;
        let left = self.index.basket().keys().cloned().map(|asset| verdict(asset, Verdict::Selected));
        let gone = stale.into_iter().map(|asset| verdict(asset, Verdict::Excluded(Exclusion::NoPrice)));
        let basis = Basis::Constituents(left.chain(gone).collect());
        let (reference, cause) = (self.window.as_of(), Cause::Deletion);
        let taken = self.at_todays_prices(Decided { reference, cause, basis })?;
        self.has_rebalanced(taken);
        Ok(())
    }

    /// Returns the constituents to delete, the most valuable first. Of several that go at once it has the
    /// first successor, so that names decide nothing.
    fn stale_constituents(&self, rule: &DeletionDefinition) -> Result<Vec<AssetId>, ArithmeticError> {
        let window = &self.window;
        let is_stale = |asset: &AssetId| {
            let last = window.last_price(asset);
            last.is_some_and(|last| window.as_of().is_more_than_days_after(last.as_of, rule.max_stale_days))
        };
        let mut stale = Vec::new();
        for (asset, position) in self.index.basket().iter().filter(|(asset, _)| is_stale(asset)) {
            let value = position.value().ratio_to_fit(Exact::from(Decimal::ONE), VALUE_SCALE)?;
            stale.push((Reverse(value), asset.clone()));
        }
        stale.sort_unstable();
        Ok(stale.into_iter().map(|(_, asset)| asset).collect())
    }

    /// Returns what takes the place of the next constituent to be deleted.
    fn successor(&mut self, rule: &DeletionDefinition) -> Successor {
        let window = &self.window;
        let price_of = |asset: &AssetId| window.row(asset).and_then(|row| row.price());
        match rule.then {
            SuccessorName::HoldCash | SuccessorName::Freeze => Successor::Cash,
            SuccessorName::Redistribute => Successor::Others,
            SuccessorName::NextRanked => {
                let basket = self.index.basket();
                let fits = |asset: &AssetId| price_of(asset).is_some() && !basket.contains_key(asset);
                let Some(place) = self.state.membership.reserve.iter().position(fits) else {
                    return Successor::Others;
                };
                let next = self.state.membership.reserve.remove(place);
                price_of(&next).map_or(Successor::Others, |price| Successor::Asset(next, price))
            }
        }
    }
}

/// The decimal places by which positions are compared.
const VALUE_SCALE: u32 = 28;

/// Builds the verdict on an asset of the basket; price and weight are set at the prices of the snapshot.
fn verdict(asset: AssetId, verdict: Verdict) -> AssetVerdict {
    AssetVerdict {
        asset,
        price: None,
        market_cap: None,
        rank_amount: None,
        rank: None,
        verdict,
        raw_weight: Weight::ZERO,
        weight: Weight::ZERO,
        relaxation: None,
        supply: None,
    }
}
