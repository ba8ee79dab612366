//! Decimal text to [`Decimal`], digit for digit.

use rust_decimal::Decimal;

use crate::leading_decimal::parse_leading_decimal;

/// The number of digits that every decimal of the engine can hold.
pub(crate) const SIGNIFICANT_DIGITS: u32 = 28;
/// The number of decimal places that a [`Decimal`] can hold.
const MAX_SCALE: i64 = 28;
/// The number of digits that always fit a `u128`.
const KEPT_DIGITS: u32 = 38;

crate::named! {
    /// What to do with a number that has more than 28 significant digits or more than 28 decimal places.
    pub enum ExcessDigits {
        /// Refuse the number.
        Error = "error",
        /// Round the number to the nearest decimal that fits, ties to even.
        RoundHalfEven = "round_half_even",
    }
}

impl Default for ExcessDigits {
    /// Refuses the data.
    fn default() -> Self {
        Self::Error
    }
}

/// Why a text is not a decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// The text is not a number.
    #[error("not a number")]
    NotANumber,
    /// The text is NaN or infinite.
    #[error("not finite")]
    NotFinite,
    /// The number needs more than 28 significant digits or decimal places.
    #[error("more than 28 significant digits or decimal places")]
    TooManyDigits,
    /// The number is 10^28 or more.
    #[error("too large: 28 digits before the point at most")]
    TooLarge,
}

/// Parses decimal text such as `-12.50`, `.5` or `5.39e+11` without going through a float.
///
/// The result has no trailing zeros after the point, so equal numbers print alike, and zero is never
/// negative.
///
/// # Errors
/// [`DecimalError`] if the text is not a finite number, is 10^28 or more, or has more than 28 digits and
/// `excess` is [`ExcessDigits::Error`].
///
/// ```
/// use regimen_types::{ExcessDigits, parse_decimal};
/// let cap = parse_decimal(b"5.394380364e+11", ExcessDigits::Error).unwrap();
/// assert_eq!(cap.to_string(), "539438036400");
/// ```
pub fn parse_decimal(text: &[u8], excess: ExcessDigits) -> Result<Decimal, DecimalError> {
    match parse_leading_decimal(text) {
        Some(leading) if leading.length == text.len() => Ok(leading.into()),
        _ => scan(text)?.into_decimal(excess),
    }
}

/// A number as written: `mantissa × 10^-scale`, and whether digits were dropped.
struct Scanned {
    negative: bool,
    mantissa: u128,
    scale: i64,
    /// True if a digit other than zero was dropped after the kept ones.
    inexact: bool,
}

fn scan(text: &[u8]) -> Result<Scanned, DecimalError> {
    let (negative, unsigned) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if ["nan", "inf", "infinity"].iter().any(|word| unsigned.eq_ignore_ascii_case(word.as_bytes())) {
        return Err(DecimalError::NotFinite);
    }
    let exponent_at = unsigned.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (number, exponent) = match exponent_at {
        Some(at) => (&unsigned[..at], parse_exponent(&unsigned[at.saturating_add(1)..])?),
        None => (unsigned, 0),
    };
    let mut scanned = Scanned { negative, mantissa: 0, scale: exponent.saturating_neg(), inexact: false };
    let mut kept = 0_u32;
    let mut any_digit = false;
    let mut after_point = false;
    for &byte in number {
        match byte {
            b'0'..=b'9' => {
                any_digit = true;
                let digit = u128::from(byte.wrapping_sub(b'0'));
                let fits = kept < KEPT_DIGITS;
                if fits {
                    scanned.mantissa = scanned.mantissa.saturating_mul(10).saturating_add(digit);
                    kept = kept.saturating_add(u32::from(scanned.mantissa > 0));
                } else {
                    scanned.inexact |= digit > 0;
                }
                // A kept digit after the point raises the scale; a dropped one before the point lowers it.
                let shift = i64::from(after_point).saturating_sub(i64::from(!fits));
                scanned.scale = scanned.scale.saturating_add(shift);
            }
            b'.' if !after_point => after_point = true,
            _ => return Err(DecimalError::NotANumber),
        }
    }
    if any_digit { Ok(scanned) } else { Err(DecimalError::NotANumber) }
}

