//! Exact intermediate results: sums and products of decimals, rounded once and explicitly.

use std::cmp::Ordering;

use ethnum::I256;
use rust_decimal::Decimal;

use crate::decimal::SIGNIFICANT_DIGITS;
use crate::out_of_range::OutOfRange;
pub use crate::wide::{MAGNITUDE_LIMIT, Rounding};
use crate::wide::{
    divide, integer_square_root, multiply, narrow_to_decimal, power_of_ten, raise, raise_narrow, to_decimal,
};

/// Why an exact operation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArithmeticError {
    /// The result needs more digits than are available.
    #[error("{operation} overflows")]
    Overflow {
        /// The operation.
        operation: &'static str,
    },
    /// The divisor is zero.
    #[error("{operation} divides by zero")]
    DivisionByZero {
        /// The operation.
        operation: &'static str,
    },
    /// The result is not a value of its quantity.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

impl ArithmeticError {
    /// Builds an overflow of the named operation.
    #[must_use]
    pub fn overflow(operation: &'static str) -> Self {
        Self::Overflow { operation }
    }
}

/// An exact decimal of up to 76 digits: wide enough for sums of products of two decimals.
///
/// Only [`Exact::round`], [`Exact::ratio_to_fit`] and [`Exact::ratio`] round.
///
/// ```
/// use regimen_types::{Exact, Rounding};
/// use rust_decimal::Decimal;
/// let tiny = Decimal::new(1, 15);
/// let product = Exact::product(tiny, tiny);
/// assert_eq!(product.round(8, Rounding::Down).unwrap(), Decimal::ZERO);
/// assert_eq!(product.round(8, Rounding::Up).unwrap(), Decimal::new(1, 8));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Exact {
    mantissa: I256,
    scale: u32,
}

impl Exact {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: I256::ZERO, scale: 0 };

    /// Multiplies two decimals; the product always fits.
    #[must_use]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "96 by 96 bits fit 255, and two scales are at most 56"
    )]
    pub fn product(left: Decimal, right: Decimal) -> Self {
        Self {
            mantissa: I256::new(left.mantissa()) * I256::new(right.mantissa()),
            scale: left.scale() + right.scale(),
        }
    }

    /// Returns true if the value is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.mantissa < I256::ZERO
    }

    /// Returns true if the value is zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.mantissa == I256::ZERO
    }

    fn is_one(self) -> bool {
        self.scale == 0 && self.mantissa == I256::ONE
    }

    /// Adds.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the sum needs more than 76 digits.
    pub fn plus(self, other: Self) -> Result<Self, ArithmeticError> {
        let (left, right, scale) = align(self, other).ok_or(ArithmeticError::overflow("a sum"))?;
        let mantissa = left.checked_add(right).ok_or(ArithmeticError::overflow("a sum"))?;
        Ok(Self { mantissa, scale })
    }

    /// Subtracts.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the difference needs more than 76 digits.
    pub fn minus(self, other: Self) -> Result<Self, ArithmeticError> {
        self.plus(Self { mantissa: other.mantissa.wrapping_neg(), scale: other.scale })
    }

    /// Multiplies by a decimal.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the product needs more than 76 digits.
    pub fn times(self, factor: Decimal) -> Result<Self, ArithmeticError> {
        let overflow = ArithmeticError::overflow("a product");
        let mantissa = multiply(self.mantissa, I256::new(factor.mantissa())).ok_or(overflow)?;
        Ok(Self { mantissa, scale: self.scale.saturating_add(factor.scale()) })
    }

    /// Rounds to at most `scale` decimal places.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the result does not fit a [`Decimal`].
    pub fn round(self, scale: u32, rounding: Rounding) -> Result<Decimal, ArithmeticError> {
        let surplus = self.scale.saturating_sub(scale);
        let overflow = ArithmeticError::overflow("rounding to a decimal");
        let mantissa = match power_of_ten(surplus) {
            Some(unit) => divide(self.mantissa, unit, rounding),
            None => return Err(overflow),
        };
        to_decimal(mantissa, self.scale.saturating_sub(surplus)).ok_or(overflow)
    }

    /// Divides and rounds toward zero to at most `scale` decimal places, or to fewer where the result would
    /// otherwise need more than 28 digits.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the divisor is zero or the whole part alone does not fit a [`Decimal`].
    pub fn ratio_to_fit(self, divisor: Self, scale: u32) -> Result<Decimal, ArithmeticError> {
        // Division by one needs no additional decimal places.
        let mut scale = if divisor.is_one() { scale.min(self.scale) } else { scale };
        let quotient = loop {
            match self.quotient(divisor, scale, Rounding::Down) {
                Err(ArithmeticError::Overflow { .. }) if scale > 0 => scale = scale.saturating_sub(1),
                result => break result?,
            }
        };
        // Digits beyond a decimal's capacity are dropped here: rounding toward zero twice equals rounding
        // once.
        let overflow = ArithmeticError::overflow("a ratio");
        let size = quotient.unsigned_abs();
        let fits = |surplus: &u32| {
            power_of_ten(surplus.saturating_add(SIGNIFICANT_DIGITS))
                .is_some_and(|limit| size < limit.as_u256())
        };
        let surplus = (scale.saturating_sub(Decimal::MAX_SCALE)..=scale).find(fits).ok_or(overflow)?;
        let unit = power_of_ten(surplus).ok_or(overflow)?;
        to_decimal(divide(quotient, unit, Rounding::Down), scale.saturating_sub(surplus)).ok_or(overflow)
    }

    /// Divides and rounds to at most `scale` decimal places.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the divisor is zero or the result does not fit a [`Decimal`].
    pub fn ratio(self, divisor: Self, scale: u32, rounding: Rounding) -> Result<Decimal, ArithmeticError> {
        to_decimal(self.quotient(divisor, scale, rounding)?, scale)
            .ok_or(ArithmeticError::overflow("a ratio"))
    }

    /// Divides and returns the mantissa of the quotient at `scale` decimal places.
    fn quotient(self, divisor: Self, scale: u32, rounding: Rounding) -> Result<I256, ArithmeticError> {
        if divisor.is_zero() {
            return Err(ArithmeticError::DivisionByZero { operation: "a ratio" });
        }
        let overflow = ArithmeticError::overflow("a ratio");
        // quotient × 10^scale = mantissa × 10^(scale + divisor.scale) / (divisor.mantissa × 10^self.scale)
        let up = scale.saturating_add(divisor.scale);
        let numerator = raise(self.mantissa, up.saturating_sub(self.scale)).ok_or(overflow)?;
        let denominator = raise(divisor.mantissa, self.scale.saturating_sub(up)).ok_or(overflow)?;
        Ok(divide(numerator, denominator, rounding))
    }

    /// Compares exactly.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the two values do not fit one scale in 76 digits.
    pub fn compare(self, other: Self) -> Result<Ordering, ArithmeticError> {
        let (left, right, _) = align(self, other).ok_or(ArithmeticError::overflow("a comparison"))?;
        Ok(left.cmp(&right))
    }
}

