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
    /// Removes constituents at a fraction of their last prices, all at once, and returns the level.
    ///
    /// What they lose (1 − `recovery` of their values at the last prices) the index loses too; the change of
    /// the basket then leaves the level as it is, digit for digit. Nothing that one of them recovers goes to
    /// another of them. `Successor::Others` is cash if there are no others. An asset outside the basket
    /// changes nothing.
    ///
    /// # Errors
    /// [`ValuationError`] if nothing of the index is left or a figure does not fit; the index then stays as
    /// it was.
    pub fn delete(
        &mut self,
        deleted: impl IntoIterator<Item = (AssetId, Successor)>,
        recovery: Weight,
    ) -> Result<IndexLevel, ValuationError> {
        let mut basket = self.basket.clone();
        let mut gone = Vec::new();
        for (asset, successor) in deleted {
            if let Some(position) = basket.remove(&asset) {
                gone.push((recovered_value(&position, recovery)?, successor));
            }
        }
        if gone.is_empty() {
            return Ok(self.level);
        }
        let recovered = gone.iter().try_fold(Exact::ZERO, |sum, (value, _)| sum.plus(*value))?;
        let level = level_of(value_of(&basket, self.cash)?.plus(recovered)?, self.divisor)?;
        let (mut to_cash, mut to_others) = (Exact::ZERO, Exact::ZERO);
        for (value, successor) in gone {
            match successor {
                Successor::Others => to_others = to_others.plus(value)?,
                Successor::Cash => to_cash = to_cash.plus(value)?,
                Successor::Asset(next, last_price) => {
                    let bought = units_worth(value, last_price)?;
                    let held = basket.get(&next).map_or(Quantity::ZERO, |position| position.units);
                    basket.insert(next, IndexPosition { units: with_bought(held, bought)?, last_price });
                }
            }
        }
        if value_of(&basket, self.cash)?.plus(to_cash)?.is_zero() {
            to_cash = to_others;
        }
        let cash = money(Exact::from(self.cash.decimal()).plus(to_cash)?)?;
        *self = Self::at_level(level, basket, cash)?;
        Ok(level)
    }
}

fn recovered_value(deleted: &IndexPosition, recovery: Weight) -> Result<Exact, ValuationError> {
    let value = money(deleted.value())?;
    Ok(Exact::product(value.decimal(), recovery.decimal()))
}
