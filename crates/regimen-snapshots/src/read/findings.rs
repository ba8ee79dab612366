//! Findings of a reader: collected in order up to a limit, the rest counted.

use regimen_types::{Diagnostic, Diagnostics, Severity};

use super::codes::remedy;

/// The findings that are shown.
pub(crate) const LIMIT: usize = 20;

/// A finding in a block, whose lines count from the block's first.
pub(crate) struct Finding {
    pub(crate) line: u64,
    pub(crate) code: &'static str,
    pub(crate) column: Option<String>,
    pub(crate) text: String,
    pub(crate) message: String,
}

/// The first findings of a block, and how many more there are.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) shown: Vec<Finding>,
    pub(crate) more: u64,
}

impl Findings {
    /// Adds a finding; `make` runs only if it is shown.
    pub(crate) fn add(&mut self, make: impl FnOnce() -> Finding) {
        if self.shown.len() < LIMIT { self.shown.push(make()) } else { self.more += 1 }
    }
}

/// The findings of all files.
#[derive(Default)]
pub(crate) struct Collected {
    pub(crate) diagnostics: Diagnostics,
}

impl Collected {
    pub(crate) fn add(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.items.len() < LIMIT {
            self.diagnostics.items.push(diagnostic);
        } else {
            self.diagnostics.suppressed += 1;
        }
    }

    /// Adds a block's findings; its first line is `first_line` of `file`.
    pub(crate) fn add_block(&mut self, file: &str, first_line: u64, findings: Findings) {
        for finding in findings.shown {
            let diagnostic = error(finding.code, file, finding.message).at_line(first_line + finding.line);
            let diagnostic = match finding.column {
                Some(column) => diagnostic.in_column(column),
                None => diagnostic,
            };
            self.add(diagnostic.quoting(&finding.text));
        }
        self.diagnostics.suppressed += findings.more;
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.suppressed > 0
            || self.diagnostics.items.iter().any(|item| item.severity == Severity::Error)
    }
}

/// Builds an error with its code's remedy.
pub(crate) fn error(code: &'static str, file: &str, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, file, message, remedy(code))
}

/// Shows bytes as text, whatever they are.
pub(crate) fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
