//! Exact intermediate results: sums and products of decimals that are rounded once, explicitly.

use std::cmp::Ordering;

use ethnum::{I256, U256};
use rust_decimal::Decimal;

use crate::out_of_range::OutOfRange;

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
            mantissa: I256::new(left.mantissa()) * I256::new(right.mantissa()),
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
        // What is divided by one needs no more places than it has.
        let mut scale = if divisor.is_one() { scale.min(self.scale) } else { scale };
        let quotient = loop {
            match self.quotient(divisor, scale, Rounding::Down) {
                Err(ArithmeticError::Overflow { .. }) if scale > 0 => scale = scale.saturating_sub(1),
                result => break result?,
            }
        };
        // What a decimal has no room for is dropped at once: rounding toward zero twice is rounding toward zero.
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
    /// [`ArithmeticError::Overflow`] if the two cannot be brought to one scale in 76 digits.
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
    let lift = |value: Exact| raise(value.mantissa, scale.saturating_sub(value.scale));
    Some((lift(left)?, lift(right)?, scale))
}

/// Multiplies by a power of ten, in 128 bits where they suffice.
fn raise(mantissa: I256, exponent: u32) -> Option<I256> {
    if exponent == 0 {
        return Some(mantissa);
    }
    match narrow(mantissa).and_then(|mantissa| raise_narrow(mantissa, exponent)) {
        Some(raised) => Some(I256::new(raised)),
        None => multiply(mantissa, power_of_ten(exponent)?),
    }
}

fn raise_narrow(mantissa: i128, exponent: u32) -> Option<i128> {
    mantissa.checked_mul(*POWERS_OF_TEN.get(usize::try_from(exponent).ok()?)?)
}

/// Returns a number in 128 bits, if they suffice.
fn narrow(number: I256) -> Option<i128> {
    let low = number.as_i128();
    (I256::new(low) == number).then_some(low)
}

/// Multiplies, and checks for overflow by counting bits where that is enough: the check in full is a division.
///
/// It has no part in what fits 128 bits, and stays out of line so that the code for that is short.
#[inline(never)]
fn multiply(left: I256, right: I256) -> Option<I256> {
    let free_bits = |number: I256| number.unsigned_abs().leading_zeros();
    match free_bits(left).saturating_add(free_bits(right)) {
        257.. => Some(left.wrapping_mul(right)),
        _ => left.checked_mul(right),
    }
}

/// The powers of ten that 128 bits hold.
const POWERS_OF_TEN: [i128; 39] = {
    let mut powers = [1; 39];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

fn power_of_ten(exponent: u32) -> Option<I256> {
    const GREATEST: u32 = 38;
    let narrow = |exponent: u32| POWERS_OF_TEN.get(usize::try_from(exponent).ok()?).copied().map(I256::new);
    match exponent {
        0..=GREATEST => narrow(exponent),
        _ => multiply(narrow(GREATEST)?, narrow(exponent.saturating_sub(GREATEST))?),
    }
}

/// Divides by a divisor other than zero.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the rest is below the divisor, and the quotient moves toward the half"
)]
fn divide(numerator: I256, divisor: I256, rounding: Rounding) -> I256 {
    if divisor == I256::ONE {
        return numerator;
    }
    let divisor_size = divisor.unsigned_abs();
    let (quotient, rest) = divide_with_rest(numerator.unsigned_abs(), divisor_size);
    let away = match rounding {
        Rounding::Down => false,
        Rounding::Up => rest != U256::ZERO,
        Rounding::HalfEven => match rest.cmp(&(divisor_size - rest)) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => quotient.as_u128() % 2 == 1,
        },
    };
    let size = if away { quotient + U256::ONE } else { quotient }.as_i256();
    if numerator.is_negative() == divisor.is_negative() { size } else { size.wrapping_neg() }
}

/// Divides by a divisor other than zero, in 128 bits where they suffice: ten times as fast.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the divisor is not zero, and its multiple is at most the numerator"
)]
fn divide_with_rest(numerator: U256, divisor: U256) -> (U256, U256) {
    if let ((0, numerator), (0, divisor)) = (numerator.into_words(), divisor.into_words()) {
        let quotient = numerator / divisor;
        return (U256::new(quotient), U256::new(numerator - quotient * divisor));
    }
    let quotient = numerator / divisor;
    (quotient, numerator - quotient * divisor)
}

/// The digits of a result. A [`Decimal`] could hold some magnitudes of 29, but their text would not parse again.
const SIGNIFICANT_DIGITS: u32 = 28;
const MAGNITUDE_LIMIT: i128 = 10_i128.pow(SIGNIFICANT_DIGITS);

/// Builds a decimal without trailing zeros after the point, or `None` if it needs more than 28 digits or
/// more than 28 decimal places.
fn to_decimal(mantissa: I256, scale: u32) -> Option<Decimal> {
    let (mut mantissa, mut scale) = (mantissa, scale);
    loop {
        if let Some(mantissa) = narrow(mantissa) {
            return narrow_to_decimal(mantissa, scale);
        }
        let ten = I256::new(10);
        if scale == 0 || mantissa.wrapping_rem(ten) != I256::ZERO {
            return None;
        }
        mantissa = mantissa.wrapping_div(ten);
        scale = scale.saturating_sub(1);
    }
}

