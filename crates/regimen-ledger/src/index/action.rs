//! Corporate actions in the index: its units change, its divisor does not.

use std::collections::BTreeMap;

use regimen_types::{
    ActionEffect, ActionKind, AssetId, CorporateAction, Exact, Money, Price, Quantity, UnitRatio,
};
use rust_decimal::Decimal;

use super::grid::{money, units as units_of};
use super::level::Index;
use super::position::IndexPosition;
use super::pro_forma::ProForma;
use crate::error::ValuationError;

impl Index {
    /// Applies a corporate action to the basket. The divisor stays, so the level moves only by what the
    /// action is worth: not at all when units change at a ratio and the price by its inverse.
    ///
    /// Units become those of the successor; those of a fork or airdrop come in beside them, until the next
    /// rebalance; a delisted asset becomes cash. Staking earns the index nothing: it is a price index.
    /// `price_of` gives the price of what comes in; an asset that is in the basket already keeps its last
    /// price where it gives none.
    ///
    /// # Errors
    /// [`ValuationError`] if what comes in has no price, or its units do not fit a decimal. The basket then
    /// stays as it was.
    pub fn apply(
        &mut self,
        action: &CorporateAction,
        price_of: impl FnOnce(&AssetId) -> Option<Price>,
    ) -> Result<(), ValuationError> {
        apply(&mut self.basket, &mut self.cash, action, price_of)
    }
}

impl ProForma {
    /// Applies a corporate action to an announced basket, as [`Index::apply`] does to the present one.
    ///
    /// # Errors
    /// As [`Index::apply`].
    pub fn apply(
        &mut self,
        action: &CorporateAction,
        price_of: impl FnOnce(&AssetId) -> Option<Price>,
    ) -> Result<(), ValuationError> {
        apply(&mut self.basket, &mut self.cash, action, price_of)
    }
}

fn apply(
    basket: &mut BTreeMap<AssetId, IndexPosition>,
    cash: &mut Money,
    action: &CorporateAction,
    price_of: impl FnOnce(&AssetId) -> Option<Price>,
) -> Result<(), ValuationError> {
    let Some(position) = basket.get(action.asset()).copied() else { return Ok(()) };
    match action.effect() {
        ActionEffect::Successor { asset, ratio } => {
            let before = basket.get(asset).copied().filter(|_| asset != action.asset());
            let joined = joined(asset, before, position.units, *ratio, price_of(asset))?;
            basket.remove(action.asset());
            basket.insert(asset.clone(), joined);
        }
        ActionEffect::Grant { .. } if action.kind() == ActionKind::Staking => {}
        ActionEffect::Grant { asset, ratio } => {
            let before = basket.get(asset).copied();
            let joined = joined(asset, before, position.units, *ratio, price_of(asset))?;
            basket.insert(asset.clone(), joined);
        }
        ActionEffect::End { recovery } => {
            let last_price = price_of(action.asset()).unwrap_or(position.last_price);
            let recovered = position.units.value_at(last_price).times(recovery.decimal())?;
            *cash = money(Exact::from(cash.decimal()).plus(recovered)?)?;
            basket.remove(action.asset());
        }
    }
    Ok(())
}

/// Returns the position of an asset to which units come in at a ratio.
fn joined(
    asset: &AssetId,
    before: Option<IndexPosition>,
    units: Quantity,
    ratio: UnitRatio,
    price: Option<Price>,
) -> Result<IndexPosition, ValuationError> {
    let price = price.or(before.map(|position| position.last_price));
    let last_price = price.ok_or_else(|| ValuationError::MissingPrice { asset: asset.clone() })?;
    let held = before.map_or(Decimal::ZERO, |position| position.units.decimal());
    let units = units_of(Exact::product(units.decimal(), ratio.decimal()).plus(Exact::from(held))?)?;
    Ok(IndexPosition { units, last_price })
}
