//! The asset list: symbol, name and category by identifier.

use std::path::Path;

use regimen_types::{AssetId, AssetInfo, AssetList, Category, Diagnostic, Diagnostics};

use super::InputFile;
use super::codes::{BAD_ASSET, BAD_CATEGORY, DUPLICATE, MISSING_COLUMN};
use super::findings::{Collected, error};
use super::small::SmallTable;

/// The names that the identifier's column may have.
const ASSET_NAMES: &[&str] = &["asset", "id", "coingecko_id"];
/// The names that the category's column may have.
const CATEGORY_NAMES: &[&str] = &["category", "kind"];

/// Reads the asset list: a CSV, plain or gzipped, with `asset` and, where known, `symbol`, `name` and `category`.
///
/// The first column may be called `id` or `coingecko_id` as well, the last `kind`; others are passed over.
///
/// # Errors
/// All findings up to a limit, each with line, column, text and remedy.
pub fn read_asset_list(path: &Path) -> Result<(AssetList, InputFile), Diagnostics> {
    let table = SmallTable::read(path)?;
    let Some(asset_column) = table.column(ASSET_NAMES) else {
        let found = table.names().join(", ");
        let message = format!("there is no column `asset`; the header has {found}");
        let help = "name the column of identifiers `asset`";
        return Err(Diagnostic::error(MISSING_COLUMN, table.file(), message, help).at_line(1).into());
    };
    let symbol = table.column(&["symbol"]);
    let name = table.column(&["name"]);
    let category = table.column(CATEGORY_NAMES);
    let mut list = AssetList::new();
    let mut collected = Collected::default();
    for row in table.rows() {
        let text =
            |column: Option<usize>| column.map(|column| row.field(column)).filter(|text| !text.is_empty());
        let refuse = |code, column: usize, message: String| {
            let finding = error(code, table.file(), message).at_line(row.line);
            finding.in_column(table.names()[column].clone()).quoting(row.field(column))
        };
        let asset = match AssetId::new(row.field(asset_column)) {
            Ok(asset) => asset,
            Err(problem) => {
                collected.add(refuse(BAD_ASSET, asset_column, problem.to_string()));
                continue;
            }
        };
        let category = match (category, text(category)) {
            (Some(column), Some(text)) => match Category::new(text) {
                Ok(category) => Some(category),
                Err(problem) => {
                    collected.add(refuse(BAD_CATEGORY, column, problem.to_string()));
                    continue;
                }
            },
            _ => None,
        };
        let info = AssetInfo {
            symbol: text(symbol).map(str::to_owned),
            name: text(name).map(str::to_owned),
            category,
        };
        if list.insert(asset.clone(), info).is_some() {
            collected.add(refuse(DUPLICATE, asset_column, format!("{asset} is listed already")));
        }
    }
    if collected.has_errors() { Err(collected.diagnostics) } else { Ok((list, table.into_input())) }
}
