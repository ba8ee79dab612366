//! The index: a level that costs nothing to follow, kept continuous by its divisor.

use std::collections::BTreeMap;

use regimen_types::{
    ArithmeticError, AssetId, Divisor, Exact, IndexLevel, Money, Price, Quantity, Rounding, Weight,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::error::ValuationError;

/// The value of the basket just after a rebalance, up to the rounding of units.
const BASKET_VALUE: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);
/// The decimal places of a level.
const LEVEL_SCALE: u32 = 12;
/// The most decimal places of index units.
const UNITS_SCALE: u32 = 18;
/// The most decimal places of a divisor: all that a decimal has.
const DIVISOR_SCALE: u32 = 28;

/// The index units of an asset, and the price that values them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexPosition {
    /// The index units.
    pub units: Quantity,
    /// The last known price.
    pub last_price: Price,
}

/// An index between two rebalances: index units, cash and the divisor.
///
/// Its level is (cash + Σ index units × price) ÷ divisor, rounded half to even at 12 decimal places. A rebalance sets
/// new index units and the divisor with which the level stays what it is, digit for digit: the method of S&P Dow Jones
/// Indices, *Index Mathematics Methodology*, "Divisor adjustments". It serialises, so that a calculation can go on later.
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
    basket: BTreeMap<AssetId, IndexPosition>,
    cash: Money,
    divisor: Divisor,
    level: IndexLevel,
}

impl Index {
    /// Builds an index of cash alone: its level stays `base_level` until its first rebalance.
    ///
    /// # Errors
    /// [`ValuationError::LevelLost`] if the level is zero, too large for a divisor, or finer than 12 decimal places.
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

    /// Values the basket at new prices and returns the level. An asset for which `price_of` gives none keeps its last
    /// price.
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

    /// Marks the basket, replaces it by one of the given weights, and returns the level, which is the same before and after.
    /// What the weights leave to 1 is cash.
    ///
    /// Index units are weight × 1,000,000 ÷ price, rounded down at 18 decimal places or where 28 digits end.
    ///
    /// # Errors
    /// [`ValuationError`] if an asset has two weights or no price, now or earlier in the basket; if the weights sum to
    /// more than 1; or if no divisor keeps the level. The basket then stays as it was.
    pub fn rebalance(
        &mut self,
        weights: impl IntoIterator<Item = (AssetId, Weight)>,
        mut price_of: impl FnMut(&AssetId) -> Option<Price>,
    ) -> Result<IndexLevel, ValuationError> {
        let level = self.mark(&mut price_of)?;
        let mut basket = BTreeMap::new();
        let mut cash_weight = Exact::from(Decimal::ONE);
        for (asset, weight) in weights {
            cash_weight = cash_weight.minus(weight.decimal().into())?;
            if weight.is_zero() {
                continue;
            }
            let last_price = price_of(&asset)
                .or_else(|| self.basket.get(&asset).map(|position| position.last_price))
                .ok_or_else(|| ValuationError::MissingPrice { asset: asset.clone() })?;
            let position = IndexPosition { units: index_units(weight, last_price)?, last_price };
            if basket.insert(asset.clone(), position).is_some() {
                return Err(ValuationError::RepeatedAsset { asset });
            }
        }
        if cash_weight.is_negative() {
            return Err(ValuationError::WeightsAboveOne);
        }
        // Exact: the weight has at most 28 decimal places, of which the factor takes six.
        let cash = Money::rounded(cash_weight.times(BASKET_VALUE)?, DIVISOR_SCALE, Rounding::Down)?;
        *self = Self::at_level(level, basket, cash)?;
        Ok(level)
    }

    fn at_level(
        level: IndexLevel,
        basket: BTreeMap<AssetId, IndexPosition>,
        cash: Money,
    ) -> Result<Self, ValuationError> {
        let lost = || ValuationError::LevelLost { level };
        let value = value_of(&basket, cash)?;
        let quotient = value.ratio_to_fit(level.decimal().into(), DIVISOR_SCALE).map_err(|_| lost())?;
        let divisor = Divisor::new(quotient).map_err(|_| lost())?;
        if level_of(value, divisor)? == level {
            Ok(Self { basket, cash, divisor, level })
        } else {
            Err(lost())
        }
    }
}

fn index_units(weight: Weight, price: Price) -> Result<Quantity, ValuationError> {
    let units =
        Exact::product(weight.decimal(), BASKET_VALUE).ratio_to_fit(price.decimal().into(), UNITS_SCALE)?;
    Ok(Quantity::new(units).map_err(|_| ArithmeticError::overflow("index units"))?)
}

fn value_of(basket: &BTreeMap<AssetId, IndexPosition>, cash: Money) -> Result<Exact, ValuationError> {
    let cash = Exact::from(cash.decimal());
    let value = basket.values().try_fold(cash, |sum, held| sum.plus(held.units.value_at(held.last_price)))?;
    Ok(value)
}

fn level_of(value: Exact, divisor: Divisor) -> Result<IndexLevel, ValuationError> {
    let level = value.ratio(divisor.decimal().into(), LEVEL_SCALE, Rounding::HalfEven)?;
    Ok(IndexLevel::new(level).map_err(|_| ArithmeticError::overflow("an index level"))?)
}
