//! [`Decimal`] to its one canonical text.

use std::fmt;

use rust_decimal::Decimal;

/// Room for 29 digits, a point and a leading zero.
const TEXT_LENGTH: usize = 32;

/// Writes a decimal without trailing zeros after the point: the text of its normalised form, in a third of the time.
pub(crate) fn write_decimal(decimal: Decimal, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    if formatter.precision().is_some() {
        return fmt::Display::fmt(&decimal.normalize(), formatter);
    }
    let mut text = [0; TEXT_LENGTH];
    let start = fill_from_end(&mut text, decimal.mantissa().unsigned_abs(), decimal.scale());
    let is_nonnegative = decimal.is_zero() || decimal.is_sign_positive();
    formatter.pad_integral(is_nonnegative, "", str::from_utf8(&text[start..]).map_err(|_| fmt::Error)?)
}

/// Appends the text that every quantity prints, past the machinery of formatting: tables hold millions of decimals.
pub fn append_decimal(text: &mut Vec<u8>, decimal: Decimal) {
    if decimal.is_sign_negative() && !decimal.is_zero() {
        text.push(b'-');
    }
    let mut digits = [0; TEXT_LENGTH];
    let start = fill_from_end(&mut digits, decimal.mantissa().unsigned_abs(), decimal.scale());
    text.extend_from_slice(&digits[start..]);
}

/// Fills the end of `text` with the digits of `mantissa` × 10^-`scale`, and returns where they start.
#[expect(clippy::arithmetic_side_effects, reason = "96 bits have 29 digits, and a scale is at most 28")]
fn fill_from_end(text: &mut [u8; TEXT_LENGTH], mantissa: u128, scale: u32) -> usize {
    let mut rest = mantissa;
    let mut fraction_digits = scale;
    let mut start = TEXT_LENGTH;
    let mut any_fraction = false;
    loop {
        let digit = take_digit(&mut rest);
        if fraction_digits > 0 {
            fraction_digits -= 1;
            any_fraction |= digit != 0;
            if any_fraction {
                start -= 1;
                text[start] = b'0' + digit;
            }
            if fraction_digits == 0 && any_fraction {
                start -= 1;
                text[start] = b'.';
            }
        } else {
            start -= 1;
            text[start] = b'0' + digit;
            if rest == 0 {
                return start;
            }
        }
    }
}

/// Takes the last digit off a number, in 64 bits where they suffice.
fn take_digit(number: &mut u128) -> u8 {
    let digit = match u64::try_from(*number) {
        Ok(narrow) => {
            *number = u128::from(narrow / 10);
            u128::from(narrow % 10)
        }
        Err(_) => {
            let digit = *number % 10;
            *number /= 10;
            digit
        }
    };
    u8::try_from(digit).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantities::Money;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_the_text_of_the_normalised_decimal(
            mantissa in prop_oneof![-(1_i128 << 96) + 1..1 << 96, -1_000_000_i128..1_000_000],
            zeros in 0_u32..6,
            scale in 0_u32..=28,
        ) {
            let padded = mantissa.checked_mul(10_i128.pow(zeros)).filter(|m| m.unsigned_abs() < 1 << 96);
            let decimal = Decimal::from_i128_with_scale(padded.unwrap_or(mantissa), scale);
            let money = Money::new(decimal).unwrap();
            let normal = decimal.normalize();
            prop_assert_eq!(money.to_string(), normal.to_string());
            let mut appended = b"a,".to_vec();
            append_decimal(&mut appended, decimal);
            prop_assert_eq!(String::from_utf8(appended).unwrap(), format!("a,{normal}"));
            prop_assert_eq!(format!("{money:>40}"), format!("{normal:>40}"));
            prop_assert_eq!(format!("{money:+}"), format!("{normal:+}"));
            prop_assert_eq!(format!("{money:.2}"), format!("{normal:.2}"));
        }
    }

    #[test]
    fn zero_has_one_text() {
        for zero in [Decimal::ZERO, -Decimal::ZERO, Decimal::new(0, 5)] {
            assert_eq!(Money::new(zero).unwrap().to_string(), "0");
        }
    }
}
