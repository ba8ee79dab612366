//! The gas of chains over time.

use std::collections::BTreeMap;
use std::path::Path;

use regimen_planning::GasValue;
use regimen_types::{AsOf, Diagnostics, ExcessDigits, Money, parse_decimal};
use rust_decimal::Decimal;

use super::series::{instant_after, known_before};
use super::table::{Table, TableRow};
use crate::codes;
use crate::input_file::InputFile;
use crate::text::cells::{self, Cell};
use crate::text::findings::Findings;
use crate::text::header::KnownColumns;

/// Reads gas: a CSV with the columns `as_of` (or `date`), `chain` and `per_trade`, and `known_at` if it is
/// known when each amount became known; the rows of each chain sorted by instant.
///
/// Further columns are passed over. The file may be gzipped.
///
/// # Errors
/// [`Diagnostics`] if the file cannot be read, is no CSV, or a row names no chain, repeats or precedes an
/// instant of its chain, has an amount that is no decimal of zero or more, or one that became known before
/// its own instant.
pub fn read_gas(path: &Path) -> Result<(BTreeMap<String, Vec<GasValue>>, InputFile), Diagnostics> {
    let table = Table::read(
        path,
        &KnownColumns {
            needed: &[&["as_of", "date"], &["chain"], &["per_trade"]],
            optional: &[&["known_at"]],
        },
    )?;
    let places = Places {
        as_of: table.needed(&["as_of", "date"])?,
        chain: table.needed(&["chain"])?,
        per_trade: table.needed(&["per_trade"])?,
        known_at: table.place(&["known_at"]),
    };
    let mut values: BTreeMap<String, Vec<GasValue>> = BTreeMap::new();
    let mut findings = Findings::default();
    for row in &table.rows {
        let chain_cell = table.cell(row, places.chain);
        let chain = String::from_utf8_lossy(chain_cell.text).into_owned();
        if chain.is_empty() {
            let help = "write the chain as the definition does";
            findings.add(|| chain_cell.error(codes::NO_CHAIN.code, "no chain", help));
            continue;
        }
        let of_chain = values.entry(chain).or_default();
        match value(&table, row, &places, of_chain.last().map(|newest| newest.as_of)) {
            Ok(value) => of_chain.push(value),
            Err(more) => findings.append(more),
        }
    }
    table.finish(values, findings)
}

struct Places {
    as_of: usize,
    chain: usize,
    per_trade: usize,
    known_at: Option<usize>,
}

fn value(table: &Table, row: &TableRow, places: &Places, newest: Option<AsOf>) -> Result<GasValue, Findings> {
    let known_cell = places.known_at.map(|place| table.cell(row, place)).filter(|cell| !cell.text.is_empty());
    let as_of = instant_after(table.cell(row, places.as_of), newest);
    let per_trade = amount(table.cell(row, places.per_trade));
    let known_at = known_cell.map(Cell::instant).transpose();
    match (as_of, per_trade, known_at) {
        (Ok(as_of), Ok(per_trade), Ok(known_at)) => {
            let known_at = known_at.unwrap_or(as_of);
            match known_cell.filter(|_| known_at < as_of) {
                Some(cell) => Err(known_before(cell, as_of).into()),
                None => Ok(GasValue { as_of, known_at, per_trade }),
            }
        }
        (as_of, per_trade, known_at) => {
            let mut findings = Findings::default();
            findings.add_all([as_of.err(), per_trade.err(), known_at.err()]);
            Err(findings)
        }
    }
}

fn amount(cell: Cell<'_>) -> Result<Money, Findings> {
    let help = "write the gas of one trade as a decimal of zero or more, with at most 28 digits";
    let amount = parse_decimal(cell.text, ExcessDigits::Error)
        .map_err(|error| Findings::from(cell.error(cells::number_code(error), error.to_string(), help)))?;
    match Money::new(amount) {
        Ok(money) if amount >= Decimal::ZERO => Ok(money),
        _ => Err(cell.error(codes::NEGATIVE.code, "the gas is negative", help).into()),
    }
}
