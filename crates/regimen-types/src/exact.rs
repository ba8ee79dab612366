//! Exact intermediate results: sums and products of decimals that are rounded once, explicitly.

use std::cmp::Ordering;

use ethnum::I256;
use rust_decimal::Decimal;

/// How a result is brought to its scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Toward zero.
    Down,
    /// Away from zero.
    Up,
    /// To the nearest, ties to the even digit.
    HalfEven,
}

/// Says which exact operation had no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArithmeticError {
    /// The result needs more digits than there are.
    #[error("{operation} overflows")]
    Overflow {
        /// What was computed.
        operation: &'static str,
    },
    /// The divisor is zero.
    #[error("{operation} divides by zero")]
    DivisionByZero {
        /// What was computed.
        operation: &'static str,
    },
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
/// Nothing in it rounds until [`Exact::round`], [`Exact::ratio_to_fit`] or [`Exact::ratio`] is asked to.
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

    /// Multiplies two decimals. The product always fits.
    #[must_use]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "96 by 96 bits fit 255, and two scales are at most 56"
    )]
    pub fn product(left: Decimal, right: Decimal) -> Self {
        Self {
            mantissa: I256::from(left.mantissa()) * I256::from(right.mantissa()),
            scale: left.scale() + right.scale(),
        }
    }

    /// Says whether the value is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.mantissa < I256::ZERO
    }

    /// Says whether the value is zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.mantissa == I256::ZERO
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
        let mantissa = self.mantissa.checked_mul(I256::from(factor.mantissa())).ok_or(overflow)?;
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
        let mut scale = scale;
        loop {
            match self.ratio(divisor, scale, Rounding::Down) {
                Err(ArithmeticError::Overflow { .. }) if scale > 0 => scale = scale.saturating_sub(1),
                result => return result,
            }
        }
    }

    /// Divides and rounds to at most `scale` decimal places.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the divisor is zero or the result does not fit a [`Decimal`].
    pub fn ratio(self, divisor: Self, scale: u32, rounding: Rounding) -> Result<Decimal, ArithmeticError> {
        if divisor.is_zero() {
            return Err(ArithmeticError::DivisionByZero { operation: "a ratio" });
        }
        let overflow = ArithmeticError::overflow("a ratio");
        // quotient × 10^scale = mantissa × 10^(scale + divisor.scale) / (divisor.mantissa × 10^self.scale)
        let up = scale.saturating_add(divisor.scale);
        let (numerator_shift, divisor_shift) = (up.saturating_sub(self.scale), self.scale.saturating_sub(up));
        let shifted = |mantissa: I256, shift: u32| mantissa.checked_mul(power_of_ten(shift)?);
        let numerator = shifted(self.mantissa, numerator_shift).ok_or(overflow)?;
        let denominator = shifted(divisor.mantissa, divisor_shift).ok_or(overflow)?;
        to_decimal(divide(numerator, denominator, rounding), scale).ok_or(overflow)
    }

    /// Compares exactly.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the two cannot be brought to one scale in 76 digits.
    pub fn compare(self, other: Self) -> Result<Ordering, ArithmeticError> {
        let (left, right, _) = align(self, other).ok_or(ArithmeticError::overflow("a comparison"))?;
        Ok(left.cmp(&right))
    }
}

impl From<Decimal> for Exact {
    fn from(decimal: Decimal) -> Self {
        Self { mantissa: I256::from(decimal.mantissa()), scale: decimal.scale() }
    }
}

/// Takes the square root of a decimal, rounded toward zero at 28 decimal places or at fewer where the root would
/// otherwise need more than 28 digits.
///
/// # Errors
/// [`ArithmeticError`] if the decimal is negative.
pub fn square_root(decimal: Decimal) -> Result<Decimal, ArithmeticError> {
    let refused = ArithmeticError::overflow("the square root of a negative number");
    if decimal.is_sign_negative() && !decimal.is_zero() {
        return Err(refused);
    }
    let mantissa = I256::from(decimal.mantissa());
    // The square of the result at its scale is ⌊decimal × 10^(2 × places)⌋.
    for places in (0..=28_u32).rev() {
        let twice = places.saturating_mul(2);
        let (up, down) = (twice.saturating_sub(decimal.scale()), decimal.scale().saturating_sub(twice));
        let raised = power_of_ten(up).and_then(|power| mantissa.checked_mul(power));
        let (Some(raised), Some(lowered)) = (raised, power_of_ten(down)) else { continue };
        if let Some(root) = to_decimal(integer_square_root(raised.wrapping_div(lowered)), places) {
            return Ok(root);
        }
    }
    Err(refused)
}

