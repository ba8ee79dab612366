//! Where snapshots are and how their files are read.

use std::collections::BTreeSet;

use regimen_types::{
    AsOfFormat, AttributeColumns, ColumnMapping, DecimalMark, ExcessDigits, NamePattern, NamelessRows,
    RowOrder, Separator, SnapshotFormat, SnapshotLayout, TableShape, ThousandsMark,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;

/// Where the snapshots are and how they are read. Nothing here is economic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Snapshots {
    /// The snapshots: a CSV, a gzipped CSV or a folder of one-date CSVs; relative to the definition's folder.
    /// The command line's `--snapshots` replaces it. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::path")]
    pub path: Option<String>,
    /// The asset list with symbols, names and categories; relative to the definition's folder. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::path")]
    pub asset_list: Option<String>,
    /// What to do with a number that has more than 28 significant digits or decimal places. Default: `error`.
    #[schemars(schema_with = "leaf::named::<ExcessDigits>")]
    pub excess_digits: ExcessDigits,
    /// What to do with a row whose asset is empty: `error` or `pass_over`, with a warning. Default: `error`.
    #[schemars(schema_with = "leaf::named::<NamelessRows>")]
    pub nameless_rows: NamelessRows,
    /// The further columns that are kept as named attributes; each cell must be a number or empty. Default:
    /// all further columns that hold nothing but numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::attributes")]
    pub attributes: Option<BTreeSet<String>>,
    /// Names that need not occur in the data: assets, categories, attributes and chains that the definition
    /// or a file beside it names. Any other name that occurs nowhere is refused or warned of. Default: none.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(schema_with = "leaf::optional_names")]
    pub optional: BTreeSet<String>,
    /// A price that is more than this many times its last known one, or less than that part of it, is
    /// reported as a suspect. It is used all the same. Default: 10.
    #[schemars(range(min = 2))]
    pub suspect_factor: u32,
    /// What rows and columns are: `long`, a row for each instant and asset; `wide`, a row for each instant
    /// and a column for each asset; `one_file_per_asset`, a folder whose files are named after their assets.
    /// Default: `long`.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(schema_with = "leaf::named::<SnapshotLayout>")]
    pub layout: SnapshotLayout,
    /// Where the asset stands in a file's name without `.csv`, or in a wide column's name, such as
    /// `coin_{asset}`. With `{measure}`, as in `{asset}_{measure}`, wide columns are several measures, whose
    /// names `columns` gives. Default: `{asset}`.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(schema_with = "leaf::name_pattern")]
    pub asset_pattern: NamePattern,
    /// The order of the rows: `sorted`, ascending by instant, or `sort`, any order, which is then sorted with
    /// a warning. Default: `sorted`.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(schema_with = "leaf::named::<RowOrder>")]
    pub order: RowOrder,
    /// What separates the fields of a line: `,`, `;`, a tab or `|`. Default: `,`.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(schema_with = "leaf::named::<Separator>")]
    pub separator: Separator,
    /// The decimal mark of numbers: `.` or `,`. Default: `.`.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(schema_with = "leaf::named::<DecimalMark>")]
    pub decimal_mark: DecimalMark,
    /// The mark between groups of three digits: `,`, `.`, a space or `'`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::named::<ThousandsMark>")]
    pub thousands_mark: Option<ThousandsMark>,
    /// The texts that stand for an unknown value in a cell of numbers, such as `null` or `-`. An empty cell
    /// always does. Default: none.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(schema_with = "leaf::unknown_marks")]
    pub unknown: BTreeSet<String>,
    /// How instants are written: `epoch_s`, `epoch_ms`, `epoch_us`, `epoch_ns`, `excel`, or a pattern such as
    /// `%d/%m/%Y %H:%M`, in UTC. Default: ISO 8601, such as `2021-05-19` or `2021-05-19T14:00:00Z`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::as_of_format")]
    pub as_of_format: Option<AsOfFormat>,
    /// Which column of the file holds what. Default: the columns of `regimen synth`.
    pub columns: SnapshotColumns,
}

impl Default for Snapshots {
    fn default() -> Self {
        Self {
            path: None,
            asset_list: None,
            excess_digits: ExcessDigits::default(),
            nameless_rows: NamelessRows::default(),
            attributes: None,
            optional: BTreeSet::new(),
            suspect_factor: 10,
            layout: SnapshotLayout::default(),
            asset_pattern: NamePattern::default(),
            order: RowOrder::default(),
            separator: Separator::default(),
            decimal_mark: DecimalMark::default(),
            thousands_mark: None,
            unknown: BTreeSet::new(),
            as_of_format: None,
            columns: SnapshotColumns::default(),
        }
    }
}

