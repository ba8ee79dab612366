//! Target weights that are given from outside, by date.

use std::collections::BTreeMap;

use regimen_types::{ArithmeticError, AsOf, AssetId, Exact, Rounding, Weight};
use regimen_weighting::{Weights, WeightsError};
use rust_decimal::Decimal;

/// How far a sum of weights may lie from 1 and still mean 1: what sums of printed floats leave.
const SUM_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// Target weights by the instant from which they hold.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct WeightTable(BTreeMap<AsOf, Vec<(AssetId, Weight)>>);

/// The weights do not make a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightTableError {
    /// The weights of an instant sum to more than 1.
    #[error("the weights of {as_of} sum to {sum}, more than 1")]
    AboveOne {
        /// The instant from which the weights hold.
        as_of: AsOf,
        /// The sum.
        sum: Decimal,
    },
    /// The weights of an instant are not valid weights.
    #[error("the weights of {as_of}: {source}")]
    Weights {
        /// The instant from which the weights hold.
        as_of: AsOf,
        /// What is wrong with them.
        source: WeightsError,
    },
}

impl WeightTable {
    /// Builds a table. Weights that sum to 1 within 1e-9 are scaled to sum to exactly 1; smaller sums leave
    /// cash.
    ///
    /// # Errors
    /// [`WeightTableError`] if the weights of an instant sum to more than 1, one is negative, or an asset
    /// occurs twice.
    pub fn new(given: BTreeMap<AsOf, Vec<(AssetId, Decimal)>>) -> Result<Self, WeightTableError> {
        let settled = given.into_iter().map(|(as_of, amounts)| Ok((as_of, settle(as_of, &amounts)?)));
        settled.collect::<Result<_, _>>().map(Self)
    }

    /// Returns the newest weights at an instant, with the instant from which they hold.
    pub(crate) fn at(&self, as_of: AsOf) -> Option<(AsOf, &[(AssetId, Weight)])> {
        let (from, weights) = self.0.range(..=as_of).next_back()?;
        Some((*from, weights))
    }
}

fn settle(as_of: AsOf, amounts: &[(AssetId, Decimal)]) -> Result<Vec<(AssetId, Weight)>, WeightTableError> {
    let refuse = |source| WeightTableError::Weights { as_of, source };
    let sum = sum_of(amounts).map_err(|source| refuse(source.into()))?;
    let missing = Decimal::ONE.saturating_sub(sum);
    if missing < -SUM_TOLERANCE {
        return Err(WeightTableError::AboveOne { as_of, sum });
    }
    if missing <= SUM_TOLERANCE {
        let weights = Weights::proportional_to(amounts).map_err(refuse)?;
        return Ok(weights.iter().map(|(asset, weight)| (asset.clone(), weight)).collect());
    }
    amounts
        .iter()
        .map(|(asset, amount)| Ok((asset.clone(), on_grid(asset, *amount).map_err(refuse)?)))
        .collect()
}

/// Rounds a weight down to the grid of [`Weights`].
fn on_grid(asset: &AssetId, amount: Decimal) -> Result<Weight, WeightsError> {
    Weight::new(amount.trunc_with_scale(Weights::SCALE)).map_err(|_| WeightsError::Negative(asset.clone()))
}

fn sum_of(amounts: &[(AssetId, Decimal)]) -> Result<Decimal, ArithmeticError> {
    let sum = amounts.iter().try_fold(Exact::ZERO, |sum, (_, amount)| sum.plus(Exact::from(*amount)));
    sum?.round(28, Rounding::HalfEven)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(weights: &[&str]) -> Result<WeightTable, WeightTableError> {
        let named = |(number, weight): (usize, &&str)| {
            (format!("a{number}").parse().unwrap(), weight.parse().unwrap())
        };
        let day = "2021-01-04".parse().unwrap();
        WeightTable::new(BTreeMap::from([(day, weights.iter().enumerate().map(named).collect())]))
    }

    fn sum(table: &WeightTable) -> Decimal {
        let (_, weights) = table.at("2021-02-01".parse().unwrap()).unwrap();
        weights.iter().map(|(_, weight)| weight.decimal()).sum()
    }

    #[test]
    fn sums_of_printed_floats_become_exactly_one() {
        assert_eq!(sum(&table(&["0.3333333333333333", "0.6666666666666666"]).unwrap()), Decimal::ONE);
        assert_eq!(sum(&table(&["0.33333333333333337", "0.6666666666666667"]).unwrap()), Decimal::ONE);
    }

    #[test]
    fn a_smaller_sum_leaves_cash_and_a_larger_one_is_refused() {
        assert_eq!(sum(&table(&["0.25", "0.5"]).unwrap()), Decimal::new(75, 2));
        assert!(matches!(table(&["0.5", "0.51"]), Err(WeightTableError::AboveOne { .. })));
        assert!(matches!(table(&["0.5", "-0.1"]), Err(WeightTableError::Weights { .. })));
    }

    #[test]
    fn weights_hold_from_their_instant_on() {
        assert_eq!(table(&["1"]).unwrap().at("2021-01-03".parse().unwrap()), None);
    }
}
