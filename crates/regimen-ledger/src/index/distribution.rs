//! Distributions, which an index of total return reinvests.

use std::collections::BTreeMap;

use regimen_types::{AssetId, Exact, IndexLevel, Price};

use super::grid::{level_of, money, units_worth, with_bought};
use super::level::Index;
use super::position::value_of;
use crate::error::ValuationError;

regimen_types::named! {
    /// Where a total-return index puts what its constituents distribute.
    pub enum Reinvestment {
        /// Into the whole index at the closing prices of the ex-day, by the divisor: S&P Dow Jones Indices,
        /// *Index Mathematics Methodology*, "Total Return Calculations", and MSCI, *Index Calculation
        /// Methodology*, "Daily Total Return Methodology".
        WholeIndex = "whole_index",
        /// Into the constituent that distributes, at its price.
        SameAsset = "same_asset",
        /// Into cash, which earns nothing until the next rebalance.
        Cash = "cash",
    }
}

impl Index {
    /// Adds what constituents distribute per unit, in currency, to the index as it was last marked, and
    /// returns the level.
    ///
    /// With `V` the value at ex-prices and `D` = Σ index units × amount per unit, the level is (V + D) ÷
    /// divisor for either reinvestment, which decides who earns on `D` from then on. For the whole index
    /// this is the recursion of the publishers, `TR(t) = TR(t−1) × (PR(t) + D(t) ÷ divisor) ÷ PR(t−1)`.
    /// Assets that are no constituents distribute nothing.
    ///
    /// # Errors
    /// [`ValuationError`] if a figure does not fit; the index then stays as it was.
    pub fn distribute(
        &mut self,
        per_unit: &BTreeMap<AssetId, Price>,
        reinvestment: Reinvestment,
    ) -> Result<IndexLevel, ValuationError> {
        let mut basket = self.basket.clone();
        let mut distributed = Exact::ZERO;
        for (asset, amount) in per_unit {
            let Some(position) = basket.get_mut(asset) else { continue };
            let received = position.units.value_at(*amount);
            distributed = distributed.plus(received)?;
            if reinvestment == Reinvestment::SameAsset {
                let bought = units_worth(received, position.last_price)?;
                position.units = with_bought(position.units, bought)?;
            }
        }
        if distributed.is_zero() {
            return Ok(self.level);
        }
        let level = level_of(value_of(&self.basket, self.cash)?.plus(distributed)?, self.divisor)?;
        let cash = match reinvestment {
            Reinvestment::Cash => money(Exact::from(self.cash.decimal()).plus(distributed)?)?,
            Reinvestment::WholeIndex | Reinvestment::SameAsset => self.cash,
        };
        *self = Self::at_level(level, basket, cash)?;
        Ok(level)
    }
}