impl Snapshots {
    /// Returns the format that the snapshot readers carry out.
    #[must_use]
    pub fn format(&self) -> SnapshotFormat {
        SnapshotFormat {
            columns: self.columns.mapping(),
            attributes: match &self.attributes {
                Some(names) => AttributeColumns::Named(names.iter().cloned().collect()),
                None => AttributeColumns::AllNumeric,
            },
            excess_digits: self.excess_digits,
            nameless_rows: self.nameless_rows,
            shape: TableShape {
                layout: self.layout,
                asset_pattern: self.asset_pattern.clone(),
                order: self.order,
                separator: self.separator,
                decimal_mark: self.decimal_mark,
                thousands_mark: self.thousands_mark,
                unknown: self.unknown.iter().cloned().collect(),
                as_of_format: self.as_of_format.clone(),
            },
        }
    }
}

/// Returns true if a key has its default, which the resolved definition leaves out.
fn is_default<Value: Default + PartialEq>(value: &Value) -> bool {
    *value == Value::default()
}

/// The names that the file's header gives to the columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SnapshotColumns {
    /// The instant. In a folder of one-date files, a file without this column takes the date in its name.
    /// Default: `date`.
    #[schemars(schema_with = "leaf::column")]
    pub as_of: String,
    /// The asset's identifier. Default: `asset`.
    #[schemars(schema_with = "leaf::column")]
    pub asset: String,
    /// The price of one unit. Default: `price`.
    #[schemars(schema_with = "leaf::column")]
    pub price: String,
    /// The market cap; empty text if the file has none. Default: `market_cap`.
    #[schemars(schema_with = "leaf::optional_column")]
    pub market_cap: String,
    /// The volume traded, in currency; empty text if the file has none. Default: `volume`.
    #[schemars(schema_with = "leaf::optional_column")]
    pub volume: String,
    /// The circulating supply; empty text if the file has none. Default: empty.
    #[schemars(schema_with = "leaf::optional_column")]
    pub circulating_supply: String,
    /// When the row became known; empty text if rows are known at their own instant. Default: empty.
    #[schemars(schema_with = "leaf::optional_column")]
    pub known_at: String,
}

impl SnapshotColumns {
    /// Returns each key with the column that it names; keys without a column are left out.
    pub(super) fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("as_of", &self.as_of),
            ("asset", &self.asset),
            ("price", &self.price),
            ("market_cap", &self.market_cap),
            ("volume", &self.volume),
            ("circulating_supply", &self.circulating_supply),
            ("known_at", &self.known_at),
        ]
        .into_iter()
        .filter(|(_, column)| !column.is_empty())
        .map(|(key, column)| (key, column.as_str()))
    }

    fn mapping(&self) -> ColumnMapping {
        let optional = |column: &String| (!column.is_empty()).then(|| column.clone());
        ColumnMapping {
            as_of: self.as_of.clone(),
            asset: self.asset.clone(),
            price: self.price.clone(),
            market_cap: optional(&self.market_cap),
            volume: optional(&self.volume),
            circulating_supply: optional(&self.circulating_supply),
            known_at: optional(&self.known_at),
        }
    }
}

impl Default for SnapshotColumns {
    /// Builds the columns of [`SnapshotFormat::default`].
    fn default() -> Self {
        let columns = SnapshotFormat::default().columns;
        Self {
            as_of: columns.as_of,
            asset: columns.asset,
            price: columns.price,
            market_cap: columns.market_cap.unwrap_or_default(),
            volume: columns.volume.unwrap_or_default(),
            circulating_supply: columns.circulating_supply.unwrap_or_default(),
            known_at: columns.known_at.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_table_is_the_default_format() {
        assert_eq!(Snapshots::default().format(), SnapshotFormat::default());
    }

    #[test]
    fn an_empty_name_means_that_the_file_has_no_such_column() {
        let columns = SnapshotColumns { volume: String::new(), ..SnapshotColumns::default() };
        assert_eq!(Snapshots { columns, ..Snapshots::default() }.format().columns.volume, None);
    }
}
