//! What can be wrong with a Parquet file or with a history that is to become one.

use std::fmt;
use std::path::Path;

use regimen_types::{CodeEntry, Diagnostic, Diagnostics};

regimen_types::codes! {
    /// Every code of this crate, in order.
    pub const CODES;
    pub(crate) UNREADABLE = "PANEL001", "the file cannot be opened",
        "Check the path and the permission to read it.";
    pub(crate) NOT_PARQUET = "PANEL002", "the file is not Parquet, is damaged or cut short, or has a column type that is not supported",
        "Write or download the file again; convert unusual column types to Decimal, Int64 or String first.";
    pub(crate) UNWRITABLE = "PANEL003", "the file cannot be written",
        "Check that the folder exists, may be written to and has space left. An earlier file of that name is unchanged.";
    pub(crate) MISSING_COLUMN = "PANEL004", "a required column is missing",
        "Rename or add the column: `as_of`, `asset` and `price` are required.";
    pub(crate) FLOAT_COLUMN = "PANEL005", "a column holds floats, which have lost digits of the numbers they were made from",
        "Write the column as Decimal or as text from the original source; casting the floats back does not restore digits.";
    pub(crate) COLUMN_TYPE = "PANEL006", "a column has a type that its meaning cannot have",
        "Write numbers as Decimal, integer or text, instants as Datetime, Date or text, assets as text. Drop columns that are no numbers.";
    pub(crate) EMPTY_CELL = "PANEL007", "a cell is empty where a value is required",
        "Fill the cell or drop the row: only numbers may be unknown.";
    pub(crate) BAD_NUMBER = "PANEL008", "a cell is no exact number",
        "Write a finite number of at most 28 digits and 28 decimal places; null if it is unknown. Drop columns that are no numbers.";
    pub(crate) BAD_INSTANT = "PANEL009", "a cell is no instant",
        "Write a date (2021-05-19) or a UTC instant (2021-05-19T14:00:00Z) no finer than a millisecond.";
    pub(crate) BAD_ASSET = "PANEL010", "a cell is no asset identifier",
        "Use 1 to 128 bytes without commas, quotes, control characters and outer white space.";
    pub(crate) UNSORTED = "PANEL011", "rows are not sorted by instant",
        "Sort the rows by `as_of`, oldest first.";
    pub(crate) DUPLICATE = "PANEL012", "an asset has two rows at one instant",
        "Keep one of the two rows.";
    pub(crate) NEGATIVE = "PANEL013", "a price, market cap, volume or supply is negative",
        "Correct the number; null if it is unknown.";
    pub(crate) NO_ROWS = "PANEL014", "there are no rows",
        "Give at least one row; leave out instants that have none.";
    pub(crate) TOO_MANY_DIGITS = "PANEL015", "a number of the history has more digits than the engine reads back",
        "Round the number to at most 28 digits before it enters the history.";
    pub(crate) COLUMN_NAME = "PANEL016", "an attribute has the name of another column",
        "Rename the attribute.";
    pub(crate) TOO_MANY_ROWS = "PANEL017", "there are more than 4294967295 rows",
        "Split the file by time.";
}

/// One reason why a Parquet file cannot be read or written.
///
/// It prints the code, the file, the row (from 1), the column, the offending value and the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelError(Box<Diagnostic>);

impl PanelError {
    /// Builds the error about a whole file; the remedy is that of the code.
    pub(crate) fn new(entry: CodeEntry, file: &Path, message: impl Into<String>) -> Self {
        Self(Box::new(entry.error_with(&file.display().to_string(), message)))
    }

    /// Names the row, given from 0 and shown from 1.
    pub(crate) fn at_row(self, row: usize) -> Self {
        let number = u64::try_from(row).unwrap_or(u64::MAX).saturating_add(1);
        let message = format!("row {number}: {}", self.0.message);
        Self(Box::new(Diagnostic { message, ..self.0.at_line(number) }))
    }

    pub(crate) fn in_column(self, column: &str) -> Self {
        Self(Box::new(self.0.in_column(column)))
    }

    pub(crate) fn quoting(self, text: &str) -> Self {
        Self(Box::new(self.0.quoting(text)))
    }

    /// Returns the finding with its place; `line` is the row, from 1.
    #[must_use]
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.0
    }
}

impl fmt::Display for PanelError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl std::error::Error for PanelError {}

impl From<PanelError> for Diagnostics {
    fn from(error: PanelError) -> Self {
        Self::from(*error.0)
    }
}