fn parse_exponent(text: &[u8]) -> Result<i64, DecimalError> {
    let digits = text.strip_prefix(b"+").or_else(|| text.strip_prefix(b"-")).unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(DecimalError::NotANumber);
    }
    let magnitude = digits.iter().fold(0_i64, |sum, byte| {
        sum.saturating_mul(10).saturating_add(i64::from(byte.wrapping_sub(b'0'))).min(1_000_000)
    });
    Ok(if text.starts_with(b"-") { magnitude.saturating_neg() } else { magnitude })
}

impl Scanned {
    fn into_decimal(mut self, excess: ExcessDigits) -> Result<Decimal, DecimalError> {
        if self.mantissa == 0 {
            return if self.inexact { Err(DecimalError::TooManyDigits) } else { Ok(Decimal::ZERO) };
        }
        self.strip_trailing_zeros();
        self.lift_negative_scale()?;
        let surplus = i64::from(digit_count(self.mantissa).saturating_sub(SIGNIFICANT_DIGITS))
            .max(self.scale.saturating_sub(MAX_SCALE));
        if surplus > 0 || self.inexact {
            if excess == ExcessDigits::Error {
                return Err(DecimalError::TooManyDigits);
            }
            self.drop_digits_half_even(surplus);
            self.strip_trailing_zeros();
        }
        self.build()
    }

    fn strip_trailing_zeros(&mut self) {
        while self.scale > 0 && self.mantissa > 0 && self.mantissa.is_multiple_of(10) {
            self.mantissa /= 10;
            self.scale = self.scale.saturating_sub(1);
        }
    }

    fn lift_negative_scale(&mut self) -> Result<(), DecimalError> {
        while self.scale < 0 {
            if digit_count(self.mantissa) >= SIGNIFICANT_DIGITS {
                return Err(DecimalError::TooLarge);
            }
            self.mantissa = self.mantissa.saturating_mul(10);
            self.scale = self.scale.saturating_add(1);
        }
        Ok(())
    }

    fn drop_digits_half_even(&mut self, surplus: i64) {
        let dropped = u32::try_from(surplus).unwrap_or(u32::MAX);
        self.scale = self.scale.saturating_sub(surplus);
        let Some(unit) = 10_u128.checked_pow(dropped) else {
            self.mantissa = 0;
            return;
        };
        #[expect(clippy::arithmetic_side_effects, reason = "a power of ten is not zero")]
        let (quotient, rest) = (self.mantissa / unit, self.mantissa % unit);
        let half = unit / 2;
        let above_half = rest > half || (rest == half && self.inexact && unit > 1);
        let tie = rest == half && !self.inexact && unit > 1;
        let up = above_half || (tie && quotient % 2 == 1);
        self.mantissa = quotient.saturating_add(u128::from(up));
    }

    fn build(self) -> Result<Decimal, DecimalError> {
        if self.mantissa == 0 {
            return Ok(Decimal::ZERO);
        }
        if self.scale < 0 || digit_count(self.mantissa) > SIGNIFICANT_DIGITS {
            return Err(DecimalError::TooLarge);
        }
        let magnitude = i128::try_from(self.mantissa).map_err(|_| DecimalError::TooLarge)?;
        let signed = if self.negative { magnitude.saturating_neg() } else { magnitude };
        let scale = u32::try_from(self.scale).map_err(|_| DecimalError::TooManyDigits)?;
        Decimal::try_from_i128_with_scale(signed, scale).map_err(|_| DecimalError::TooLarge)
    }
}

