//! How to read snapshots: the meaning of each column, and the treatment of excess digits.

use serde::Serialize;

use crate::decimal::ExcessDigits;
use crate::table_shape::TableShape;

/// The format of snapshot files, set by the definition and applied by the readers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SnapshotFormat {
    /// The meaning of the file's columns.
    pub columns: ColumnMapping,
    /// The further columns to keep as attributes.
    pub attributes: AttributeColumns,
    /// What to do with a number that has more than 28 digits.
    pub excess_digits: ExcessDigits,
    /// What to do with a row whose asset is empty.
    pub nameless_rows: NamelessRows,
    /// How rows, columns and numbers are to be understood.
    pub shape: TableShape,
}

crate::named! {
    /// What to do with a row that names no asset, as some vendors' files have.
    pub enum NamelessRows {
        /// Refuse the file.
        Error = "error",
        /// Skip the row, with a warning.
        PassOver = "pass_over",
    }
}

impl Default for NamelessRows {
    /// Refuses the data.
    fn default() -> Self {
        Self::Error
    }
}

/// The names that the file's header gives to the columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnMapping {
    /// The instant; in a folder of one-date files, a file without this column takes the date in its name.
    pub as_of: String,
    /// The asset's identifier.
    pub asset: String,
    /// The price of one unit.
    pub price: String,
    /// The market cap; `None` if the file has none.
    pub market_cap: Option<String>,
    /// The volume traded, in currency; `None` if the file has none.
    pub volume: Option<String>,
    /// The circulating supply; `None` if the file has none.
    pub circulating_supply: Option<String>,
    /// When the row became known; `None` if rows are known at their own instant.
    pub known_at: Option<String>,
}

/// The columns beyond the mapped ones to keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeColumns {
    /// Every further column whose cells are all empty or numbers; other columns are skipped.
    AllNumeric,
    /// The named columns; a cell that is not a number is an error.
    Named(Vec<String>),
}

impl Default for SnapshotFormat {
    /// Builds the format of `regimen synth`: `date,asset,price,market_cap,volume`, and further numeric
    /// columns.
    fn default() -> Self {
        Self {
            columns: ColumnMapping {
                as_of: "date".to_owned(),
                asset: "asset".to_owned(),
                price: "price".to_owned(),
                market_cap: Some("market_cap".to_owned()),
                volume: Some("volume".to_owned()),
                circulating_supply: None,
                known_at: None,
            },
            attributes: AttributeColumns::AllNumeric,
            excess_digits: ExcessDigits::Error,
            nameless_rows: NamelessRows::Error,
            shape: TableShape::default(),
        }
    }
}
