//! [`Decimal`] to its one canonical text.

use std::fmt;

use rust_decimal::Decimal;

use crate::wide::strip_zeros;

/// Room for a sign, 29 digits and a point.
const TEXT_LENGTH: usize = 32;

/// Writes a decimal without trailing zeros after the point: the text of its normalised form, several times as
/// fast.
#[expect(clippy::arithmetic_side_effects, reason = "there is room for a sign")]
pub(crate) fn write_decimal(decimal: Decimal, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    if formatter.precision().is_some() {
        return fmt::Display::fmt(&decimal.normalize(), formatter);
    }
    let (magnitude, scale) = strip_zeros(decimal.mantissa().unsigned_abs(), decimal.scale());
    let mut text = [b'0'; TEXT_LENGTH];
    let mut start = fill_from_end(&mut text, magnitude, scale);
    let is_negative = magnitude > 0 && decimal.is_sign_negative();
    if formatter.width().is_some() || formatter.sign_plus() {
        return formatter.pad_integral(!is_negative, "", as_text(&text[start..])?);
    }
    if is_negative {
        start -= 1;
        text[start] = b'-';
    }
    formatter.write_str(as_text(&text[start..])?)
}

/// Appends the text that every quantity prints, without a formatter: tables hold millions of decimals.
pub fn append_decimal(text: &mut Vec<u8>, decimal: Decimal) {
    let (magnitude, scale) = strip_zeros(decimal.mantissa().unsigned_abs(), decimal.scale());
    if magnitude > 0 && decimal.is_sign_negative() {
        text.push(b'-');
    }
    let mut digits = [b'0'; TEXT_LENGTH];
    let start = fill_from_end(&mut digits, magnitude, scale);
    text.extend_from_slice(&digits[start..]);
}

fn as_text(bytes: &[u8]) -> Result<&str, fmt::Error> {
    str::from_utf8(bytes).map_err(|_| fmt::Error)
}

/// Fills the end of a text of zeros with `magnitude` × 10^-`scale`, and returns its start.
#[expect(clippy::arithmetic_side_effects, reason = "96 bits have 29 digits, and a scale is at most 28")]
fn fill_from_end(text: &mut [u8; TEXT_LENGTH], magnitude: u128, scale: u32) -> usize {
    let digits = fill_with_digits(text, magnitude);
    let scale = usize::try_from(scale).unwrap_or_default();
    if scale == 0 {
        return TEXT_LENGTH - digits;
    }
    // The whole part, which has at least one digit, moves to make room for the point.
    let start = TEXT_LENGTH - digits.max(scale + 1);
    let point = TEXT_LENGTH - scale - 1;
    text.copy_within(start..=point, start - 1);
    text[point] = b'.';
    start - 1
}

/// Fills the end of a text of zeros with a number, 64 bits at a time, and returns its number of digits.
#[expect(clippy::arithmetic_side_effects, reason = "96 bits have 29 digits")]
fn fill_with_digits(text: &mut [u8; TEXT_LENGTH], number: u128) -> usize {
    const LOW_DIGITS: usize = 16;
    const UNIT: u128 = 10_u128.pow(16);
    if let Ok(number) = u64::try_from(number) {
        return fill_by_pairs(text, number);
    }
    let (high, low) = (number / UNIT, number % UNIT);
    let (upper, lower) = text.split_at_mut(TEXT_LENGTH - LOW_DIGITS);
    fill_by_pairs(lower, u64::try_from(low).unwrap_or_default());
    LOW_DIGITS + fill_by_pairs(upper, u64::try_from(high).unwrap_or_default())
}

/// The texts of 00 to 99.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut place = 0;
    while place < 100 {
        pairs[place] = [b'0' + (place / 10) as u8, b'0' + (place % 10) as u8];
        place += 1;
    }
    pairs
};

/// Fills the end of a text with a number, two digits at a time, and returns its number of digits.
#[expect(clippy::arithmetic_side_effects, reason = "64 bits have 20 digits")]
fn fill_by_pairs(text: &mut [u8], number: u64) -> usize {
    let mut rest = number;
    let mut digits = 0;
    for place in text.as_rchunks_mut().1.iter_mut().rev() {
        let pair = usize::try_from(rest % 100).unwrap_or_default();
        *place = PAIRS[pair];
        rest /= 100;
        digits += 2;
        if rest == 0 {
            return digits - usize::from(pair < 10);
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Shown(Decimal);

    impl fmt::Display for Shown {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_decimal(self.0, formatter)
        }
    }

    proptest! {
        #[test]
        fn is_the_text_of_the_normalised_decimal(
            mantissa in prop_oneof![-(1_i128 << 96) + 1..1 << 96, -1_000_000_i128..1_000_000],
            zeros in 0_u32..6,
            scale in 0_u32..=28,
        ) {
            let padded = mantissa.checked_mul(10_i128.pow(zeros)).filter(|m| m.unsigned_abs() < 1 << 96);
            let decimal = Decimal::from_i128_with_scale(padded.unwrap_or(mantissa), scale);
            let shown = Shown(decimal);
            let normal = decimal.normalize();
            prop_assert_eq!(shown.to_string(), normal.to_string());
            let mut appended = b"a,".to_vec();
            append_decimal(&mut appended, decimal);
            prop_assert_eq!(String::from_utf8(appended).unwrap(), format!("a,{normal}"));
            prop_assert_eq!(format!("{shown:>40}"), format!("{normal:>40}"));
            prop_assert_eq!(format!("{shown:+}"), format!("{normal:+}"));
            prop_assert_eq!(format!("{shown:.2}"), format!("{normal:.2}"));
        }
    }

    #[test]
    fn zero_has_one_text() {
        for zero in [Decimal::ZERO, -Decimal::ZERO, Decimal::new(0, 5)] {
            assert_eq!(Shown(zero).to_string(), "0");
        }
    }
}
