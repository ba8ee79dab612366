//! The index between two rebalances, and its level.

use std::collections::BTreeMap;

use regimen_types::{AssetId, Divisor, IndexLevel, Money, Price, Rounding, Weight};
use serde::{Deserialize, Serialize};

use super::grid::{BASKET_VALUE, divisor_for, level_of};
use super::position::{IndexPosition, value_of};
use super::pro_forma::ProForma;
use crate::error::ValuationError;

/// An index between two rebalances: index units, cash and the divisor.
///
/// Its level is (cash + Σ index units × price) ÷ divisor, rounded half to even at 12 decimal places; below
/// 0.1 at more, so that twelve digits remain, and from 100,000,000 on at 20 digits. A rebalance sets new
/// index units and the divisor with which the level stays what it is, digit for digit: the method of S&P Dow
/// Jones Indices, *Index Mathematics Methodology*, "Divisor adjustments". It serialises, so that a
/// calculation can go on later.
///
/// ```
/// use regimen_ledger::Index;
/// use regimen_types::AssetId;
/// let bitcoin = AssetId::new("bitcoin").unwrap();
/// let mut index = Index::new("1000".parse().unwrap()).unwrap();
/// index.rebalance([(bitcoin, "1".parse().unwrap())], |_| "40000".parse().ok()).unwrap();
/// assert_eq!(index.level().to_string(), "1000");
/// assert_eq!(index.mark(|_| "42000".parse().ok()).unwrap().to_string(), "1050");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    pub(super) basket: BTreeMap<AssetId, IndexPosition>,
    pub(super) cash: Money,
    pub(super) divisor: Divisor,
    pub(super) level: IndexLevel,
}

impl Index {
    /// Builds an index of cash alone: its level stays `base_level` until its first rebalance.
    ///
    /// # Errors
    /// [`ValuationError::LevelLost`] if the level is zero, too large for a divisor, or finer than levels are
    /// rounded.
    pub fn new(base_level: IndexLevel) -> Result<Self, ValuationError> {
        Self::at_level(base_level, BTreeMap::new(), Money::rounded(BASKET_VALUE.into(), 0, Rounding::Down)?)
    }

    /// Returns the level as of the last mark or rebalance.
    #[must_use]
    pub fn level(&self) -> IndexLevel {
        self.level
    }

    /// Returns the divisor.
    #[must_use]
    pub fn divisor(&self) -> Divisor {
        self.divisor
    }

    /// Returns the cash of the basket.
    #[must_use]
    pub fn cash(&self) -> Money {
        self.cash
    }

    /// Returns the assets of the basket.
    #[must_use]
    pub fn basket(&self) -> &BTreeMap<AssetId, IndexPosition> {
        &self.basket
    }

    /// Values the basket at new prices and returns the level. An asset for which `price_of` gives none keeps
    /// its last price.
    ///
    /// # Errors
    /// [`ValuationError::Arithmetic`] if the level does not fit a decimal; the level then stays as it was.
    pub fn mark(
        &mut self,
        mut price_of: impl FnMut(&AssetId) -> Option<Price>,
    ) -> Result<IndexLevel, ValuationError> {
        for (asset, position) in &mut self.basket {
            position.last_price = price_of(asset).unwrap_or(position.last_price);
        }
        self.level = level_of(value_of(&self.basket, self.cash)?, self.divisor)?;
        Ok(self.level)
    }

    /// Marks the basket, replaces it by one of the given weights at the same prices, and returns the level,
    /// which is the same before and after. What the weights leave to 1 is cash.
    ///
    /// # Errors
    /// [`ValuationError`] if an asset has two weights or no price, now or earlier in the basket; if the
    /// weights sum to more than 1; or if no divisor keeps the level. The basket then stays as it was.
    pub fn rebalance(
        &mut self,
        weights: impl IntoIterator<Item = (AssetId, Weight)>,
        mut price_of: impl FnMut(&AssetId) -> Option<Price>,
    ) -> Result<IndexLevel, ValuationError> {
        let last_price = |asset: &AssetId| self.basket.get(asset).map(|position| position.last_price);
        let pro_forma = ProForma::new(weights, |asset| price_of(asset).or_else(|| last_price(asset)))?;
        self.adopt(pro_forma, price_of)
    }

    /// Marks the basket, replaces it by one that was announced earlier, and returns the level, which is the
    /// same before and after. A new constituent for which `price_of` gives no price is valued at its
    /// reference price.
    ///
    /// # Errors
    /// [`ValuationError`] if no divisor keeps the level. The basket then stays as it was.
    pub fn adopt(
        &mut self,
        announced: ProForma,
        mut price_of: impl FnMut(&AssetId) -> Option<Price>,
    ) -> Result<IndexLevel, ValuationError> {
        let level = self.mark(&mut price_of)?;
        let ProForma { mut basket, cash } = announced;
        for (asset, position) in &mut basket {
            let carried = self.basket.get(asset).map(|held| held.last_price);
            position.last_price = price_of(asset).or(carried).unwrap_or(position.last_price);
        }
        *self = Self::at_level(level, basket, cash)?;
        Ok(level)
    }

    /// Builds the index of a basket whose divisor keeps a level.
    pub(super) fn at_level(
        level: IndexLevel,
        basket: BTreeMap<AssetId, IndexPosition>,
        cash: Money,
    ) -> Result<Self, ValuationError> {
        match divisor_for(value_of(&basket, cash)?, level) {
            Some(divisor) => Ok(Self { basket, cash, divisor, level }),
            None => Err(ValuationError::LevelLost { level }),
        }
    }
}
