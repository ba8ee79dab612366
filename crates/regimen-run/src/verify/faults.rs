//! Faults in the order of finding, up to a limit.

use std::fmt::Display;
use std::path::Path;

use regimen_types::{CodeEntry, Diagnostic, Diagnostics};

use crate::codes::{Fault, fault};
use crate::table::TableRow;

/// The number of faults shown in total, so that a person can read them.
const SHOWN: usize = 20;
/// The number of faults shown of one part, so that one spoilt table does not hide another.
const SHOWN_OF_A_PART: usize = 5;

/// What was found wrong. What is beyond the limit is counted.
pub(super) struct Faults {
    found: Diagnostics,
    limit: usize,
}

/// A column of a row.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) file: &'static str,
    pub(super) line: u64,
    pub(super) column: &'static str,
}

/// Returns the place of a column in a row that was read.
pub(super) fn place<'a, R: TableRow<'a>>(row: &R, column: &'static str) -> Place {
    Place { file: R::FILE, line: row.line(), column }
}

impl Faults {
    pub(super) fn new() -> Self {
        Self { found: Diagnostics::default(), limit: SHOWN }
    }

    pub(super) fn of_a_part() -> Self {
        Self { found: Diagnostics::default(), limit: SHOWN_OF_A_PART }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.items.is_empty()
    }

    pub(super) fn add(&mut self, fault: impl Into<Fault>) {
        if self.found.items.len() < self.limit {
            self.found.items.push(*fault.into());
        } else {
            self.found.suppressed += 1;
        }
    }

    pub(super) fn append(&mut self, part: Self) {
        self.found.suppressed += part.found.suppressed;
        part.found.items.into_iter().for_each(|fault| self.add(fault));
    }

    /// Adds a fault unless the value found is the one expected.
    pub(super) fn expect<T: PartialEq + Display>(
        &mut self,
        place: Place,
        entry: CodeEntry,
        found: &T,
        expected: &T,
        source: &str,
    ) {
        if found != expected {
            let message = format!("{} should be {expected}, {source}", place.column);
            self.add(place.fault(entry, message).quoting(&found.to_string()));
        }
    }

    /// Returns the findings with files named as the caller names the folder.
    pub(super) fn in_folder(self, folder: &Path) -> Diagnostics {
        let mut found = self.found;
        for item in &mut found.items {
            item.file = folder.join(&item.file).display().to_string();
        }
        found
    }
}

impl Place {
    pub(super) fn fault(self, entry: CodeEntry, message: impl Display) -> Diagnostic {
        fault(entry, self.file, message).at_line(self.line).in_column(self.column)
    }
}