fn narrow_to_decimal(mantissa: i128, scale: u32) -> Option<Decimal> {
    let (magnitude, scale) = strip_zeros(mantissa.unsigned_abs(), scale);
    let magnitude = i128::try_from(magnitude).ok().filter(|magnitude| *magnitude < MAGNITUDE_LIMIT)?;
    Decimal::try_from_i128_with_scale(if mantissa < 0 { magnitude.wrapping_neg() } else { magnitude }, scale)
        .ok()
}

/// Adds two decimals, in 128 bits where they suffice, or fails where the sum needs more than 28 digits.
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

/// Strips the zeros at the end of a number, `scale` of them at most, and returns how much of `scale` is left.
#[expect(clippy::arithmetic_side_effects, reason = "the scale counts what is stripped")]
pub(crate) fn strip_zeros(number: u128, scale: u32) -> (u128, u32) {
    let (mut number, mut scale) = (number, scale);
    while number > u128::from(u64::MAX) && scale > 0 && number.is_multiple_of(10) {
        number /= 10;
        scale -= 1;
    }
    let Ok(mut narrow) = u64::try_from(number) else { return (number, scale) };
    // Most numbers have none.
    if !narrow.is_multiple_of(10) {
        return (number, scale);
    }
    for zeros in [8, 4, 2, 1] {
        let power = 10_u64.pow(zeros);
        while scale >= zeros && narrow.is_multiple_of(power) {
            narrow /= power;
            scale -= zeros;
        }
    }
    (u128::from(narrow), scale)
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

    const ROUNDINGS: [Rounding; 3] = [Rounding::Down, Rounding::Up, Rounding::HalfEven];

    /// Numbers of all sizes.
    fn wide_numbers() -> impl Strategy<Value = I256> {
        (any::<i128>(), any::<i128>(), 0_u32..256)
            .prop_map(|(high, low, shift)| I256::from_words(high, low).wrapping_shr(shift))
    }

    /// Values of all sizes, many of them with zeros at their end.
    fn exact_values() -> impl Strategy<Value = Exact> {
        let mantissas =
            (wide_numbers(), 0_u32..40).prop_map(|(number, zeros)| raise(number, zeros).unwrap_or(number));
        (mantissas, 0_u32..=84).prop_map(|(mantissa, scale)| Exact { mantissa, scale })
    }

    #[test]
    fn powers_of_ten_end_where_256_bits_do() {
        for exponent in 0..100 {
            assert_eq!(power_of_ten(exponent), I256::new(10).checked_pow(exponent), "{exponent}");
        }
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
            let raised = (numerator.wrapping_shl(120), divisor.wrapping_shl(120));
            for rounding in ROUNDINGS {
                let wide = divide(raised.0, raised.1, rounding);
                prop_assert_eq!(divide(numerator, divisor, rounding), wide);
            }
            prop_assert_eq!(divide(numerator, divisor, Rounding::Down), numerator.wrapping_div(divisor));
        }

        #[test]
        fn a_quotient_is_rounded_as_its_rest_says(numerator in wide_numbers(), divisor in wide_numbers()) {
            prop_assume!(divisor != I256::ZERO);
            let rest = numerator.wrapping_rem(divisor);
            let toward_zero = numerator.wrapping_div(divisor);
            let step = if (numerator < I256::ZERO) == (divisor < I256::ZERO) { 1 } else { -1 };
            let away = if rest == I256::ZERO { toward_zero } else { toward_zero.wrapping_add(I256::new(step)) };
            let (rest, gap) = (rest.unsigned_abs(), divisor.unsigned_abs().wrapping_sub(rest.unsigned_abs()));
            let is_odd = toward_zero.as_i128() & 1 == 1;
            let nearest = if rest > gap || (rest == gap && is_odd) { away } else { toward_zero };
            for (rounding, expected) in ROUNDINGS.into_iter().zip([toward_zero, away, nearest]) {
                prop_assert_eq!(divide(numerator, divisor, rounding), expected);
            }
        }

        #[test]
        fn counting_bits_finds_the_overflows(left in wide_numbers(), right in wide_numbers()) {
            prop_assert_eq!(multiply(left, right), left.checked_mul(right));
        }

        #[test]
        fn raising_is_multiplying(number in wide_numbers(), exponent in 0_u32..80) {
            let raised = power_of_ten(exponent).and_then(|power| number.checked_mul(power));
            prop_assert_eq!(raise(number, exponent), raised);
        }

        #[test]
        fn stripping_many_zeros_is_stripping_each(
            number in (any::<u128>(), 0_u32..128).prop_map(|(number, shift)| number >> shift),
            zeros in 0_u32..39,
            scale in 0_u32..60,
        ) {
            let number = number.checked_mul(10_u128.pow(zeros)).unwrap_or(number);
            let (mut rest, mut left) = (number, scale);
            while left > 0 && rest % 10 == 0 {
                (rest, left) = (rest / 10, left - 1);
            }
            prop_assert_eq!(strip_zeros(number, scale), (rest, left));
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
