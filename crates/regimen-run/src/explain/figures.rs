//! Figures as people read them: thousands apart, and no more digits than matter.

use regimen_types::{Exact, ExcessDigits, Rounding, parse_decimal};
use rust_decimal::Decimal;

/// The significant digits of a small figure.
const DIGITS: u32 = 6;

/// Prints an amount, price or number of units: two decimal places from 1,000 on, six significant digits
/// below.
pub(super) fn figure(decimal: Decimal) -> String {
    let places = match integer_digits(decimal) {
        digits if digits >= 4 => 2,
        digits => u32::try_from(i64::from(DIGITS) - digits).unwrap_or_default(),
    };
    grouped(decimal, places)
}

/// Prints money: two decimal places.
pub(super) fn money(decimal: Decimal) -> String {
    let text = grouped(decimal, 2);
    match text.split_once('.') {
        Some((_, fraction)) if fraction.len() == 1 => format!("{text}0"),
        Some(_) => text,
        None => format!("{text}.00"),
    }
}

/// Prints a fraction as a percentage with at most `places` decimal places.
pub(super) fn percent(fraction: Decimal, places: u32) -> String {
    format!("{} %", grouped(fraction.saturating_mul(Decimal::ONE_HUNDRED), places))
}

/// Returns a float of the log as a decimal, for printing only.
pub(super) fn logged(text: &str) -> Option<Decimal> {
    parse_decimal(text.as_bytes(), ExcessDigits::RoundHalfEven).ok()
}

/// Counts the digits before the point; for a decimal below 1, less one for each zero that follows the point.
fn integer_digits(decimal: Decimal) -> i64 {
    let digits = decimal.mantissa().unsigned_abs().checked_ilog10().map_or(1, |log| i64::from(log) + 1);
    digits - i64::from(decimal.scale())
}

fn grouped(decimal: Decimal, places: u32) -> String {
    let rounded = Exact::from(decimal).round(places, Rounding::HalfEven).unwrap_or(decimal).normalize();
    let text = rounded.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut printed = String::from(if rounded.is_sign_negative() && !rounded.is_zero() { "-" } else { "" });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            printed.push(',');
        }
        printed.push(digit);
    }
    if !fraction.is_empty() {
        printed.push('.');
        printed.push_str(fraction);
    }
    printed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_readable() {
        let shown = |text: &str| figure(text.parse().unwrap());
        assert_eq!(shown("34616.0749"), "34,616.07");
        assert_eq!(shown("1234567"), "1,234,567");
        assert_eq!(shown("999.12345"), "999.123");
        assert_eq!(shown("0.000012345678"), "0.0000123457");
        assert_eq!(shown("0"), "0");
        assert_eq!(shown("-1234.5"), "-1,234.5");
    }

    #[test]
    fn money_has_cents_and_percentages_their_sign() {
        assert_eq!(money("1000000".parse().unwrap()), "1,000,000.00");
        assert_eq!(money("0.5".parse().unwrap()), "0.50");
        assert_eq!(percent("0.17213".parse().unwrap(), 2), "17.21 %");
        assert_eq!(percent("-0.123456".parse().unwrap(), 1), "-12.3 %");
        assert_eq!(logged("14550.845000000001").map(figure), Some("14,550.85".to_owned()));
    }
}
