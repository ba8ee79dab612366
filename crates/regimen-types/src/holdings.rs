//! The holdings of a portfolio.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::asset::AssetId;
use crate::exact::{ArithmeticError, Exact};
use crate::quantities::{Money, Price, Quantity};

/// Cash, and units by asset. A position of zero units is not stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holdings {
    cash: Money,
    units: BTreeMap<AssetId, Quantity>,
}

impl Holdings {
    /// Builds holdings of cash alone.
    #[must_use]
    pub fn of_cash(cash: Money) -> Self {
        Self { cash, units: BTreeMap::new() }
    }

    /// Returns the cash.
    #[must_use]
    pub fn cash(&self) -> Money {
        self.cash
    }

    /// Returns the units of an asset, zero if it is not held.
    #[must_use]
    pub fn units(&self, asset: &AssetId) -> Quantity {
        self.units.get(asset).copied().unwrap_or(Quantity::ZERO)
    }

    /// Iterates over the held assets in order of their identifiers.
    pub fn positions(&self) -> impl ExactSizeIterator<Item = (&AssetId, Quantity)> {
        self.units.iter().map(|(asset, units)| (asset, *units))
    }

    /// Replaces the cash.
    pub fn set_cash(&mut self, cash: Money) {
        self.cash = cash;
    }

    /// Replaces the units of an asset.
    pub fn set_units(&mut self, asset: &AssetId, units: Quantity) {
        if units.is_zero() {
            self.units.remove(asset);
        } else {
            self.units.insert(asset.clone(), units);
        }
    }

    /// Returns the exact value of cash and positions at the prices that `price_of` returns; a position
    /// without a price counts as zero.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the sum needs more than 76 digits.
    pub fn value(
        &self,
        mut price_of: impl FnMut(&AssetId) -> Option<Price>,
    ) -> Result<Exact, ArithmeticError> {
        let cash = Exact::from(self.cash.decimal());
        self.units.iter().try_fold(cash, |sum, (asset, units)| match price_of(asset) {
            Some(price) => sum.plus(units.value_at(price)),
            None => Ok(sum),
        })
    }
}
