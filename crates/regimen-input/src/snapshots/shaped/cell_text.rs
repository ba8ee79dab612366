//! Cells whose numbers and instants have the marks of another program or country.

use std::borrow::Cow;

use regimen_types::{
    AsOf, DecimalError, DecimalMark, ExcessDigits, TableShape, ThousandsMark, parse_decimal,
};
use rust_decimal::Decimal;

use crate::text::cells::Cell;
use crate::text::findings::Findings;

/// How cells of a table are read.
#[derive(Clone, Debug)]
pub(crate) struct CellText {
    pub(crate) shape: TableShape,
    pub(crate) excess_digits: ExcessDigits,
}

impl CellText {
    /// Returns true if a cell stands for an unknown value.
    pub(crate) fn is_unknown(&self, text: &[u8]) -> bool {
        text.is_empty() || self.shape.unknown.iter().any(|token| token.as_bytes() == text)
    }

    /// Reads an instant.
    pub(crate) fn instant(&self, cell: Cell<'_>) -> Result<AsOf, Findings> {
        let text = str::from_utf8(cell.text).unwrap_or_default();
        let instant = match &self.shape.as_of_format {
            Some(format) => format.parse(text),
            None => text.parse(),
        };
        instant.map_err(|error| cell.no_instant_of_snapshots(error).into())
    }

    /// Reads a number; `None` if it is unknown.
    pub(crate) fn number(&self, text: &[u8]) -> Result<Option<Decimal>, DecimalError> {
        if self.is_unknown(text) {
            return Ok(None);
        }
        let plain = self.plain_number(text).ok_or(DecimalError::NotANumber)?;
        parse_decimal(&plain, self.excess_digits).map(Some)
    }

    /// Returns a number with a point for its decimals and without marks between groups, which must have three
    /// digits: a mark elsewhere is most likely a decimal mark.
    fn plain_number<'a>(&self, text: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        let (decimal, thousands) = (self.shape.decimal_mark, self.shape.thousands_mark);
        if decimal == DecimalMark::Point && thousands.is_none() {
            return Some(Cow::Borrowed(text));
        }
        let text = str::from_utf8(text).ok()?;
        let mark = match decimal {
            DecimalMark::Point => '.',
            DecimalMark::Comma => ',',
        };
        let (whole, fraction) = match text.split_once(mark) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        // A point that marks nothing would be taken for that of decimals.
        if decimal == DecimalMark::Comma && fraction.is_some_and(|fraction| fraction.contains('.')) {
            return None;
        }
        let mut plain = without_groups(whole, thousands)?;
        if decimal == DecimalMark::Comma && plain.contains('.') {
            return None;
        }
        if let Some(fraction) = fraction {
            plain.push('.');
            plain.push_str(fraction);
        }
        Some(Cow::Owned(plain.into_bytes()))
    }
}

fn without_groups(whole: &str, thousands: Option<ThousandsMark>) -> Option<String> {
    let Some(thousands) = thousands else { return Some(whole.to_owned()) };
    let is_mark = |letter: char| match thousands {
        ThousandsMark::Comma => letter == ',',
        ThousandsMark::Point => letter == '.',
        ThousandsMark::Space => matches!(letter, ' ' | '\u{a0}' | '\u{202f}'),
        ThousandsMark::Apostrophe => matches!(letter, '\'' | '\u{2019}'),
    };
    if !whole.contains(is_mark) {
        return Some(whole.to_owned());
    }
    let digits = whole.trim_start_matches('-');
    let mut groups = digits.split(is_mark);
    let is_number = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && is_number(first));
    let others = groups.all(|group| group.len() == 3 && is_number(group));
    (first && others).then(|| whole.chars().filter(|letter| !is_mark(*letter)).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(decimal_mark: DecimalMark, thousands_mark: Option<ThousandsMark>, text: &str) -> Option<String> {
        let shape = TableShape { decimal_mark, thousands_mark, ..TableShape::default() };
        let cells = CellText { shape, excess_digits: ExcessDigits::Error };
        cells.number(text.as_bytes()).ok().flatten().map(|number| number.to_string())
    }

    #[test]
    fn marks_are_read_where_they_belong_and_refused_elsewhere() {
        use DecimalMark::{Comma, Point};
        let one = |text: &str| Some(text.to_owned());
        assert_eq!(read(Comma, None, "40000,5"), one("40000.5"));
        assert_eq!(read(Comma, None, "1,5E+3"), one("1500"));
        assert_eq!(read(Comma, Some(ThousandsMark::Point), "1.234.567,8"), one("1234567.8"));
        assert_eq!(read(Point, Some(ThousandsMark::Comma), "-1,234.5"), one("-1234.5"));
        assert_eq!(read(Comma, Some(ThousandsMark::Space), "1\u{202f}234"), one("1234"));
        for (decimal, thousands, text) in [
            (Comma, None, "40000.5"),
            (Comma, None, "1,2,3"),
            (Comma, None, "1,2.3"),
            (Comma, Some(ThousandsMark::Point), "1234.5"),
            (Comma, Some(ThousandsMark::Point), "12.34,5"),
            (Point, Some(ThousandsMark::Comma), "40000,5"),
            (Point, Some(ThousandsMark::Comma), ",234"),
            (Point, Some(ThousandsMark::Comma), "1.5,000"),
            (Point, Some(ThousandsMark::Apostrophe), "1,234"),
        ] {
            assert_eq!(read(decimal, thousands, text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_read_however_it_is_marked(
            mantissa in 0_u64..u64::MAX, scale in 0_u32..12, is_comma in any::<bool>(),
            thousands in proptest::option::of(prop_oneof![Just(ThousandsMark::Space), Just(ThousandsMark::Apostrophe)]),
        ) {
            let number = Decimal::from_i128_with_scale(mantissa.into(), scale).normalize();
            let text = number.to_string();
            let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
            let mark = thousands.map_or("", ThousandsMark::as_str);
            let mut written = String::new();
            for (place, digit) in whole.chars().enumerate() {
                if place > 0 && (whole.len() - place) % 3 == 0 {
                    written.push_str(mark);
                }
                written.push(digit);
            }
            let decimal = if is_comma { DecimalMark::Comma } else { DecimalMark::Point };
            if let Some(fraction) = fraction {
                written.push_str(decimal.as_str());
                written.push_str(fraction);
            }
            prop_assert_eq!(read(decimal, thousands, &written), Some(text), "{}", written);
        }
    }
}
