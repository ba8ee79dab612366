//! The lines of a CSV, and those into their fields.

use std::borrow::Cow;

use memchr::memchr;
use regimen_types::words::{bytes_up_to, eight_bytes};
use regimen_types::{LeadingDecimal, parse_leading_decimal};

/// Says what is wrong with the quotes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuoteError {
    /// A quoted field does not end on its line.
    Open,
    /// A quoted field is followed by something other than a comma.
    TextAfter,
}

/// A field of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    /// Begins with the field. What follows is not part of it, but lets it be read in whole words.
    from: &'a [u8],
    length: usize,
}

impl<'a> Field<'a> {
    pub(super) fn whole(text: &'a [u8]) -> Self {
        Self { from: text, length: text.len() }
    }

    pub(super) fn text(self) -> &'a [u8] {
        &self.from[..self.length]
    }

    pub(super) fn is_empty(self) -> bool {
        self.length == 0
    }

    /// Returns the first sixteen bytes of the text; bytes that are missing are zero.
    #[inline]
    pub(super) fn head(self) -> (u64, u64) {
        let word = |at: usize| match self.length.saturating_sub(at) {
            0 => 0,
            rest @ 1..8 => eight_bytes(&self.from[at..]) & ((1 << (8 * rest)) - 1),
            _ => eight_bytes(&self.from[at..]),
        };
        (word(0), word(8))
    }

    /// Reads the text if it is a plain decimal of up to 19 digits, as most numbers are.
    #[inline]
    pub(super) fn plain_decimal(self) -> Option<LeadingDecimal> {
        parse_leading_decimal(self.from).filter(|decimal| decimal.length == self.length)
    }
}

/// The lines of a text with their numbers, without line ends; blank lines are passed over.
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    number: u64,
    has_quotes: bool,
}

/// A line that was split into fields.
pub(super) struct Line<'a> {
    pub(super) number: u64,
    pub(super) text: &'a [u8],
    pub(super) quotes: Result<(), QuoteError>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8], first_line: u64) -> Self {
        Self { rest: text, number: first_line, has_quotes: memchr(b'"', text).is_some() }
    }

    /// Splits the next line.
    pub(super) fn split_next(&mut self, fields: &mut Vec<Field<'a>>) -> Option<Line<'a>> {
        if self.has_quotes {
            let (number, text) = self.next()?;
            return Some(Line { number, text, quotes: split(text, fields) });
        }
        while !self.rest.is_empty() {
            let number = self.number;
            let text = split_plain(self.rest, fields);
            self.pass(text);
            let without_return = text.strip_suffix(b"\r").unwrap_or(text);
            if without_return.is_empty() {
                continue;
            }
            if let Some(last) = fields.last_mut() {
                last.length -= text.len() - without_return.len();
            }
            return Some(Line { number, text: without_return, quotes: Ok(()) });
        }
        None
    }

    /// Goes on behind a line and its end.
    fn pass(&mut self, line: &[u8]) {
        self.rest = self.rest.get(line.len() + 1..).unwrap_or_default();
        self.number += 1;
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (u64, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let number = self.number;
            let text = &self.rest[..memchr(b'\n', self.rest).unwrap_or(self.rest.len())];
            self.pass(text);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            if !text.is_empty() {
                return Some((number, text));
            }
        }
        None
    }
}

/// Splits the line that a text without quotes begins with, and returns it.
fn split_plain<'a>(text: &'a [u8], fields: &mut Vec<Field<'a>>) -> &'a [u8] {
    fields.clear();
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        let mut marks = bytes_up_to(eight_bytes(&text[at..]), b',');
        while marks != 0 {
            let end = at + (marks.trailing_zeros() / 8) as usize;
            marks &= marks - 1;
            match text.get(end) {
                Some(b',') => {
                    fields.push(Field { from: &text[start..], length: end - start });
                    start = end + 1;
                }
                Some(b'\n') => {
                    fields.push(Field { from: &text[start..], length: end - start });
                    return &text[..end];
                }
                _ => {}
            }
        }
        at += 8;
    }
    fields.push(Field::whole(&text[start..]));
    text
}

