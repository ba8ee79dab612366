//! The small tables beside snapshots: the asset list, and weights.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regimen_types::{
    AsOf, AssetId, AssetInfo, AssetList, Category, Diagnostic, Diagnostics, ExcessDigits, parse_decimal,
};
use rust_decimal::Decimal;

use super::InputFile;
use super::blocks::Blocks;
use super::buffers::Buffers;
use super::cells::{self, Cell};
use super::files::SnapshotFile;
use super::findings::Findings;
use super::header::{bad_quotes, column_names, missing_column};
use super::line;
use super::source::Source;
use crate::codes;

const BLOCK_BYTES: usize = 1 << 20;

/// Weights by date, those of a date in the order of the file.
type WeightTable = BTreeMap<AsOf, Vec<(AssetId, Decimal)>>;

/// Reads an asset list: a CSV with the column `asset` (or `coingecko_id`, or `id`) and, where known, `symbol`, `name`
/// and `category` (or `kind`).
///
/// Further columns are passed over. The file may be gzipped.
///
/// # Errors
/// [`Diagnostics`] if the file cannot be read, is no CSV, lists an asset twice, or has a bad identifier or category.
pub fn read_asset_list(path: &Path) -> Result<(AssetList, InputFile), Diagnostics> {
    let table = Table::read(path)?;
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
                Err(cell.error(codes::LISTED_TWICE, message, "remove one of the two lines").into())
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

/// Reads weights by date: a CSV with the columns `date`, `asset` and `weight`, sorted by date.
///
/// A date's weights are neither scaled nor summed here. Further columns are passed over. The file may be gzipped.
///
/// # Errors
/// [`Diagnostics`] if the file cannot be read, is no CSV, is not sorted by date, repeats an asset at a date, or holds a
/// weight that is no number, negative, or has more digits than a decimal.
pub fn read_weights(path: &Path) -> Result<(WeightTable, InputFile), Diagnostics> {
    let table = Table::read(path)?;
    let date_place = table.needed(&["date"])?;
    let asset_place = table.needed(&["asset"])?;
    let weight_place = table.needed(&["weight"])?;
    let mut weights = WeightTable::new();
    let mut seen = BTreeSet::new();
    let mut findings = Findings::default();
    for row in &table.rows {
        let date_cell = table.cell(row, date_place);
        let asset_cell = table.cell(row, asset_place);
        let newest = weights.last_key_value().map(|(date, _)| *date);
        let date = date_cell.instant().and_then(|date| match newest {
            Some(newest) if date < newest => {
                let message = format!("dates do not ascend: {date} comes after {newest}");
                Err(date_cell.error(codes::UNSORTED, message, "sort the file by date").into())
            }
            _ => Ok(date),
        });
        let weight = weight(table.cell(row, weight_place));
        match (date, asset_cell.asset(), weight) {
            (Ok(date), Ok(asset), Ok(weight)) => {
                if !seen.insert((date, asset.clone())) {
                    let message = format!("{asset} has a second weight at {date}");
                    let help = "remove the row that is wrong";
                    findings.add(|| asset_cell.error(codes::DUPLICATE, message, help));
                }
                weights.entry(date).or_default().push((asset, weight));
            }
            (date, asset, weight) => findings.add_all([date.err(), asset.err(), weight.err()]),
        }
    }
    table.finish(weights, findings)
}

fn category(cell: Cell<'_>) -> Result<Option<Category>, Findings> {
    if cell.text.is_empty() {
        return Ok(None);
    }
    let category = Category::new(&String::from_utf8_lossy(cell.text));
    category.map(Some).map_err(|error| {
        cell.error(codes::BAD_CATEGORY, error.to_string(), "write it like `stablecoin` or `wrapped`").into()
    })
}

fn weight(cell: Cell<'_>) -> Result<Decimal, Findings> {
    let help = "write weights as decimals of zero or more, with at most 28 digits";
    match parse_decimal(cell.text, ExcessDigits::Error) {
        Ok(weight) if weight < Decimal::ZERO => {
            Err(cell.error(codes::NEGATIVE, "the weight is negative", help).into())
        }
        Ok(weight) => Ok(weight),
        Err(error) => Err(cell.error(cells::number_code(error), error.to_string(), help).into()),
    }
}

/// A small CSV, held whole.
pub(super) struct Table {
    file: String,
    header_line: u64,
    names: Vec<String>,
    pub(super) rows: Vec<TableRow>,
    /// About lines that are no rows.
    findings: Findings,
    input: InputFile,
}

pub(super) struct TableRow {
    pub(super) line: u64,
    /// As many as the table has names.
    cells: Vec<String>,
}

impl Table {
    pub(super) fn read(path: &Path) -> Result<Self, Diagnostics> {
        let listed = SnapshotFile::new(path.to_owned())?;
        let source = Source::open(path)?;
        let file = source.file.clone();
        let mut blocks = Blocks::new(source, Buffers::new(BLOCK_BYTES));
        let header = blocks.header()?;
        let names = column_names(&file, &header).map_err(Diagnostics::from)?;
        let header_line = header.number;
        let mut rows = Vec::new();
        let mut findings = Findings::default();
        let mut next = Some(header.rest);
        while let Some(block) = next {
            for (line, text) in block.lines() {
                match cells_of(&file, line, text, names.len()) {
                    Ok(cells) => rows.push(TableRow { line, cells }),
                    Err(more) => findings.append(more),
                }
            }
            next = blocks.next()?;
        }
        if rows.is_empty() && findings.is_empty() {
            let message = "the file has a header but no row";
            return Err(Diagnostic::error(codes::HEADER_ONLY, &file, message, "write the file again").into());
        }
        let input = blocks.into_source().finish(listed.name);
        Ok(Self { file, header_line, names, rows, findings, input })
    }

    /// Finds the column that has the first of these names that occurs.
    pub(super) fn place(&self, wanted: &[&str]) -> Option<usize> {
        wanted.iter().find_map(|wanted| self.names.iter().position(|name| name == wanted))
    }

    pub(super) fn needed(&self, wanted: &[&str]) -> Result<usize, Diagnostics> {
        self.place(wanted).ok_or_else(|| {
            let finding = missing_column(&self.file, self.header_line, &self.names, wanted[0], None);
            Diagnostics::from(finding)
        })
    }

    pub(super) fn cell<'a>(&'a self, row: &'a TableRow, place: usize) -> Cell<'a> {
        let (column, text) = (&self.names[place], row.cells[place].as_bytes());
        Cell { file: &self.file, line: row.line, column, text }
    }

    pub(super) fn finish<T>(self, content: T, about_rows: Findings) -> Result<(T, InputFile), Diagnostics> {
        let mut findings = self.findings;
        findings.join(about_rows);
        if findings.is_empty() { Ok((content, self.input)) } else { Err(findings.into()) }
    }
}

fn cells_of(file: &str, line: u64, text: &[u8], expected: usize) -> Result<Vec<String>, Findings> {
    if let Some(finding) = cells::not_utf8(file, line, text) {
        return Err(finding.into());
    }
    let mut fields = Vec::new();
    line::split(text, &mut fields).map_err(|error| bad_quotes(file, line, text, error))?;
    if fields.len() != expected {
        return Err(cells::field_count(file, line, text, fields.len(), expected).into());
    }
    Ok(fields.into_iter().map(|field| line::unescaped(field).into_owned()).collect())
}