/// Returns the greatest whole number whose square is at most `number`, by Newton's method from above.
fn integer_square_root(number: I256) -> I256 {
    if number <= I256::ONE {
        return number;
    }
    // A power of two that is at least the root.
    let bits = 256_u32.saturating_sub(number.leading_zeros());
    let mut root = I256::ONE.wrapping_shl(bits.saturating_add(1).wrapping_shr(1));
    loop {
        let next = root.wrapping_add(number.wrapping_div(root)).wrapping_shr(1);
        if next >= root {
            return root;
        }
        root = next;
    }
}

fn align(left: Exact, right: Exact) -> Option<(I256, I256, u32)> {
    let scale = left.scale.max(right.scale);
    let lift = |value: Exact| match scale.saturating_sub(value.scale) {
        0 => Some(value.mantissa),
        shift => value.mantissa.checked_mul(power_of_ten(shift)?),
    };
    Some((lift(left)?, lift(right)?, scale))
}

fn power_of_ten(exponent: u32) -> Option<I256> {
    match 10_i128.checked_pow(exponent) {
        Some(power) => Some(I256::new(power)),
        None => I256::new(10).checked_pow(exponent),
    }
}

/// Divides by a divisor other than zero.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the divisor is not zero, and the quotient moves toward the half"
)]
fn divide(numerator: I256, divisor: I256, rounding: Rounding) -> I256 {
    if divisor == I256::ONE {
        return numerator;
    }
    let (quotient, rest) = divide_with_rest(numerator, divisor);
    let rest = rest.unsigned_abs();
    if rest == 0 {
        return quotient;
    }
    let divisor_size = divisor.unsigned_abs();
    let away = match rounding {
        Rounding::Down => false,
        Rounding::Up => true,
        Rounding::HalfEven => match rest.cmp(&(divisor_size - rest)) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => quotient & I256::ONE == I256::ONE,
        },
    };
    let step = if (numerator < I256::ZERO) == (divisor < I256::ZERO) { I256::ONE } else { I256::MINUS_ONE };
    if away { quotient + step } else { quotient }
}

/// The first magnitude of 29 digits. A [`Decimal`] could hold some of them, but their text would not parse again.
const MAGNITUDE_LIMIT: u128 = 10_u128.pow(28);

/// Divides toward zero, in 128 bits where they suffice: ten times as fast.
fn divide_with_rest(numerator: I256, divisor: I256) -> (I256, I256) {
    if let (Ok(numerator), Ok(divisor)) = (i128::try_from(numerator), i128::try_from(divisor))
        && let (Some(quotient), Some(rest)) = (numerator.checked_div(divisor), numerator.checked_rem(divisor))
    {
        return (I256::new(quotient), I256::new(rest));
    }
    (numerator.wrapping_div(divisor), numerator.wrapping_rem(divisor))
}

/// Builds a decimal without trailing zeros after the point, or `None` if it needs more than 28 digits or
/// more than 28 decimal places.
fn to_decimal(mantissa: I256, scale: u32) -> Option<Decimal> {
    let mut mantissa = mantissa;
    let mut scale = scale;
    while scale > 0 && i128::try_from(mantissa).is_err() {
        mantissa = strip_zero(mantissa)?;
        scale = scale.saturating_sub(1);
    }
    let mut narrow = i128::try_from(mantissa).ok()?;
    while scale > 0 && narrow % 10 == 0 {
        narrow /= 10;
        scale = scale.saturating_sub(1);
    }
    if narrow.unsigned_abs() >= MAGNITUDE_LIMIT {
        return None;
    }
    Decimal::try_from_i128_with_scale(narrow, scale).ok()
}

fn strip_zero(mantissa: I256) -> Option<I256> {
    let ten = I256::new(10);
    (mantissa.wrapping_rem(ten) == I256::ZERO).then(|| mantissa.wrapping_div(ten))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rust_decimal_macros::dec;

    fn decimals() -> impl Strategy<Value = Decimal> {
        (1 - 10_i128.pow(28)..10_i128.pow(28), 0_u32..=28)
            .prop_map(|(m, s)| Decimal::from_i128_with_scale(m, s))
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
        fn dividing_in_128_bits_is_dividing(numerator in any::<i128>(), divisor in any::<i64>()) {
            prop_assume!(divisor != 0);
            let (numerator, divisor) = (I256::new(numerator >> 32), I256::from(divisor));
            let wide = (numerator.wrapping_div(divisor), numerator.wrapping_rem(divisor));
            prop_assert_eq!(divide_with_rest(numerator, divisor), wide);
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
