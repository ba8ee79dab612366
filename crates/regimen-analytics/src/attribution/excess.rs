//! Excess units: what a portfolio holds more or less of each asset than the index it follows, by cause.

use std::collections::BTreeMap;

use regimen_types::{
    ActionEffect, ActionKind, ArithmeticError, AssetId, CorporateAction, Exact, Price, Ratio, Rounding,
    UnitRatio,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::decimals::{sum, to_decimal};
use super::terms::Term;

/// The cause of excess units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Lag,
    Bands,
    Lots,
    Cash,
    Stale,
    Yield,
    Interest,
}

impl Cause {
    pub(super) const ALL: [Self; 7] =
        [Self::Lag, Self::Bands, Self::Lots, Self::Cash, Self::Stale, Self::Yield, Self::Interest];

    pub(super) fn term(self) -> Term {
        match self {
            Self::Lag => Term::Lag,
            Self::Bands => Term::BandsAndFilters,
            Self::Lots => Term::LotsAndRounding,
            Self::Cash => Term::CashAndSleeve,
            Self::Stale => Term::StaleAndWriteOffs,
            Self::Yield => Term::Yield,
            Self::Interest => Term::Interest,
        }
    }

    fn index(self) -> usize {
        match self {
            Self::Lag => 0,
            Self::Bands => 1,
            Self::Lots => 2,
            Self::Cash => 3,
            Self::Stale => 4,
            Self::Yield => 5,
            Self::Interest => 6,
        }
    }
}

/// Units by cause, signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Units([Ratio; 7]);

impl Units {
    pub(super) const NONE: Self = Self([Ratio::ZERO; 7]);

    pub(super) fn of(&self, cause: Cause) -> Decimal {
        self.0.get(cause.index()).map_or(Decimal::ZERO, |units| units.decimal())
    }

    pub(super) fn add(&mut self, cause: Cause, units: Decimal) -> Result<(), ArithmeticError> {
        if units.is_zero() {
            return Ok(());
        }
        if let Some(place) = self.0.get_mut(cause.index()) {
            *place = Ratio::from(sum([place.decimal(), units])?);
        }
        Ok(())
    }

    fn is_zero(&self) -> bool {
        self.0.iter().all(|units| units.is_zero())
    }

    pub(super) fn total(&self) -> Result<Decimal, ArithmeticError> {
        sum(self.0.map(Ratio::decimal))
    }
}

/// The excess units of one asset, and the price that last valued them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    units: Units,
    price: Price,
}

/// Excess units by asset.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Excess {
    positions: BTreeMap<AssetId, Position>,
}

/// The gains of excess units, by cause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gains([Exact; 7]);

impl Gains {
    pub(super) const NONE: Self = Self([Exact::ZERO; 7]);

    pub(super) fn of(&self, cause: Cause) -> Exact {
        self.0.get(cause.index()).copied().unwrap_or(Exact::ZERO)
    }

    /// Adds the value of units at a price, which may be negative, to each cause's gain.
    fn add_value(&mut self, units: &Units, price: Exact) -> Result<(), ArithmeticError> {
        for cause in Cause::ALL {
            let held = units.of(cause);
            if let Some(gain) = self.0.get_mut(cause.index()).filter(|_| !held.is_zero()) {
                *gain = plus(*gain, times(price, held)?)?;
            }
        }
        Ok(())
    }
}

impl Excess {
    /// Applies a corporate action: excess units become what units become. `price_of` gives prices after it.
    pub(super) fn apply(
        &mut self,
        action: &CorporateAction,
        price_of: impl Fn(&AssetId) -> Option<Price>,
        gains: &mut Gains,
    ) -> Result<(), ArithmeticError> {
        let Some(old) = self.positions.get(action.asset()).copied() else { return Ok(()) };
        match action.effect() {
            ActionEffect::Successor { asset, ratio } => {
                self.positions.remove(action.asset());
                gains.add_value(&old.units, negative(old.price)?)?;
                self.join(asset, &old.units, *ratio, price_of(asset).unwrap_or(old.price), gains)
            }
            ActionEffect::Grant { .. } if action.kind() == ActionKind::Staking => Ok(()),
            ActionEffect::Grant { asset, ratio } => match price_of(asset) {
                Some(price) => self.join(asset, &old.units, *ratio, price, gains),
                None => Ok(()),
            },
            ActionEffect::End { recovery } => {
                self.positions.remove(action.asset());
                gains.add_value(&old.units, negative(old.price)?)?;
                let last = price_of(action.asset()).unwrap_or(old.price);
                gains.add_value(&old.units, Exact::product(last.decimal(), recovery.decimal()))
            }
        }
    }

