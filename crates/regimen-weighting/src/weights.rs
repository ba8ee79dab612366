//! Weights that sum to exactly one.

use regimen_types::{ArithmeticError, AssetId, Exact, Rounding, Weight};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Target weights of assets: each from 0 to 1 in steps of 10^-18, together exactly 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(AssetId, Weight)>")]
pub struct Weights(Vec<(AssetId, Weight)>);

/// Why amounts cannot become weights.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// No amount is above zero.
    #[error("there is nothing to weigh")]
    Nothing,
    /// An amount is negative.
    #[error("the amount of {0} is negative")]
    Negative(AssetId),
    /// Weights do not sum to 1.
    #[error("the weights sum to {0}, not 1")]
    NotOne(Decimal),
    /// A score is infinite or not a number.
    #[error("the score of {0} is not finite")]
    NotFinite(AssetId),
    /// A weight does not lie on the grid of 18 decimal places.
    #[error("the weight of {0} has more than 18 decimal places")]
    OffGrid(AssetId),
    /// An asset occurs twice.
    #[error("{0} occurs twice")]
    Repeated(AssetId),
    /// The sum of the amounts needs more than 76 digits.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

impl Weights {
    /// The decimal places of a weight.
    pub const SCALE: u32 = 18;

    /// Builds weights in proportion to amounts, by the method of largest remainder: each weight is rounded
    /// down to the grid, and the missing steps go to the largest remainders (ties to the smaller asset
    /// identifier).
    ///
    /// The result has the order of the amounts; an asset's weight does not depend on it.
    ///
    /// # Errors
    /// [`WeightsError`] if no amount is above zero, one is negative, an asset occurs twice, or the sum needs
    /// more than 76 digits.
    pub fn proportional_to(amounts: &[(AssetId, Decimal)]) -> Result<Self, WeightsError> {
        check(amounts)?;
        if amounts.iter().all(|(_, amount)| amount.is_zero()) {
            return Err(WeightsError::Nothing);
        }
        let mut place = vec![0; amounts.len()];
        let mut by_name: Vec<usize> = (0..amounts.len()).collect();
        by_name.sort_unstable_by_key(|&index| &amounts[index].0);
        by_name.iter().enumerate().for_each(|(position, &index)| place[index] = position);
        let placed: Vec<_> = amounts.iter().zip(place).map(|((_, amount), place)| (*amount, place)).collect();
        let shares = proportional_shares(Decimal::ONE, &placed)?;
        let weights = amounts.iter().zip(shares).map(|((asset, _), share)| {
            Ok((asset.clone(), Weight::new(share).map_err(ArithmeticError::from)?))
        });
        weights.collect::<Result<_, _>>().map(Self)
    }

    /// Builds weights from decimals on the grid that sum to exactly 1.
    pub(crate) fn of_grid(weights: impl Iterator<Item = (AssetId, Decimal)>) -> Result<Self, WeightsError> {
        let weights: Vec<_> = weights.collect();
        check(&weights)?;
        let mut decimals = weights.iter().map(|(_, weight)| Exact::from(*weight));
        let sum = decimals.try_fold(Exact::ZERO, Exact::plus)?.round(28, Rounding::HalfEven)?;
        if sum != Decimal::ONE {
            return Err(WeightsError::NotOne(sum));
        }
        let weights = weights
            .into_iter()
            .map(|(asset, weight)| Ok((asset, Weight::new(weight).map_err(ArithmeticError::from)?)));
        weights.collect::<Result<_, _>>().map(Self)
    }

    /// Builds weights in proportion to scores, which are floats: the only way from a float to a weight.
    ///
    /// Each score is divided by the largest and rounded down to a grid of 2^-62, finer than a double's
    /// precision near 1. [`Weights::proportional_to`] is exact for the resulting whole numbers.
    ///
    /// # Errors
    /// [`WeightsError`] if no score is above zero, one is negative or not finite, or an asset occurs twice.
    pub fn from_scores(scores: &[(AssetId, f64)]) -> Result<Self, WeightsError> {
        if let Some((asset, _)) = scores.iter().find(|(_, score)| !score.is_finite()) {
            return Err(WeightsError::NotFinite(asset.clone()));
        }
        if let Some((asset, _)) = scores.iter().find(|(_, score)| *score < 0.0) {
            return Err(WeightsError::Negative(asset.clone()));
        }
        let largest = scores.iter().map(|(_, score)| *score).fold(0.0, f64::max);
        if largest <= 0.0 {
            return Err(WeightsError::Nothing);
        }
        let amounts: Vec<_> =
            scores.iter().map(|(asset, score)| (asset.clone(), grid_steps(*score / largest))).collect();
        Self::proportional_to(&amounts)
    }

