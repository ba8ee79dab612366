//! Purchases scaled down by one common factor until the cash pays for them.

use regimen_types::{ArithmeticError, AssetId, Bracket, Exact, Quantity, Rounding};
use rust_decimal::Decimal;

use crate::grid::on_grid;
use crate::market::TradingTerms;

/// The number of times that the bracket around a factor is halved: beyond any grid of units that matters.
const HALVINGS: u32 = 64;

/// The decimal places of a factor.
const FACTOR_SCALE: u32 = 24;

/// A purchase that may be scaled down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalable<'a> {
    pub(crate) asset: &'a AssetId,
    /// The units to buy.
    pub(crate) units: Quantity,
    /// The units held before.
    pub(crate) held: Quantity,
}

impl Scalable<'_> {
    /// Returns the units times a factor of at most 1, rounded down to the grid and to whole lots.
    pub(crate) fn times(
        self,
        factor: Decimal,
        terms: &TradingTerms<'_>,
    ) -> Result<Quantity, ArithmeticError> {
        if factor == Decimal::ONE {
            return Ok(self.units);
        }
        let scaled = Exact::product(self.units.decimal(), factor);
        let units = scaled.ratio_to_fit(Exact::from(Decimal::ONE), terms.units_scale)?;
        let units = on_grid(units, self.held, terms.units_scale);
        let units = Quantity::new(units).map_err(|_| ArithmeticError::overflow("the units of a purchase"))?;
        terms.rules.lots.whole(self.asset, units.min(self.units))
    }
}

/// Returns the largest factor from 0 to 1, on a grid of 2^-64, at which all purchases together fit.
pub(crate) fn largest_factor(
    fits: impl Fn(Decimal) -> Result<bool, ArithmeticError>,
) -> Result<Decimal, ArithmeticError> {
    if fits(Decimal::ONE)? {
        return Ok(Decimal::ONE);
    }
    let mut halvings = 0..HALVINGS;
    let middle = |Bracket { holds, fails }: Bracket<Decimal>| {
        let sum = Exact::from(holds).plus(Exact::from(fails))?;
        let middle = sum.times(Decimal::new(5, 1))?.round(FACTOR_SCALE, Rounding::Down)?;
        Ok(halvings.next().map(|_| middle))
    };
    let bracket = Bracket { holds: Decimal::ZERO, fails: Decimal::ONE };
    Ok(bracket.narrowed(middle, fits)?.holds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_fits_whole_is_not_scaled() {
        assert_eq!(largest_factor(|_| Ok(true)), Ok(Decimal::ONE));
        assert_eq!(largest_factor(|_| Ok(false)), Ok(Decimal::ZERO));
    }

    proptest! {
        #[test]
        fn no_larger_factor_fits(cash in 1_i64..1_000_000, cost in 1_000_000_i64..1_000_000_000) {
            let (cash, cost) = (Decimal::from(cash), Decimal::from(cost));
            let factor = largest_factor(|factor| Ok(cost * factor <= cash)).unwrap();
            prop_assert!(cost * factor <= cash);
            prop_assert!(cost * (factor + Decimal::new(1, 19)) > cash, "{factor}");
        }
    }
}
