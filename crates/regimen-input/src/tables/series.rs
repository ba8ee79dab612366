//! A series from outside the market, which a signal reads.

use std::path::Path;

use regimen_regime::{OutsideSeries, OutsideValue};
use regimen_types::{AsOf, Diagnostic, Diagnostics, ExcessDigits, approximate, parse_decimal};

use super::table::Table;
use crate::codes;
use crate::input_file::InputFile;
use crate::text::cells::{self, Cell};
use crate::text::findings::Findings;
use crate::text::header::KnownColumns;

/// The milliseconds of an hour.
const MILLIS_PER_HOUR: i64 = 60 * 60 * 1000;
/// The last millisecond of the year 9999, since 1970-01-01.
const LAST_MILLIS: i64 = 253_402_300_799_999;

/// Reads a series: a CSV with the columns `as_of` (or `date`), `column`, and `known_at` if it is known when
/// each value became known, sorted by instant.
///
/// `delay_hours` is the time from an instant until its value is known, where the row does not state it. A row
/// whose value is empty has none. Further columns are passed over. The file may be gzipped.
///
/// # Errors
/// [`Diagnostics`] if the file cannot be read, is no CSV, is not sorted, has two rows of an instant, a value
/// that is no number, or one that became known before its own instant.
pub fn read_series(
    path: &Path,
    column: &str,
    delay_hours: Option<u32>,
) -> Result<(OutsideSeries, InputFile), Diagnostics> {
    let table = Table::read(
        path,
        &KnownColumns { needed: &[&["as_of", "date"], &[column]], optional: &[&["known_at"]] },
    )?;
    let instant_place = table.needed(&["as_of", "date"])?;
    let value_place = table.needed(&[column])?;
    let known_place = table.place(&["known_at"]);
    let mut values: Vec<OutsideValue> = Vec::new();
    let mut newest: Option<AsOf> = None;
    let mut findings = Findings::default();
    for row in &table.rows {
        let as_of = instant_after(table.cell(row, instant_place), newest);
        let known_at = known_place.map(|place| table.cell(row, place)).filter(|cell| !cell.text.is_empty());
        let known_at = known_at.map(Cell::instant).transpose();
        let value = value(table.cell(row, value_place));
        match (as_of, known_at, value) {
            (Ok(as_of), Ok(known_at), Ok(value)) => {
                newest = Some(as_of);
                let known_at = known_at.unwrap_or_else(|| delayed(as_of, delay_hours.unwrap_or(0)));
                if known_at < as_of {
                    let cell = table.cell(row, known_place.unwrap_or(instant_place));
                    findings.add(|| known_before(cell, as_of));
                } else if let Some(value) = value {
                    values.push(OutsideValue { as_of, known_at, value });
                }
            }
            (as_of, known_at, value) => findings.add_all([as_of.err(), known_at.err(), value.err()]),
        }
    }
    // What a series refuses was found above, cell by cell.
    table.finish(OutsideSeries::new(values).unwrap_or_default(), findings)
}

/// Returns the instant some hours after another, at most the last of the calendar.
fn delayed(as_of: AsOf, hours: u32) -> AsOf {
    let millis = as_of.unix_millis().saturating_add(i64::from(hours).saturating_mul(MILLIS_PER_HOUR));
    AsOf::from_unix_millis(millis.min(LAST_MILLIS)).unwrap_or(as_of)
}

/// Reads an instant that must be later than the one before it.
pub(crate) fn instant_after(cell: Cell<'_>, newest: Option<AsOf>) -> Result<AsOf, Findings> {
    let as_of = cell.instant()?;
    match newest {
        Some(newest) if as_of < newest => {
            let message = format!("dates do not ascend: {as_of} comes after {newest}");
            Err(cell.error(codes::UNSORTED.code, message, "sort the file by date").into())
        }
        Some(newest) if as_of == newest => {
            let message = format!("{as_of} has a second value");
            Err(cell.error(codes::DUPLICATE.code, message, "remove the row that is wrong").into())
        }
        _ => Ok(as_of),
    }
}

fn value(cell: Cell<'_>) -> Result<Option<f64>, Findings> {
    if cell.text.is_empty() {
        return Ok(None);
    }
    // A signal reads floats, so more digits than a decimal has are none too many.
    match parse_decimal(cell.text, ExcessDigits::RoundHalfEven) {
        Ok(value) => Ok(Some(approximate(value))),
        Err(error) => {
            let help = "write values as decimals, or leave the cell of an unknown value empty";
            Err(cell.error(cells::number_code(error), error.to_string(), help).into())
        }
    }
}

pub(crate) fn known_before(cell: Cell<'_>, as_of: AsOf) -> Diagnostic {
    let message = format!("known before {as_of}, its own instant");
    cell.error(codes::KNOWN_BEFORE.code, message, "correct the instant, or leave the cell empty")
}
