//! A line of a CSV into its fields.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

/// Says what is wrong with the quotes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuoteError {
    /// A quoted field does not end on its line.
    Open,
    /// A quoted field is followed by something other than a comma.
    TextAfter,
}

/// Iterates over the lines of a text with their numbers, without line ends; blank lines are passed over.
pub(super) fn lines(bytes: &[u8], first_line: u64) -> impl Iterator<Item = (u64, &[u8])> {
    let mut rest = Some(bytes);
    let lines = std::iter::from_fn(move || {
        let text = rest.filter(|text| !text.is_empty())?;
        let end = memchr(b'\n', text);
        rest = end.map(|end| &text[end + 1..]);
        let line = &text[..end.unwrap_or(text.len())];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    });
    (first_line..).zip(lines).filter(|(_, line)| !line.is_empty())
}

/// Splits a line that holds no quotes.
pub(super) fn split_plain<'a>(line: &'a [u8], fields: &mut Vec<&'a [u8]>) {
    fields.clear();
    let mut start = 0;
    for comma in memchr_iter(b',', line) {
        fields.push(&line[start..comma]);
        start = comma + 1;
    }
    fields.push(&line[start..]);
}

/// Splits a line by the rules of CSV, without line breaks inside quotes.
///
/// Quotes inside a quoted field stay doubled until [`unescaped`]: no cell that is a date, a number or an asset may
/// hold one, so rows need no copy.
pub(super) fn split<'a>(line: &'a [u8], fields: &mut Vec<&'a [u8]>) -> Result<(), QuoteError> {
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
        fields.push(field);
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
pub(super) fn unescaped(field: &[u8]) -> Cow<'_, str> {
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
        let numbered: Vec<_> = lines(b"a\r\n\r\n\nb\nc", 7).collect();
        assert_eq!(numbered, [(7, &b"a"[..]), (10, b"b"), (11, b"c")]);
        assert_eq!(lines(b"", 1).count(), 0);
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
