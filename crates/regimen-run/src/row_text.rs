//! Fields of a CSV row, appended to a buffer.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write;

use regimen_types::{AsOf, AssetId, append_decimal};
use rust_decimal::Decimal;

/// One row in the making: each field ends with a comma, until the row ends with a line feed on every
/// platform.
pub(crate) struct RowText<'a> {
    text: &'a mut Vec<u8>,
}

impl<'a> RowText<'a> {
    pub(crate) fn new(text: &'a mut Vec<u8>) -> Self {
        Self { text }
    }

    /// Appends a value whose text needs no quotes: an instant, an identifier, a name of ours or a float.
    pub(crate) fn value(self, value: impl Display) -> Self {
        // Writing to a vector never fails.
        let _ = write!(self.text, "{value},");
        self
    }

    /// Appends a value, or an empty field.
    pub(crate) fn optional(self, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.value(value),
            None => self.plain(""),
        }
    }

    /// Appends a decimal as quantities print it.
    pub(crate) fn number(self, number: Decimal) -> Self {
        if number.is_zero() {
            return self.plain("0");
        }
        append_decimal(self.text, number);
        self.text.push(b',');
        self
    }

    /// Appends a decimal, or an empty field.
    pub(crate) fn optional_number(self, number: Option<Decimal>) -> Self {
        match number {
            Some(number) => self.number(number),
            None => self.plain(""),
        }
    }

    /// Appends a text that needs no quotes.
    pub(crate) fn plain(self, text: &str) -> Self {
        self.text.extend_from_slice(text.as_bytes());
        self.text.push(b',');
        self
    }

    /// Appends a free text, in quotes where it needs them. Line breaks become spaces: a row is one line.
    pub(crate) fn quoted(self, text: &str) -> Self {
        if text.contains(['\n', '\r']) {
            return self.plain(&quoted(&text.replace(['\n', '\r'], " ")));
        }
        self.plain(&quoted(text))
    }

    pub(crate) fn asset(self, asset: &AssetId) -> Self {
        self.plain(asset.as_str())
    }

    /// Ends the row in place of the comma after its last field.
    pub(crate) fn end(self) {
        if let Some(last) = self.text.last_mut() {
            *last = b'\n';
        }
    }
}

/// Puts a text into quotes if it needs them.
pub(crate) fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"']) {
        return Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")));
    }
    Cow::Borrowed(text)
}

/// Remembers the text of the last instant, which the next rows mostly share.
#[derive(Default)]
pub(crate) struct InstantText {
    instant: Option<AsOf>,
    text: String,
}

impl InstantText {
    pub(crate) fn of(&mut self, instant: AsOf) -> &str {
        if self.instant != Some(instant) {
            self.instant = Some(instant);
            self.text = instant.to_string();
        }
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regimen_types::Money;

    fn text_of(fields: impl FnOnce(RowText<'_>) -> RowText<'_>) -> String {
        let mut text = b"as_of\n".to_vec();
        fields(RowText::new(&mut text)).end();
        String::from_utf8(text).unwrap()
    }

    proptest! {
        #[test]
        fn a_number_is_the_text_of_a_quantity(
            mantissa in prop_oneof![1 - 10_i128.pow(28)..10_i128.pow(28), -1_000_i128..1_000],
            scale in 0_u32..=28,
        ) {
            let number = Decimal::from_i128_with_scale(mantissa, scale);
            let money = Money::new(number).unwrap();
            let numbers = text_of(|row| row.number(number).optional_number(Some(number)).optional_number(None));
            prop_assert_eq!(&numbers, &format!("as_of\n{money},{money},\n"));
            prop_assert_eq!(numbers, text_of(|row| row.value(money).optional(Some(money)).optional(None::<Money>)));
        }
    }

    #[test]
    fn a_row_is_one_line_with_quotes_where_they_are_needed() {
        assert_eq!(text_of(|row| row.quoted("").plain("a").quoted("b c")), "as_of\n,a,b c\n");
        assert_eq!(
            text_of(|row| row.quoted("say \"no\",\r\nor not")),
            "as_of\n\"say \"\"no\"\",  or not\"\n"
        );
    }
}