/// Splits a line by the rules of CSV, without line breaks inside quotes.
///
/// Quotes inside a quoted field stay doubled until [`unescaped`]: no cell that is a date, a number or an asset may
/// hold one, so rows need no copy.
pub(super) fn split<'a>(line: &'a [u8], fields: &mut Vec<Field<'a>>) -> Result<(), QuoteError> {
    if memchr(b'"', line).is_none() {
        split_plain(line, fields);
        return Ok(());
    }
    fields.clear();
    let mut rest = line;
    loop {
        let (field, after) = match rest.strip_prefix(b"\"") {
            Some(quoted) => {
                let end = closing_quote(quoted).ok_or(QuoteError::Open)?;
                (&quoted[..end], &quoted[end + 1..])
            }
            None => rest.split_at(memchr(b',', rest).unwrap_or(rest.len())),
        };
        fields.push(Field::whole(field));
        match after {
            [] => return Ok(()),
            [b',', next @ ..] => rest = next,
            _ => return Err(QuoteError::TextAfter),
        }
    }
}

fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let quote = from + memchr(b'"', &text[from..])?;
        if text.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        from = quote + 2;
    }
}

/// Undoubles the quotes of a field.
pub(super) fn unescaped(field: Field<'_>) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(field.text());
    if text.contains("\"\"") { Cow::Owned(text.replace("\"\"", "\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields(line: &str) -> Result<Vec<String>, QuoteError> {
        let mut fields = Vec::new();
        split(line.as_bytes(), &mut fields)?;
        Ok(fields.into_iter().map(|field| unescaped(field).into_owned()).collect())
    }

    #[test]
    fn quotes_that_do_not_fit_are_refused() {
        assert_eq!(fields("a,\"b"), Err(QuoteError::Open));
        assert_eq!(fields("a,\"b\"\""), Err(QuoteError::Open));
        assert_eq!(fields("\"a\"b,c"), Err(QuoteError::TextAfter));
        assert_eq!(fields("5\" disk,\"\"").unwrap(), ["5\" disk", ""]);
    }

    #[test]
    fn lines_keep_their_numbers() {
        let numbered: Vec<_> = Lines::new(b"a\r\n\r\n\nb\nc", 7).collect();
        assert_eq!(numbered, [(7, &b"a"[..]), (10, b"b"), (11, b"c")]);
        assert_eq!(Lines::new(b"", 1).count(), 0);
    }

    proptest! {
        #[test]
        fn lines_without_quotes_are_split_as_those_with(text in "([a-c0-9,é\r]{0,20}\n{0,3}){0,6}") {
            let mut lines = Lines::new(text.as_bytes(), 3);
            let mut split_lines = Lines::new(text.as_bytes(), 3);
            let (mut fields, mut bytewise) = (Vec::new(), Vec::new());
            while let Some(line) = split_lines.split_next(&mut fields) {
                prop_assert_eq!(lines.next(), Some((line.number, line.text)));
                bytewise.clear();
                bytewise.extend(line.text.split(|&byte| byte == b','));
                let split: Vec<&[u8]> = fields.iter().map(|field| field.text()).collect();
                prop_assert_eq!(&split, &bytewise);
            }
            prop_assert_eq!(lines.next(), None);
        }

        #[test]
        fn a_head_is_the_first_sixteen_bytes(text in prop::collection::vec(any::<u8>(), 0..40), length in 0_usize..40) {
            let length = length.min(text.len());
            let (first, second) = Field { from: &text, length }.head();
            let mut padded = text[..length].to_vec();
            padded.resize(40, 0);
            prop_assert_eq!(&[first.to_le_bytes(), second.to_le_bytes()].concat(), &padded[..16]);
        }

        #[test]
        fn agrees_with_the_csv_crate(cells in proptest::collection::vec("[a-c ,\"é]{0,6}", 2..6)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&cells).unwrap();
            let line = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(fields(line.trim_end_matches('\n')).unwrap(), cells);
        }
    }
}
