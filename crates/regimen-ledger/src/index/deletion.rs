//! Constituents that leave between two reconstitutions.

use regimen_types::{AssetId, Exact, IndexLevel, Price, Quantity, Weight};

use super::grid::{level_of, money, units_worth, with_bought};
use super::level::Index;
use super::position::{IndexPosition, value_of};
use crate::error::ValuationError;

/// What takes the place of a deleted constituent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Successor {
    /// The others, in proportion to their values: their units stay and the divisor falls. S&P Dow Jones
    /// Indices, *Index Mathematics Methodology*: a deletion without a replacement is a divisor change.
    Others,
    /// Cash, until the next rebalance.
    Cash,
    /// Another asset, of the same value at the given price.
    Asset(AssetId, Price),
}

impl Index {
    /// Removes a constituent at a fraction of its last price and returns the level.
    ///
    /// What the constituent loses in the end (1 − `recovery` of its value at the last price) the index loses
    /// too; the change of the basket then leaves the level as it is, digit for digit. `Successor::Others` is
    /// cash if there are no others. An asset outside the basket changes nothing.
    ///
    /// # Errors
    /// [`ValuationError`] if nothing of the index is left or a figure does not fit; the index then stays as
    /// it was.
    pub fn delete(
        &mut self,
        asset: &AssetId,
        recovery: Weight,
        successor: Successor,
    ) -> Result<IndexLevel, ValuationError> {
        let mut basket = self.basket.clone();
        let Some(deleted) = basket.remove(asset) else { return Ok(self.level) };
        let recovered = recovered_value(&deleted, recovery)?;
        let rest = value_of(&basket, self.cash)?;
        let level = level_of(rest.plus(recovered)?, self.divisor)?;
        let with_cash = || money(Exact::from(self.cash.decimal()).plus(recovered)?);
        let mut cash = self.cash;
        match successor {
            Successor::Others if rest.is_zero() => cash = with_cash()?,
            Successor::Others => {}
            Successor::Cash => cash = with_cash()?,
            Successor::Asset(next, last_price) => {
                let bought = units_worth(recovered, last_price)?;
                let held = basket.get(&next).map_or(Quantity::ZERO, |position| position.units);
                basket.insert(next, IndexPosition { units: with_bought(held, bought)?, last_price });
            }
        }
        *self = Self::at_level(level, basket, cash)?;
        Ok(level)
    }
}

fn recovered_value(deleted: &IndexPosition, recovery: Weight) -> Result<Exact, ValuationError> {
    let value = money(deleted.value())?;
    Ok(Exact::product(value.decimal(), recovery.decimal()))
}
