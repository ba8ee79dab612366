//! Diagnostics: what is wrong, where, and what to do about it.

use std::fmt::{self, Write};

use serde::Serialize;

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// The input can be used, but a person should look.
    Warning,
}

/// One finding about a file, with its place, the offending text and a remedy.
///
/// `code` is stable and indexed in `docs/errors.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The stable code, such as `SNAP004`.
    pub code: &'static str,
    /// The severity.
    pub severity: Severity,
    /// The file, as the user named it; empty when the finding is about no file.
    pub file: String,
    /// The line, from 1; `None` if the finding is about the whole file.
    pub line: Option<u64>,
    /// The character in the line, from 1; `None` if the column's name is enough.
    pub character: Option<u64>,
    /// The column's name, the key, or the column number in the line.
    pub column: Option<String>,
    /// The offending text, shortened if long.
    pub text: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Diagnostic {
    /// The longest offending text shown, in characters.
    const TEXT_LIMIT: usize = 80;

    /// Builds an error about a whole file; [`Diagnostic::at_line`] and similar methods add the place.
    #[must_use]
    pub fn error(
        code: &'static str,
        file: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Error,
            file: file.to_owned(),
            line: None,
            character: None,
            column: None,
            text: None,
            message: message.into(),
            help: help.into(),
        }
    }

    /// Builds a warning about a whole file.
    #[must_use]
    pub fn warning(
        code: &'static str,
        file: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, file, message, help) }
    }

    /// Builds an error about no file, such as one of the command line.
    #[must_use]
    pub fn general(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::error(code, "", message, help)
    }

    /// Returns the finding as an error, for a caller that accepts no warning.
    #[must_use]
    pub fn into_error(self) -> Self {
        Self { severity: Severity::Error, ..self }
    }

    /// Adds the line, from 1.
    #[must_use]
    pub fn at_line(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }

    /// Adds the character in the line, from 1.
    #[must_use]
    pub fn at_character(self, character: u64) -> Self {
        Self { character: Some(character), ..self }
    }

    /// Adds the column or key.
    #[must_use]
    pub fn in_column(self, column: impl Into<String>) -> Self {
        Self { column: Some(column.into()), ..self }
    }

    /// Adds the offending text, shortened if long.
    #[must_use]
    pub fn quoting(self, text: &str) -> Self {
        let shown = match text.char_indices().nth(Self::TEXT_LIMIT) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        };
        Self { text: Some(shown), ..self }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(formatter, "{severity}[{}]: {}", self.code, Printable(&self.message))?;
        if !self.file.is_empty() {
            write!(formatter, "\n  --> {}", Printable(&self.file))?;
        }
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        if let Some(character) = self.character {
            write!(formatter, ":{character}")?;
        }
        if let Some(column) = &self.column {
            write!(formatter, ", column {}", Printable(column))?;
        }
        if let Some(text) = &self.text {
            write!(formatter, ", text {text:?}")?;
        }
        write!(formatter, "\n  help: {}", Printable(&self.help))
    }
}

/// A text that may quote a file's content: control characters are escaped, and never reach the terminal.
struct Printable<'a>(&'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '\n' => formatter.write_char(character),
            control if control.is_control() => write!(formatter, "{}", control.escape_default()),
            other => formatter.write_char(other),
        })
    }
}

/// All findings about an input, errors and warnings, in the order of their places.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Diagnostics {
    /// The findings to show.
    pub items: Vec<Diagnostic>,
    /// The number of further findings beyond the limit.
    pub suppressed: u64,
}

impl Diagnostics {
    /// Returns true if any finding is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|item| item.severity == Severity::Error)
    }

    /// Returns all findings as errors, for a caller that accepts no warning.
    #[must_use]
    pub fn into_errors(self) -> Self {
        Self { items: self.items.into_iter().map(Diagnostic::into_error).collect(), ..self }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(item: Diagnostic) -> Self {
        Self { items: vec![item], suppressed: 0 }
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.items.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            write!(formatter, "{item}")?;
        }
        match self.suppressed {
            0 => Ok(()),
            more => write!(formatter, "\n… and {more} more"),
        }
    }
}

impl std::error::Error for Diagnostics {}
