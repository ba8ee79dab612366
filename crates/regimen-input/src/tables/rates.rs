//! The file of yield rates.

use std::collections::BTreeMap;
use std::path::Path;

use regimen::YieldRate;
use regimen_types::{AnnualRate, Diagnostics, ExcessDigits, parse_decimal};

use super::table::{Table, TableRow};
use crate::codes;
use crate::input_file::InputFile;
use crate::text::cells::{self, Cell};
use crate::text::findings::Findings;
use crate::text::header::KnownColumns;

/// Reads annual rates: a CSV with the columns `as_of` (or `date`), `asset` and `rate`, and optionally
/// `known_at`. An empty `asset` is cash.
///
/// Further columns are passed over. The file may be gzipped.
///
/// # Errors
/// [`Diagnostics`] if the file cannot be read or is no CSV, a rate is no number or out of range, is known
/// before it holds, or stands twice for one asset and instant.
pub fn read_rates(path: &Path) -> Result<(Vec<YieldRate>, InputFile), Diagnostics> {
    let table = Table::read(
        path,
        &KnownColumns { needed: &[&["as_of", "date"], &["asset"], &["rate"]], optional: &[&["known_at"]] },
    )?;
    let places = Places {
        as_of: table.needed(&["as_of", "date"])?,
        asset: table.needed(&["asset"])?,
        rate: table.needed(&["rate"])?,
        known_at: table.place(&["known_at"]),
    };
    let mut rates = Vec::new();
    let mut line_of = BTreeMap::new();
    let mut findings = Findings::default();
    for row in &table.rows {
        let rate = match rate_of(&table, row, &places) {
            Ok(rate) => rate,
            Err(more) => {
                findings.append(more);
                continue;
            }
        };
        if let Some(first) = line_of.insert((rate.as_of, rate.asset.clone()), row.line) {
            let message = format!("a second rate for the same asset and instant; the first is line {first}");
            let cell = table.cell(row, places.asset);
            findings.add(|| cell.error(codes::DUPLICATE.code, message, "remove one of the two lines"));
        }
        rates.push(rate);
    }
    table.finish(rates, findings)
}

struct Places {
    as_of: usize,
    asset: usize,
    rate: usize,
    known_at: Option<usize>,
}

fn rate_of(table: &Table, row: &TableRow, places: &Places) -> Result<YieldRate, Findings> {
    let filled = |place: usize| Some(table.cell(row, place)).filter(|cell: &Cell<'_>| !cell.text.is_empty());
    let as_of = table.cell(row, places.as_of).instant();
    let asset = filled(places.asset).map(Cell::asset).transpose();
    let annual_rate = annual_rate(table.cell(row, places.rate));
    let known_at = places.known_at.and_then(filled).map(|cell| (cell, cell.instant()));
    let known_at = match (known_at, &as_of) {
        (Some((cell, Ok(known_at))), Ok(as_of)) if known_at < *as_of => {
            let message = format!("the rate would be known before {as_of}, from when it holds");
            Err(cell.error(codes::KNOWN_BEFORE.code, message, "correct one of the two instants").into())
        }
        (Some((_, known_at)), _) => known_at.map(Some),
        (None, _) => Ok(None),
    };
    match (as_of, asset, annual_rate, known_at) {
        (Ok(as_of), Ok(asset), Ok(annual_rate), Ok(known_at)) => {
            Ok(YieldRate { as_of, known_at: known_at.unwrap_or(as_of), asset, annual_rate })
        }
        (as_of, asset, annual_rate, known_at) => {
            let mut findings = Findings::default();
            findings.add_all([as_of.err(), asset.err(), annual_rate.err(), known_at.err()]);
            Err(findings)
        }
    }
}

fn annual_rate(cell: Cell<'_>) -> Result<AnnualRate, Findings> {
    let help = "write the annual rate as a plain decimal of zero or more: 0.04 is four percent a year";
    let decimal = parse_decimal(cell.text, ExcessDigits::Error)
        .map_err(|error| Findings::from(cell.error(cells::number_code(error), error.to_string(), help)))?;
    AnnualRate::new(decimal).map_err(|error| cell.error(codes::NEGATIVE.code, error.to_string(), help).into())
}
