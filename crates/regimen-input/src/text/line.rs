//! A line of a CSV into its fields.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};
use regimen_types::Separator;

/// What is wrong with the quotes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuoteError {
    /// A quoted field does not end on its line.
    Open,
    /// A quoted field is followed by something other than a comma.
    TextAfter,
}

/// The lines of a text with their numbers, without line ends; blank lines are passed over.
#[derive(Clone, Copy)]
pub(crate) struct Lines<'a> {
    /// What has not been taken yet: it begins with a line.
    pub(crate) rest: &'a [u8],
    /// The number of that line.
    pub(crate) number: u64,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (u64, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let end = memchr(b'\n', self.rest).unwrap_or(self.rest.len());
            let line = &self.rest[..end];
            let number = self.number;
            *self = Self { rest: self.rest.get(end + 1..).unwrap_or_default(), number: number + 1 };
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.is_empty() {
                return Some((number, line));
            }
        }
        None
    }
}

/// Splits a line that holds no quotes.
pub(crate) fn split_plain<'a>(line: &'a [u8], fields: &mut Vec<&'a [u8]>) {
    split_plain_at(Separator::Comma, line, fields);
}

fn split_plain_at<'a>(separator: Separator, line: &'a [u8], fields: &mut Vec<&'a [u8]>) {
    fields.clear();
    let mut start = 0;
    for place in memchr_iter(separator.byte(), line) {
        fields.push(&line[start..place]);
        start = place + 1;
    }
    fields.push(&line[start..]);
}

/// Splits a line at its commas: see [`split_at`].
pub(crate) fn split<'a>(line: &'a [u8], fields: &mut Vec<&'a [u8]>) -> Result<(), QuoteError> {
    split_at(Separator::Comma, line, fields)
}

/// Splits a line by the rules of CSV, without line breaks inside quotes.
///
/// Quotes inside a quoted field stay doubled until [`unescaped`]: no cell that is a date, a number or an
/// asset may hold one, so rows need no copy.
pub(crate) fn split_at<'a>(
    separator: Separator,
    line: &'a [u8],
    fields: &mut Vec<&'a [u8]>,
) -> Result<(), QuoteError> {
    let separator_byte = separator.byte();
    if memchr(b'"', line).is_none() {
        split_plain_at(separator, line, fields);
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
            None => rest.split_at(memchr(separator_byte, rest).unwrap_or(rest.len())),
        };
        fields.push(field);
        match after {
            [] => return Ok(()),
            [byte, next @ ..] if *byte == separator_byte => rest = next,
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
pub(crate) fn unescaped(field: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(field);
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
        let lines = Lines { rest: b"a\r\n\r\n\nb\nc", number: 7 };
        let numbered: Vec<_> = lines.collect();
        assert_eq!(numbered, [(7, &b"a"[..]), (10, b"b"), (11, b"c")]);
        assert_eq!(Lines { rest: b"", number: 1 }.count(), 0);
    }

    proptest! {
        #[test]
        fn agrees_with_the_csv_crate(cells in proptest::collection::vec("[a-c ,\"é]{0,6}", 2..6)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&cells).unwrap();
            let line = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(fields(line.trim_end_matches('\n')).unwrap(), cells);
        }
    }
}