impl From<Decimal> for Exact {
    fn from(decimal: Decimal) -> Self {
        Self { mantissa: I256::new(decimal.mantissa()), scale: decimal.scale() }
    }
}

/// Returns the square root of a decimal, rounded toward zero at 28 decimal places, or at fewer where the root
/// would otherwise need more than 28 digits.
///
/// # Errors
/// [`ArithmeticError`] if the decimal is negative.
pub fn square_root(decimal: Decimal) -> Result<Decimal, ArithmeticError> {
    let refused = ArithmeticError::overflow("the square root of a negative number");
    if decimal.is_sign_negative() && !decimal.is_zero() {
        return Err(refused);
    }
    let mantissa = I256::new(decimal.mantissa());
    // The square of the result at its scale is ⌊decimal × 10^(2 × places)⌋.
    for places in (0..=28_u32).rev() {
        let twice = places.saturating_mul(2);
        let (up, down) = (twice.saturating_sub(decimal.scale()), decimal.scale().saturating_sub(twice));
        let (Some(raised), Some(lowered)) = (raise(mantissa, up), power_of_ten(down)) else { continue };
        if let Some(root) = to_decimal(integer_square_root(raised.wrapping_div(lowered)), places) {
            return Ok(root);
        }
    }
    Err(refused)
}

fn align(left: Exact, right: Exact) -> Option<(I256, I256, u32)> {
    let scale = left.scale.max(right.scale);
    let lift = |value: Exact| raise(value.mantissa, scale.saturating_sub(value.scale));
    Some((lift(left)?, lift(right)?, scale))
}

