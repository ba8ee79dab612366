//! Weights by date.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regimen_types::{AsOf, AssetId, Diagnostics, ExcessDigits, parse_decimal};
use rust_decimal::Decimal;

use super::table::Table;
use crate::codes;
use crate::input_file::InputFile;
use crate::text::cells::{self, Cell};
use crate::text::findings::Findings;
use crate::text::header::KnownColumns;

/// Weights by date, those of a date in the order of the file.
type WeightsByDate = BTreeMap<AsOf, Vec<(AssetId, Decimal)>>;

/// Reads weights by date: a CSV with the columns `date`, `asset` and `weight`, sorted by date.
///
/// A date's weights are neither scaled nor summed here. Further columns are passed over. The file may be
/// gzipped.
///
/// # Errors
/// [`Diagnostics`] if the file cannot be read, is no CSV, is not sorted by date, repeats an asset at a date,
/// or holds a weight that is no number, negative, or has more digits than a decimal.
pub fn read_weights(path: &Path) -> Result<(WeightsByDate, InputFile), Diagnostics> {
    let table =
        Table::read(path, &KnownColumns { needed: &[&["date"], &["asset"], &["weight"]], optional: &[] })?;
    let date_place = table.needed(&["date"])?;
    let asset_place = table.needed(&["asset"])?;
    let weight_place = table.needed(&["weight"])?;
    let mut weights = WeightsByDate::new();
    let mut seen = BTreeSet::new();
    let mut findings = Findings::default();
    for row in &table.rows {
        let date_cell = table.cell(row, date_place);
        let asset_cell = table.cell(row, asset_place);
        let newest = weights.last_key_value().map(|(date, _)| *date);
        let date = date_cell.instant().and_then(|date| match newest {
            Some(newest) if date < newest => {
                let message = format!("dates do not ascend: {date} comes after {newest}");
                Err(date_cell.error(codes::UNSORTED.code, message, "sort the file by date").into())
            }
            _ => Ok(date),
        });
        let weight = weight(table.cell(row, weight_place));
        match (date, asset_cell.asset(), weight) {
            (Ok(date), Ok(asset), Ok(weight)) => {
                if !seen.insert((date, asset.clone())) {
                    let message = format!("{asset} has a second weight at {date}");
                    let help = "remove the row that is wrong";
                    findings.add(|| asset_cell.error(codes::DUPLICATE.code, message, help));
                }
                weights.entry(date).or_default().push((asset, weight));
            }
            (date, asset, weight) => findings.add_all([date.err(), asset.err(), weight.err()]),
        }
    }
    table.finish(weights, findings)
}

fn weight(cell: Cell<'_>) -> Result<Decimal, Findings> {
    let help = "write weights as decimals of zero or more, with at most 28 digits";
    match parse_decimal(cell.text, ExcessDigits::Error) {
        Ok(weight) if weight < Decimal::ZERO => {
            Err(cell.error(codes::NEGATIVE.code, "the weight is negative", help).into())
        }
        Ok(weight) => Ok(weight),
        Err(error) => Err(cell.error(cells::number_code(error), error.to_string(), help).into()),
    }
}
