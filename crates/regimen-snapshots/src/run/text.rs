//! Fields of a CSV row, appended to a buffer.

use std::borrow::Cow;
use std::fmt::{Display, Write};

use regimen_types::{AsOf, AssetId};

/// One row in the making. Rows end with a line feed on every platform.
pub(crate) struct RowText<'a> {
    text: &'a mut String,
    empty: bool,
}

impl<'a> RowText<'a> {
    pub(crate) fn new(text: &'a mut String) -> Self {
        Self { text, empty: true }
    }

    /// Appends a value whose text needs no quotes: a number, an instant, an identifier or a name of ours.
    pub(crate) fn value(mut self, value: impl Display) -> Self {
        self.separate();
        // Writing to a string never fails.
        let _ = write!(self.text, "{value}");
        self
    }

    /// Appends a value, or an empty field.
    pub(crate) fn optional(self, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.value(value),
            None => self.plain(""),
        }
    }

    /// Appends a text that needs no quotes.
    pub(crate) fn plain(mut self, text: &str) -> Self {
        self.separate();
        self.text.push_str(text);
        self
    }

    /// Appends a free text, in quotes where it needs them. Line breaks become spaces: a row is one line.
    pub(crate) fn quoted(self, text: &str) -> Self {
        self.plain(&quoted(&text.replace(['\n', '\r'], " ")))
    }

    pub(crate) fn asset(self, asset: &AssetId) -> Self {
        self.plain(asset.as_str())
    }

    /// Ends the row.
    pub(crate) fn end(self) {
        self.text.push('\n');
    }

    fn separate(&mut self) {
        if !std::mem::take(&mut self.empty) {
            self.text.push(',');
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