/// Adds two decimals, in 128 bits where possible; fails if the sum needs more than 28 digits.
pub(crate) fn exact_sum(left: Decimal, right: Decimal) -> Result<Decimal, ArithmeticError> {
    let scale = left.scale().max(right.scale());
    let lift = |decimal: Decimal| match scale.saturating_sub(decimal.scale()) {
        0 => Some(decimal.mantissa()),
        exponent => raise_narrow(decimal.mantissa(), exponent),
    };
    match lift(left).zip(lift(right)).and_then(|(left, right)| left.checked_add(right)) {
        Some(sum) => narrow_to_decimal(sum, scale).ok_or(ArithmeticError::overflow("rounding to a decimal")),
        None => Exact::from(left).plus(Exact::from(right))?.round(scale, Rounding::Down),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wide::tests::wide_numbers;
    use proptest::prelude::*;
    use rust_decimal_macros::dec;

    fn decimals() -> impl Strategy<Value = Decimal> {
        (1 - 10_i128.pow(28)..10_i128.pow(28), 0_u32..=28)
            .prop_map(|(m, s)| Decimal::from_i128_with_scale(m, s))
    }

    /// Values of all sizes, many of them with trailing zeros.
    fn exact_values() -> impl Strategy<Value = Exact> {
        let mantissas =
            (wide_numbers(), 0_u32..40).prop_map(|(number, zeros)| raise(number, zeros).unwrap_or(number));
        (mantissas, 0_u32..=84).prop_map(|(mantissa, scale)| Exact { mantissa, scale })
    }

    #[test]
    fn rounds_as_named() {
        let value = |text: Decimal| Exact::from(text);
        for (input, down, up, even) in [
            (dec!(2.5), dec!(2), dec!(3), dec!(2)),
            (dec!(3.5), dec!(3), dec!(4), dec!(4)),
            (dec!(-2.5), dec!(-2), dec!(-3), dec!(-2)),
            (dec!(2.51), dec!(2), dec!(3), dec!(3)),
            (dec!(2), dec!(2), dec!(2), dec!(2)),
        ] {
            assert_eq!(value(input).round(0, Rounding::Down), Ok(down));
            assert_eq!(value(input).round(0, Rounding::Up), Ok(up));
            assert_eq!(value(input).round(0, Rounding::HalfEven), Ok(even));
        }
    }

    #[test]
    fn division_by_zero_and_overflow_are_errors() {
        let one = Exact::from(Decimal::ONE);
        assert!(matches!(
            one.ratio(Exact::ZERO, 2, Rounding::Down),
            Err(ArithmeticError::DivisionByZero { .. })
        ));
        let large = Exact::product(Decimal::MAX, Decimal::MAX);
        assert!(large.round(0, Rounding::Down).is_err());
        assert!(large.times(Decimal::MAX).is_err());
        assert_eq!(one.ratio_to_fit(Exact::from(dec!(3)), 40).unwrap().scale(), 28);
    }

    #[test]
    fn a_result_has_28_digits_so_that_its_text_parses() {
        assert!(Exact::from(Decimal::MAX).round(0, Rounding::Down).is_err());
        // With 18 places the quotient would have 29 digits, which 96 bits happen to hold.
        let units = Exact::from(dec!(500000000000)).ratio_to_fit(Exact::from(dec!(7)), 18).unwrap();
        assert_eq!(units.to_string(), "71428571428.57142857142857142");
    }

    proptest! {
        #[test]
        fn a_product_over_a_factor_is_the_other(left in decimals(), right in decimals()) {
            prop_assume!(!right.is_zero());
            let product = Exact::product(left, right);
            prop_assert_eq!(product.ratio(Exact::from(right), left.scale(), Rounding::Down), Ok(left.normalize()));
        }

        #[test]
        fn adding_and_subtracting_is_nothing(left in decimals(), right in decimals()) {
            let back = Exact::from(left).plus(Exact::from(right)).unwrap().minus(Exact::from(right)).unwrap();
            prop_assert_eq!(back.compare(Exact::from(left)), Ok(Ordering::Equal));
        }

        #[test]
        fn a_ratio_that_fits_is_the_finest_that_does(
            value in exact_values(),
            divisor in prop_oneof![exact_values(), Just(Exact::from(Decimal::ONE)), decimals().prop_map(Exact::from)],
            scale in 0_u32..=Decimal::MAX_SCALE,
        ) {
            let finest = (0..=scale).rev().map(|scale| value.ratio(divisor, scale, Rounding::Down));
            let expected = finest.reduce(|found, next| if found.is_ok() { found } else { next }).unwrap();
            let fitting = value.ratio_to_fit(divisor, scale);
            prop_assert_eq!(fitting.map(|decimal| decimal.unpack()), expected.map(|decimal| decimal.unpack()));
        }

        #[test]
        fn adding_in_128_bits_is_adding(left in decimals(), right in decimals()) {
            let scale = left.scale().max(right.scale());
            let wide = Exact::from(left).plus(Exact::from(right)).unwrap().round(scale, Rounding::Down);
            prop_assert_eq!(exact_sum(left, right).map(|sum| sum.unpack()), wide.map(|sum| sum.unpack()));
        }

        #[test]
        fn down_and_up_enclose(left in decimals(), right in -1_000_000_i64..1_000_000, scale in 0_u32..12) {
            let product = Exact::product(left, Decimal::new(right, 9));
            let (Ok(down), Ok(up)) = (product.round(scale, Rounding::Down), product.round(scale, Rounding::Up)) else {
                return Ok(());
            };
            let sizes = (Exact::from(down.abs()), Exact::from(up.abs()));
            let size = if product.is_negative() { Exact::ZERO.minus(product).unwrap() } else { product };
            prop_assert!(sizes.0.compare(size).unwrap().is_le());
            prop_assert!(sizes.1.compare(size).unwrap().is_ge());
            prop_assert!(up.abs() - down.abs() <= Decimal::new(1, scale));
        }
    }
}
