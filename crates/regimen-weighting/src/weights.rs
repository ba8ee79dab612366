//! Weights that sum to exactly one.

use regimen_types::{ArithmeticError, AssetId, Exact, Rounding, Weight};
use rust_decimal::Decimal;
use serde::Serialize;

/// Target weights of assets: each from 0 to 1 in steps of 10^-18, together exactly 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Weights(Vec<(AssetId, Weight)>);

/// Says why amounts cannot become weights.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// There is no amount above zero.
    #[error("there is nothing to weigh")]
    Nothing,
    /// An amount is negative.
    #[error("the amount of {0} is negative")]
    Negative(AssetId),
    /// An asset occurs twice.
    #[error("{0} occurs twice")]
    Repeated(AssetId),
    /// The amounts need more digits than there are.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

impl Weights {
    /// The decimal places of a weight.
    pub const SCALE: u32 = 18;

    /// Builds weights in proportion to amounts, by the method of largest remainder: each weight is rounded down to
    /// the grid, and the missing steps go to those that lost most (ties to the smaller asset identifier).
    ///
    /// The order of the result is that of the amounts; the weight that an asset gets does not depend on it.
    ///
    /// # Errors
    /// [`WeightsError`] if no amount is above zero, one is negative, an asset occurs twice, or the sum needs more than
    /// 76 digits.
    pub fn proportional_to(amounts: &[(AssetId, Decimal)]) -> Result<Self, WeightsError> {
        check(amounts)?;
        let total =
            amounts.iter().try_fold(Exact::ZERO, |sum, (_, amount)| sum.plus(Exact::from(*amount)))?;
        if total.is_zero() {
            return Err(WeightsError::Nothing);
        }
        let mut shares = Vec::with_capacity(amounts.len());
        let mut missing = Exact::from(Decimal::ONE);
        for (index, (_, amount)) in amounts.iter().enumerate() {
            let floor = Exact::from(*amount).ratio(total, Self::SCALE, Rounding::Down)?;
            let remainder = Exact::from(*amount).minus(total.times(floor)?)?;
            missing = missing.minus(Exact::from(floor))?;
            shares.push(Share { index, floor, remainder });
        }
        let steps = steps_in(missing)?;
        hand_out(&mut shares, steps, amounts)?;
        let weights = amounts.iter().zip(&shares).map(|((asset, _), share)| {
            let weight = Weight::new(share.floor).unwrap_or(Weight::ZERO);
            (asset.clone(), weight)
        });
        Ok(Self(weights.collect()))
    }

    /// Iterates over assets and weights.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&AssetId, Weight)> {
        self.0.iter().map(|(asset, weight)| (asset, *weight))
    }

    /// Returns the weight of an asset, zero if it is not among them.
    #[must_use]
    pub fn of(&self, asset: &AssetId) -> Weight {
        self.iter().find(|(name, _)| *name == asset).map_or(Weight::ZERO, |(_, weight)| weight)
    }
}

struct Share {
    index: usize,
    floor: Decimal,
    remainder: Exact,
}

fn check(amounts: &[(AssetId, Decimal)]) -> Result<(), WeightsError> {
    if let Some((asset, _)) = amounts.iter().find(|(_, amount)| *amount < Decimal::ZERO) {
        return Err(WeightsError::Negative(asset.clone()));
    }
    let mut names: Vec<&AssetId> = amounts.iter().map(|(asset, _)| asset).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(WeightsError::Repeated(pair[0].clone())),
        None => Ok(()),
    }
}

/// Counts the grid steps in what rounding down left over: fewer than there are amounts.
fn steps_in(missing: Exact) -> Result<usize, ArithmeticError> {
    let step = Decimal::new(1, Weights::SCALE);
    let steps = missing.ratio(Exact::from(step), 0, Rounding::HalfEven)?;
    usize::try_from(steps.mantissa()).map_err(|_| ArithmeticError::overflow("the largest remainder"))
}

