//! Sample quantiles.

use regimen_types::{ArithmeticError, Exact, Rounding, Weight};
use rust_decimal::Decimal;

regimen_types::named! {
    /// How a quantile is interpolated between the values of a sample, numbered as in Hyndman and Fan (1996),
    /// "Sample Quantiles in Statistical Packages", The American Statistician 50, and in R.
    pub enum QuantileType {
        /// The least value such that at least the fraction of the sample is at or below it: the inverse of
        /// the empirical distribution, without interpolation.
        Type1 = "type_1",
        /// Linear interpolation in which the least value is the quantile of 0 and the greatest that of 1: R's
        /// default.
        Type7 = "type_7",
    }
}

impl QuantileType {
    /// Returns the quantile of a sample, exactly, or `None` if the sample is empty.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the quantile needs more than 76 digits.
    pub fn of(self, sample: &[Decimal], fraction: Weight) -> Result<Option<Exact>, ArithmeticError> {
        let mut sorted = sample.to_vec();
        sorted.sort_unstable();
        let Some(last) = sorted.len().checked_sub(1) else { return Ok(None) };
        let one = Exact::from(Decimal::ONE);
        let (below, between) = match self {
            Self::Type1 => {
                let place = Exact::product(Decimal::from(sorted.len()), fraction.decimal());
                let place = place.round(0, Rounding::Up)?.max(Decimal::ONE);
                (place.saturating_sub(Decimal::ONE), Decimal::ZERO)
            }
            Self::Type7 => {
                let place = Exact::product(Decimal::from(last), fraction.decimal()).ratio_to_fit(one, 28)?;
                (place.trunc(), place.fract())
            }
        };
        let below = usize::try_from(below.trunc().mantissa()).unwrap_or(last).min(last);
        let lower = Exact::from(sorted[below]);
        let Some(upper) = sorted.get(below.saturating_add(1)).filter(|_| !between.is_zero()) else {
            return Ok(Some(lower));
        };
        let step = Exact::from(*upper).minus(lower)?;
        lower.plus(step.times(between)?).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal_macros::dec;

    fn quantile(kind: QuantileType, sample: &[Decimal], fraction: &str) -> Decimal {
        let exact = kind.of(sample, fraction.parse().unwrap()).unwrap().unwrap();
        exact.round(28, Rounding::HalfEven).unwrap()
    }

    /// `quantile(c(1, 2, 4, 8, 16), p, type = 7)` of R 4.3.
    #[test]
    fn type_7_is_that_of_r() {
        let sample = [dec!(16), dec!(1), dec!(8), dec!(2), dec!(4)];
        let of = |fraction| quantile(QuantileType::Type7, &sample, fraction);
        assert_eq!(
            ["0", "0.1", "0.25", "0.6", "0.95", "1"].map(of),
            [dec!(1), dec!(1.4), dec!(2), dec!(5.6), dec!(14.4), dec!(16)]
        );
    }

    /// `quantile(c(1, 2, 4, 8), p, type = 1)` of R 4.3.
    #[test]
    fn type_1_is_that_of_r() {
        let sample = [dec!(8), dec!(1), dec!(2), dec!(4)];
        let of = |fraction| quantile(QuantileType::Type1, &sample, fraction);
        assert_eq!(["0", "0.25", "0.26", "0.5", "1"].map(of), [dec!(1), dec!(1), dec!(2), dec!(2), dec!(8)]);
    }

    #[test]
    fn one_value_is_every_quantile() {
        for kind in [QuantileType::Type1, QuantileType::Type7] {
            assert_eq!(quantile(kind, &[dec!(3)], "0.25"), dec!(3));
            assert!(kind.of(&[], Weight::ONE).unwrap().is_none());
        }
    }
}