fn digit_count(mantissa: u128) -> u32 {
    mantissa.checked_ilog10().map_or(1, |log| log.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(text: &str) -> Result<String, DecimalError> {
        parse_decimal(text.as_bytes(), ExcessDigits::Error).map(|decimal| decimal.to_string())
    }

    fn rounded(text: &str) -> Result<String, DecimalError> {
        parse_decimal(text.as_bytes(), ExcessDigits::RoundHalfEven).map(|decimal| decimal.to_string())
    }

    #[test]
    fn keeps_digits() {
        for (text, expected) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("1.500", "1.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("+7", "7"),
            ("5.394380364e+11", "539438036400"),
            ("1e-28", "0.0000000000000000000000000001"),
            ("123456789012345678901234.5678", "123456789012345678901234.5678"),
            ("0.1234567890123456789012345678", "0.1234567890123456789012345678"),
            ("1e27", "1000000000000000000000000000"),
            ("0.000000000000000000000000000010000e1", "0.0000000000000000000000000001"),
            ("100000000000000000000000000000000000000000e-40", "10"),
        ] {
            assert_eq!(exact(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in ["", ".", "-", "e5", "1e", "1e+", "1_000", "0x10", "1.2.3", "12a", " 1", "--1", "1e5.0"] {
            assert_eq!(exact(text), Err(DecimalError::NotANumber), "{text:?}");
        }
        for text in ["NaN", "inf", "-Infinity"] {
            assert_eq!(exact(text), Err(DecimalError::NotFinite), "{text:?}");
        }
    }

    #[test]
    fn excess_is_an_error_or_rounded_half_even() {
        let long = "0.12345678901234567890123456785";
        assert_eq!(exact(long), Err(DecimalError::TooManyDigits));
        assert_eq!(rounded(long).as_deref(), Ok("0.1234567890123456789012345678"));
        assert_eq!(
            rounded("0.12345678901234567890123456775").as_deref(),
            Ok("0.1234567890123456789012345678")
        );
        assert_eq!(
            rounded("0.12345678901234567890123456785000000000000000001").as_deref(),
            Ok("0.1234567890123456789012345679")
        );
        assert_eq!(rounded("1.2345678901234567e-20").as_deref(), Ok("0.0000000000000000000123456789"));
        assert_eq!(rounded("1e-40").as_deref(), Ok("0"));
        assert_eq!(rounded("9999999999999999999999999999.9"), Err(DecimalError::TooLarge));
        assert_eq!(exact("1e28"), Err(DecimalError::TooLarge));
        assert_eq!(exact("1e999999999999"), Err(DecimalError::TooLarge));
    }

    proptest! {
        #[test]
        fn any_decimal_survives_its_text(mantissa in -10_i128.pow(28) + 1..10_i128.pow(28), scale in 0_u32..=28) {
            let decimal = Decimal::from_i128_with_scale(mantissa, scale);
            let parsed = parse_decimal(decimal.to_string().as_bytes(), ExcessDigits::Error).unwrap();
            prop_assert_eq!(parsed, decimal);
            prop_assert_eq!(parsed.to_string(), decimal.normalize().to_string().replace("-0", if decimal.is_zero() { "0" } else { "-0" }));
        }

        #[test]
        fn scientific_notation_is_the_same_number(mantissa in 1_i64.., shift in -9_i64..9) {
            let text = format!("{mantissa}e{shift}");
            let plain = if shift >= 0 {
                format!("{mantissa}{}", "0".repeat(usize::try_from(shift).unwrap()))
            } else {
                Decimal::new(mantissa, u32::try_from(-shift).unwrap()).to_string()
            };
            prop_assert_eq!(exact(&text), exact(&plain));
        }

        #[test]
        fn the_short_way_is_the_long_way(number in "[0-9]{0,22}(\\.[0-9]{0,22})?", after in "[,\n\r:/e.é]?[0-9.]{0,9}") {
            let after = if after.starts_with(|c: char| c.is_ascii_digit() || c == '.') { String::new() } else { after };
            let text = format!("{number}{after}");
            let digits = number.bytes().filter(u8::is_ascii_digit).count();
            match parse_leading_decimal(text.as_bytes()) {
                Some(leading) => {
                    let (decimal, length) = (Decimal::from(leading), leading.length);
                    prop_assert!((1..=19).contains(&digits));
                    prop_assert_eq!(length, number.len());
                    let long = scan(number.as_bytes()).and_then(|scanned| scanned.into_decimal(ExcessDigits::Error));
                    prop_assert_eq!(Ok(decimal), long);
                    prop_assert_eq!(decimal.scale(), long.unwrap().scale());
                }
                None => prop_assert!(!(1..=19).contains(&digits)),
            }
        }

        #[test]
        fn never_panics(text in "[0-9eE+.-]{0,60}") {
            let _ = exact(&text);
            let _ = rounded(&text);
        }
    }
}