/// Gives one step each to the shares with the largest remainders.
fn hand_out(
    shares: &mut [Share],
    steps: usize,
    amounts: &[(AssetId, Decimal)],
) -> Result<(), ArithmeticError> {
    let mut order: Vec<(Exact, usize)> = shares.iter().map(|share| (share.remainder, share.index)).collect();
    let mut failure = None;
    order.sort_by(|(left, left_index), (right, right_index)| {
        let by_remainder = right.compare(*left).unwrap_or_else(|error| {
            failure = Some(error);
            std::cmp::Ordering::Equal
        });
        by_remainder.then_with(|| amounts[*left_index].0.cmp(&amounts[*right_index].0))
    });
    if let Some(error) = failure {
        return Err(error);
    }
    for (_, index) in order.into_iter().take(steps) {
        let raised = shares[index].floor.checked_add(Decimal::new(1, Weights::SCALE));
        shares[index].floor = raised.ok_or(ArithmeticError::overflow("a weight"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rust_decimal_macros::dec;

    fn named(amounts: &[Decimal]) -> Vec<(AssetId, Decimal)> {
        (0..).zip(amounts).map(|(n, amount)| (format!("a{n:03}").parse().unwrap(), *amount)).collect()
    }

    fn sum(weights: &Weights) -> Decimal {
        weights.iter().map(|(_, weight)| weight.decimal()).sum()
    }

    #[test]
    fn thirds_sum_to_one() {
        let weights = Weights::proportional_to(&named(&[dec!(1), dec!(1), dec!(1)])).unwrap();
        let texts: Vec<String> = weights.iter().map(|(_, weight)| weight.to_string()).collect();
        assert_eq!(texts, ["0.333333333333333334", "0.333333333333333333", "0.333333333333333333"]);
    }

    #[test]
    fn what_cannot_be_weighed_is_refused() {
        assert_eq!(Weights::proportional_to(&[]), Err(WeightsError::Nothing));
        assert_eq!(Weights::proportional_to(&named(&[dec!(0)])), Err(WeightsError::Nothing));
        assert!(matches!(Weights::proportional_to(&named(&[dec!(-1)])), Err(WeightsError::Negative(_))));
        let twice = [("a".parse().unwrap(), dec!(1)), ("a".parse().unwrap(), dec!(2))];
        assert!(matches!(Weights::proportional_to(&twice), Err(WeightsError::Repeated(_))));
    }

    fn amounts() -> impl Strategy<Value = Vec<Decimal>> {
        let amount = (0_i64..i64::MAX, 0_u32..20).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
        prop::collection::vec(amount, 1..150)
            .prop_filter("something to weigh", |all| all.iter().any(|a| !a.is_zero()))
    }

    proptest! {
        #[test]
        fn sum_to_exactly_one_within_a_step_of_the_quotient(amounts in amounts()) {
            let weights = Weights::proportional_to(&named(&amounts)).unwrap();
            prop_assert_eq!(sum(&weights), Decimal::ONE);
            let total = amounts.iter().fold(Exact::ZERO, |sum, a| sum.plus(Exact::from(*a)).unwrap());
            for ((_, weight), amount) in weights.iter().zip(&amounts) {
                let exact = Exact::from(*amount).ratio(total, 24, Rounding::HalfEven).unwrap();
                prop_assert!((weight.decimal() - exact).abs() <= Decimal::new(1, Weights::SCALE));
            }
        }

        #[test]
        fn order_and_unit_do_not_matter(amounts in amounts(), shift in 0_u32..6) {
            let plain = Weights::proportional_to(&named(&amounts)).unwrap();
            let mut reversed = named(&amounts);
            reversed.reverse();
            for (_, amount) in &mut reversed {
                *amount = Decimal::from_i128_with_scale(amount.mantissa(), amount.scale() + shift);
            }
            let other = Weights::proportional_to(&reversed).unwrap();
            for (asset, weight) in plain.iter() {
                prop_assert_eq!(other.of(asset), weight);
            }
        }
    }
}