    /// Adds units that were earned. Their value at `price` is booked already, so they gain the difference
    /// between the position's price and it.
    pub(super) fn earn(
        &mut self,
        asset: &AssetId,
        price: Price,
        units: Decimal,
        gains: &mut Gains,
    ) -> Result<(), ArithmeticError> {
        let position = self.at(asset, price);
        let mut earned = Units::NONE;
        earned.add(Cause::Yield, units)?;
        position.units.add(Cause::Yield, units)?;
        let beside = Exact::from(position.price.decimal()).minus(Exact::from(price.decimal()))?;
        gains.add_value(&earned, beside)
    }

    fn join(
        &mut self,
        asset: &AssetId,
        units: &Units,
        ratio: UnitRatio,
        price: Price,
        gains: &mut Gains,
    ) -> Result<(), ArithmeticError> {
        let position = self.at(asset, price);
        let mut joined = Units::NONE;
        for cause in Cause::ALL {
            let units = to_decimal(Exact::product(units.of(cause), ratio.decimal()))?;
            joined.add(cause, units)?;
            position.units.add(cause, units)?;
        }
        gains.add_value(&joined, Exact::from(position.price.decimal()))
    }

    /// Values all excess units at new prices and adds what they gained.
    pub(super) fn mark(
        &mut self,
        price_of: impl Fn(&AssetId) -> Option<Price>,
        gains: &mut Gains,
    ) -> Result<(), ArithmeticError> {
        for (asset, position) in &mut self.positions {
            let Some(price) = price_of(asset).filter(|price| *price != position.price) else { continue };
            let change = Exact::from(price.decimal()).minus(Exact::from(position.price.decimal()))?;
            gains.add_value(&position.units, change)?;
            position.price = price;
        }
        Ok(())
    }

    /// Adds units of an asset that is valued at a price.
    pub(super) fn add(
        &mut self,
        asset: &AssetId,
        price: Price,
        cause: Cause,
        units: Decimal,
    ) -> Result<(), ArithmeticError> {
        self.at(asset, price).units.add(cause, units)
    }

    /// Adds units of an asset that is valued at a price, each to its cause.
    pub(super) fn add_all(
        &mut self,
        asset: &AssetId,
        price: Price,
        units: &Units,
    ) -> Result<(), ArithmeticError> {
        let position = self.at(asset, price);
        Cause::ALL.into_iter().try_for_each(|cause| position.units.add(cause, units.of(cause)))
    }

    fn at(&mut self, asset: &AssetId, price: Price) -> &mut Position {
        let start = Position { units: Units::NONE, price };
        self.positions.entry(asset.clone()).or_insert(start)
    }

    /// Returns true if the asset has an entry, even one without units of any cause.
    pub(super) fn has(&self, asset: &AssetId) -> bool {
        self.positions.contains_key(asset)
    }

    /// Iterates over the assets with their units, in order.
    pub(super) fn units(&self) -> impl Iterator<Item = (&AssetId, &Units)> {
        self.positions.iter().map(|(asset, position)| (asset, &position.units))
    }

    /// Forgets assets without excess units.
    pub(super) fn drop_empty(&mut self) {
        self.positions.retain(|_, position| !position.units.is_zero());
    }
}

/// The decimal places of a sum that does not fit 76 digits: far finer than any money scale.
const FALLBACK_SCALE: u32 = 28;

fn negative(price: Price) -> Result<Exact, ArithmeticError> {
    Exact::ZERO.minus(Exact::from(price.decimal()))
}

/// Multiplies; where 76 digits end, the price is rounded to 28 first.
fn times(price: Exact, units: Decimal) -> Result<Exact, ArithmeticError> {
    price.times(units).or_else(|_| Ok(Exact::product(to_decimal(price)?, units)))
}

/// Adds; where 76 digits end, both are rounded to 28 decimal places first.
pub(super) fn plus(left: Exact, right: Exact) -> Result<Exact, ArithmeticError> {
    left.plus(right).or_else(|_| {
        let round =
            |value: Exact| value.round(FALLBACK_SCALE, Rounding::HalfEven).or_else(|_| to_decimal(value));
        Exact::from(round(left)?).plus(Exact::from(round(right)?))
    })
}
