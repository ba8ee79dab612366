//! Whole numbers of 256 bits, and their conversion to decimals.
//!
//! Most numbers fit 128 bits, where multiplication and division are several times as fast, so each operation
//! tries that first.

use std::cmp::Ordering;

use ethnum::{I256, U256};
use rust_decimal::Decimal;

use crate::decimal::SIGNIFICANT_DIGITS;

/// How to round a result to its scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Toward zero.
    Down,
    /// Away from zero.
    Up,
    /// To the nearest, ties to the even digit.
    HalfEven,
}

/// Returns the largest whole number whose square is at most `number`, by Newton's method from above.
pub(crate) fn integer_square_root(number: I256) -> I256 {
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

/// Multiplies by a power of ten, in 128 bits where possible.
pub(crate) fn raise(mantissa: I256, exponent: u32) -> Option<I256> {
    if exponent == 0 {
        return Some(mantissa);
    }
    match narrow(mantissa).and_then(|mantissa| raise_narrow(mantissa, exponent)) {
        Some(raised) => Some(I256::new(raised)),
        None => multiply(mantissa, power_of_ten(exponent)?),
    }
}

pub(crate) fn raise_narrow(mantissa: i128, exponent: u32) -> Option<i128> {
    mantissa.checked_mul(*POWERS_OF_TEN.get(usize::try_from(exponent).ok()?)?)
}

/// Returns a number in 128 bits, if it fits.
fn narrow(number: I256) -> Option<i128> {
    let low = number.as_i128();
    (I256::new(low) == number).then_some(low)
}

/// Multiplies, and checks for overflow by counting bits where that is enough, because the full check needs a
/// division.
///
/// It is not used for numbers that fit 128 bits, and is not inlined, so that the code for those stays short.
#[inline(never)]
pub(crate) fn multiply(left: I256, right: I256) -> Option<I256> {
    let free_bits = |number: I256| number.unsigned_abs().leading_zeros();
    match free_bits(left).saturating_add(free_bits(right)) {
        257.. => Some(left.wrapping_mul(right)),
        _ => left.checked_mul(right),
    }
}

/// The powers of ten that fit 128 bits.
const POWERS_OF_TEN: [i128; 39] = {
    let mut powers = [1; 39];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

pub(crate) fn power_of_ten(exponent: u32) -> Option<I256> {
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
pub(crate) fn divide(numerator: I256, divisor: I256, rounding: Rounding) -> I256 {
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

/// Divides by a divisor other than zero, in 128 bits where possible, which is ten times as fast.
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

/// The limit of the magnitude of a decimal's digits: 10^28. A [`Decimal`] could hold some of 29 digits, but
/// their text would not parse again.
pub const MAGNITUDE_LIMIT: u128 = 10_u128.pow(SIGNIFICANT_DIGITS);

/// Builds a decimal without trailing zeros after the point, or `None` if it needs more than 28 digits or
/// more than 28 decimal places.
pub(crate) fn to_decimal(mantissa: I256, scale: u32) -> Option<Decimal> {
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

pub(crate) fn narrow_to_decimal(mantissa: i128, scale: u32) -> Option<Decimal> {
    let (magnitude, scale) = strip_zeros(mantissa.unsigned_abs(), scale);
    let magnitude = (magnitude < MAGNITUDE_LIMIT).then_some(magnitude)?;
    let magnitude = i128::try_from(magnitude).ok()?;
    Decimal::try_from_i128_with_scale(if mantissa < 0 { magnitude.wrapping_neg() } else { magnitude }, scale)
        .ok()
}

/// Strips up to `scale` trailing zeros of a number, and returns the number and the rest of `scale`.
#[expect(clippy::arithmetic_side_effects, reason = "the scale counts what is stripped")]
pub(crate) fn strip_zeros(number: u128, scale: u32) -> (u128, u32) {
    let (mut number, mut scale) = (number, scale);
    while number > u128::from(u64::MAX) && scale > 0 && number.is_multiple_of(10) {
        number /= 10;
        scale -= 1;
    }
    let Ok(mut narrow) = u64::try_from(number) else { return (number, scale) };
    // Most numbers have no trailing zeros.
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
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    const ROUNDINGS: [Rounding; 3] = [Rounding::Down, Rounding::Up, Rounding::HalfEven];

    /// Numbers of all sizes.
    pub(crate) fn wide_numbers() -> impl Strategy<Value = I256> {
        (any::<i128>(), any::<i128>(), 0_u32..256)
            .prop_map(|(high, low, shift)| I256::from_words(high, low).wrapping_shr(shift))
    }

    #[test]
    fn powers_of_ten_end_where_256_bits_do() {
        for exponent in 0..100 {
            assert_eq!(power_of_ten(exponent), I256::new(10).checked_pow(exponent), "{exponent}");
        }
    }

    proptest! {
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
    }
}