    /// Iterates over assets and weights.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&AssetId, Weight)> {
        self.0.iter().map(|(asset, weight)| (asset, *weight))
    }

    /// Returns the weight of an asset; zero if it has none.
    #[must_use]
    pub fn of(&self, asset: &AssetId) -> Weight {
        self.iter().find(|(name, _)| *name == asset).map_or(Weight::ZERO, |(_, weight)| weight)
    }
}

impl TryFrom<Vec<(AssetId, Weight)>> for Weights {
    type Error = WeightsError;

    fn try_from(weights: Vec<(AssetId, Weight)>) -> Result<Self, WeightsError> {
        let is_off_grid = |weight: Weight| weight.decimal().normalize().scale() > Self::SCALE;
        if let Some((asset, _)) = weights.iter().find(|(_, weight)| is_off_grid(*weight)) {
            return Err(WeightsError::OffGrid(asset.clone()));
        }
        Self::of_grid(weights.into_iter().map(|(asset, weight)| (asset, weight.decimal())))
    }
}

/// Counts the steps of 2^-62 in a fraction from 0 to 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a fraction of 2^62 is a whole number of at most 63 bits, give or take its own fraction"
)]
fn grid_steps(fraction: f64) -> Decimal {
    const STEPS: f64 = (1_u64 << 62) as f64;
    Decimal::from((fraction * STEPS) as u64)
}

struct Share {
    /// The place among equal remainders.
    place: usize,
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

/// Counts the grid steps lost by rounding down: fewer than the number of amounts.
fn steps_in(missing: Exact) -> Result<usize, ArithmeticError> {
    let step = Decimal::new(1, Weights::SCALE);
    let steps = missing.ratio(Exact::from(step), 0, Rounding::HalfEven)?;
    usize::try_from(steps.mantissa()).map_err(|_| ArithmeticError::overflow("the largest remainder"))
}

/// Distributes a total on the grid in proportion to amounts, by the method of largest remainder. Each amount
/// comes with its place among equal remainders. If no amount is above zero, all shares are zero.
pub(crate) fn proportional_shares(
    total: Decimal,
    amounts: &[(Decimal, usize)],
) -> Result<Vec<Decimal>, ArithmeticError> {
    let mut exact = amounts.iter().map(|(amount, _)| Exact::from(*amount));
    let sum = exact.try_fold(Exact::ZERO, Exact::plus)?;
    if sum.is_zero() {
        return Ok(vec![Decimal::ZERO; amounts.len()]);
    }
    let mut shares = Vec::with_capacity(amounts.len());
    let mut missing = Exact::from(total);
    for (amount, place) in amounts {
        let part = Exact::product(*amount, total);
        let floor = part.ratio(sum, Weights::SCALE, Rounding::Down)?;
        let remainder = part.minus(sum.times(floor)?)?;
        missing = missing.minus(Exact::from(floor))?;
        shares.push(Share { place: *place, floor, remainder });
    }
    let steps = steps_in(missing)?;
    hand_out(&mut shares, steps)?;
    Ok(shares.into_iter().map(|share| share.floor).collect())
}

/// Gives one step each to the shares with the largest remainders.
fn hand_out(shares: &mut [Share], steps: usize) -> Result<(), ArithmeticError> {
    let mut failure = None;
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|&left, &right| {
        let (left, right) = (&shares[left], &shares[right]);
        let by_remainder = right.remainder.compare(left.remainder).unwrap_or_else(|error| {
            failure = Some(error);
            std::cmp::Ordering::Equal
        });
        by_remainder.then_with(|| left.place.cmp(&right.place))
    });
    if let Some(error) = failure {
        return Err(error);
    }
    for index in order.into_iter().take(steps) {
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

    #[test]
    fn scores_become_weights() {
        let of = |scores: &[f64]| {
            let assets = named(&vec![Decimal::ZERO; scores.len()]);
            Weights::from_scores(
                &assets.into_iter().map(|(asset, _)| asset).zip(scores.iter().copied()).collect::<Vec<_>>(),
            )
        };
        let weights = of(&[3e300, 1e300, 0.0]).unwrap();
        let texts: Vec<String> = weights.iter().map(|(_, weight)| weight.to_string()).collect();
        assert_eq!(texts[2], "0");
        assert!((weights.iter().next().unwrap().1.decimal() - dec!(0.75)).abs() < dec!(0.000000000000001));
        assert_eq!(sum(&weights), Decimal::ONE);
        assert_eq!(of(&[0.0]), Err(WeightsError::Nothing));
        assert!(matches!(of(&[1.0, -1.0]), Err(WeightsError::Negative(_))));
        assert!(matches!(of(&[1.0, f64::NAN]), Err(WeightsError::NotFinite(_))));
        assert!(matches!(of(&[f64::INFINITY]), Err(WeightsError::NotFinite(_))));
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
