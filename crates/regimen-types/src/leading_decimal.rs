//! The plain decimal at the beginning of a text: the quick way for rows of numbers.

use rust_decimal::Decimal;

use crate::words::eight_bytes;

/// The number of digits that always fit a `u64`.
const SHORT_DIGITS: usize = 19;
/// The powers of ten up to eight digits.
const POWERS_OF_TEN: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// A plain decimal at the beginning of a text.
#[derive(Clone, Copy, Debug)]
pub struct LeadingDecimal {
    pub(crate) mantissa: u64,
    pub(crate) scale: u8,
    /// The number of bytes that the decimal takes.
    pub length: usize,
}

impl From<LeadingDecimal> for Decimal {
    #[inline]
    fn from(LeadingDecimal { mantissa, scale, .. }: LeadingDecimal) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "the mantissa is cut in two")]
        Self::from_parts(mantissa as u32, (mantissa >> 32) as u32, 0, false, u32::from(scale))
    }
}

/// Parses the plain decimal at the beginning of a text, such as `12.50`: up to 19 digits, with or without a
/// point.
///
/// Returns `None` if there are no digits or more than 19. Unlike [`parse_decimal`](crate::parse_decimal) it
/// finds the end of the number itself, and it is faster.
///
/// ```
/// use regimen_types::parse_leading_decimal;
/// use rust_decimal::Decimal;
/// let price = parse_leading_decimal(b"12.50,3").unwrap();
/// assert_eq!((price.length, Decimal::from(price).to_string().as_str()), (5, "12.5"));
/// ```
#[must_use]
#[inline]
#[expect(clippy::arithmetic_side_effects, reason = "both runs of digits are short")]
pub fn parse_leading_decimal(text: &[u8]) -> Option<LeadingDecimal> {
    let (whole, whole_digits) = leading_digits(text, 0)?;
    let (mantissa, fraction_digits, length) = match &text[whole_digits..] {
        [b'.', fraction @ ..] => {
            let (mantissa, digits) = leading_digits(fraction, whole)?;
            (mantissa, digits, whole_digits + 1 + digits)
        }
        _ => (whole, 0, whole_digits),
    };
    if !(1..=SHORT_DIGITS).contains(&(whole_digits + fraction_digits)) {
        return None;
    }
    let mut mantissa = mantissa;
    let mut scale = u8::try_from(fraction_digits).ok()?;
    while scale > 0 && mantissa.is_multiple_of(10) {
        mantissa /= 10;
        scale -= 1;
    }
    Some(LeadingDecimal { mantissa, scale, length })
}

/// Appends the leading digits of a text to a number, and counts them; `None` if there are more than 19.
///
/// The number is correct if it has at most 19 digits in all.
#[inline]
#[expect(clippy::arithmetic_side_effects, reason = "the count stays below the length of the text")]
fn leading_digits(text: &[u8], number: u64) -> Option<(u64, usize)> {
    let mut number = number;
    let mut count = 0;
    loop {
        let (value, digits) = leading_digits_of_eight(eight_bytes(&text[count..]));
        number = number.wrapping_mul(POWERS_OF_TEN[digits]).wrapping_add(value);
        count += digits;
        if digits < 8 {
            return (count <= SHORT_DIGITS).then_some((number, count));
        }
        if count > SHORT_DIGITS {
            return None;
        }
    }
}

/// Reads the leading digits of eight bytes, and counts them.
///
/// All bytes are processed at once, as in "Quickly parsing eight digits" (D. Lemire, 2022): neighbours are
/// joined to pairs, pairs to fours, and fours to eight.
#[inline]
#[expect(clippy::arithmetic_side_effects, reason = "there are at most eight digits")]
fn leading_digits_of_eight(word: u64) -> (u64, usize) {
    let values = word ^ 0x3030_3030_3030_3030;
    // The top bit of each byte that is above 9. A carry changes only bytes after the first of them.
    let others = (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080;
    let count = others.trailing_zeros() / 8;
    // Moves the digits to the end, behind zeros.
    let digits = values.checked_shl(64 - 8 * count).unwrap_or(0);
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let eight = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff;
    (eight, count as usize)
}
