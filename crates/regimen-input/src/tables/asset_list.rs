//! The asset list: symbols, names and categories.

use std::collections::BTreeMap;
use std::path::Path;

use regimen_types::{AssetInfo, AssetList, Category, Diagnostics};

use super::table::Table;
use crate::codes;
use crate::input_file::InputFile;
use crate::text::cells::Cell;
use crate::text::findings::Findings;
use crate::text::header::KnownColumns;

/// Reads an asset list: a CSV with the column `asset` (or `coingecko_id`, or `id`) and, where known,
/// `symbol`, `name` and `category` (or `kind`).
///
/// Further columns are passed over. The file may be gzipped.
///
/// # Errors
/// [`Diagnostics`] if the file cannot be read, is no CSV, lists an asset twice, or has a bad identifier or
/// category.
pub fn read_asset_list(path: &Path) -> Result<(AssetList, InputFile), Diagnostics> {
    let table = Table::read(
        path,
        &KnownColumns {
            needed: &[&["asset", "coingecko_id", "id"]],
            optional: &[&["symbol"], &["name"], &["category", "kind"]],
        },
    )?;
    let asset_place = table.needed(&["asset", "coingecko_id", "id"])?;
    let category_place = table.place(&["category", "kind"]);
    let (symbol_place, name_place) = (table.place(&["symbol"]), table.place(&["name"]));
    let mut list = BTreeMap::new();
    let mut line_of_asset = BTreeMap::new();
    let mut findings = Findings::default();
    for row in &table.rows {
        let text = |place: Option<usize>| {
            place.map(|place| row.cells[place].clone()).filter(|text: &String| !text.is_empty())
        };
        let cell = table.cell(row, asset_place);
        let entry = cell.asset().and_then(|asset| match line_of_asset.insert(asset.clone(), row.line) {
            None => Ok(asset),
            Some(first) => {
                let message = format!("the asset is listed twice; the first is line {first}");
                Err(cell.error(codes::LISTED_TWICE.code, message, "remove one of the two lines").into())
            }
        });
        let category = category_place.map_or(Ok(None), |place| category(table.cell(row, place)));
        match (entry, category) {
            (Ok(asset), Ok(category)) => {
                let info = AssetInfo { symbol: text(symbol_place), name: text(name_place), category };
                list.insert(asset, info);
            }
            (entry, category) => findings.add_all([entry.err(), category.err()]),
        }
    }
    table.finish(list, findings)
}

fn category(cell: Cell<'_>) -> Result<Option<Category>, Findings> {
    if cell.text.is_empty() {
        return Ok(None);
    }
    let category = Category::new(&String::from_utf8_lossy(cell.text));
    category.map(Some).map_err(|error| {
        cell.error(codes::BAD_CATEGORY.code, error.to_string(), "write it like `stablecoin` or `wrapped`")
            .into()
    })
}
