//! Target weights from a file.

use std::collections::BTreeMap;
use std::path::Path;

use regimen_types::{
    AsOf, AsOfError, AssetId, Diagnostic, Diagnostics, Exact, ExcessDigits, Weight, parse_decimal,
};
use regimen_weighting::Weights;
use rust_decimal::Decimal;

use super::InputFile;
use super::codes::{
    BAD_ASSET, BAD_WEIGHTS, DUPLICATE, MISSING_COLUMN, NEGATIVE, NO_SUCH_DATE, NOT_A_DATE, NOT_A_NUMBER,
    UNSORTED,
};
use super::findings::{Collected, error};
use super::small::{SmallRow, SmallTable};

/// How far the sum of an instant's weights may lie from 1 and still mean 1: what sums of printed floats leave.
const SUM_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// Target weights by the instant from which they hold.
type WeightTable = BTreeMap<AsOf, Vec<(AssetId, Weight)>>;

/// Reads target weights: a CSV, plain or gzipped, with `date`, `asset` and `weight`, dates ascending.
///
/// Weights of one instant that sum to 1 within 1e-9 are scaled to sum to exactly 1; a smaller sum leaves cash.
///
/// # Errors
/// All findings up to a limit, each with line, column, text and remedy.
pub fn read_weights(path: &Path) -> Result<(WeightTable, InputFile), Diagnostics> {
    let table = SmallTable::read(path)?;
    let mut collected = Collected::default();
    let columns = ["date", "asset", "weight"].map(|name| {
        let position = table.column(&[name]);
        if position.is_none() {
            let message = format!("there is no column `{name}`; the header has {}", table.names().join(", "));
            let help = format!("name the column `{name}`");
            collected.add(Diagnostic::error(MISSING_COLUMN, table.file(), message, help).at_line(1));
        }
        position.unwrap_or_default()
    });
    if collected.has_errors() {
        return Err(collected.diagnostics);
    }
    let mut given: BTreeMap<AsOf, (u64, Vec<(AssetId, Decimal)>)> = BTreeMap::new();
    for row in table.rows() {
        let place = |finding: Diagnostic, column: usize| {
            let named = finding.at_line(row.line).in_column(table.names()[column].clone());
            named.quoting(row.field(column))
        };
        match parse_row(row, columns) {
            Ok((as_of, asset, weight)) => {
                if given.last_key_value().is_some_and(|(last, _)| *last > as_of) {
                    collected.add(place(
                        error(UNSORTED, table.file(), "the date is earlier than the one before"),
                        columns[0],
                    ));
                    continue;
                }
                let (_, weights) = given.entry(as_of).or_insert_with(|| (row.line, Vec::new()));
                if weights.iter().any(|(each, _)| *each == asset) {
                    let message = format!("{asset} has a weight at {as_of} already");
                    collected.add(place(error(DUPLICATE, table.file(), message), columns[1]));
                } else {
                    weights.push((asset, weight));
                }
            }
            Err((code, column, message)) => collected.add(place(error(code, table.file(), message), column)),
        }
    }
    let mut weights = WeightTable::new();
    for (as_of, (line, amounts)) in given {
        match settle(&amounts) {
            Ok(settled) => {
                weights.insert(as_of, settled);
            }
            Err(message) => {
                collected.add(error(BAD_WEIGHTS, table.file(), format!("{as_of}: {message}")).at_line(line))
            }
        }
    }
    if collected.has_errors() { Err(collected.diagnostics) } else { Ok((weights, table.into_input())) }
}

type RowFault = (&'static str, usize, String);

fn parse_row(
    row: &SmallRow,
    [date, asset, weight]: [usize; 3],
) -> Result<(AsOf, AssetId, Decimal), RowFault> {
    let as_of = row.field(date).parse().map_err(|problem: AsOfError| {
        let code = if problem == AsOfError::NoSuchDate { NO_SUCH_DATE } else { NOT_A_DATE };
        (code, date, problem.to_string())
    })?;
    let name = AssetId::new(row.field(asset)).map_err(|problem| (BAD_ASSET, asset, problem.to_string()))?;
    let value = parse_decimal(row.field(weight).as_bytes(), ExcessDigits::RoundHalfEven)
        .map_err(|problem| (NOT_A_NUMBER, weight, problem.to_string()))?;
    if value < Decimal::ZERO {
        return Err((NEGATIVE, weight, "the weight is negative".to_owned()));
    }
    Ok((as_of, name, value))
}

/// Turns printed weights into exact ones.
fn settle(amounts: &[(AssetId, Decimal)]) -> Result<Vec<(AssetId, Weight)>, String> {
    let sum = amounts.iter().try_fold(Exact::ZERO, |sum, (_, amount)| sum.plus(Exact::from(*amount)));
    let sum = sum
        .and_then(|sum| sum.round(28, regimen_types::Rounding::HalfEven))
        .map_err(|problem| problem.to_string())?;
    let distance = sum.checked_sub(Decimal::ONE).ok_or("the weights overflow")?;
    if distance > SUM_TOLERANCE {
        return Err(format!("the weights sum to {sum}, more than 1"));
    }
    if distance.abs() <= SUM_TOLERANCE {
        let weights = Weights::proportional_to(amounts).map_err(|problem| problem.to_string())?;
        return Ok(weights.iter().map(|(asset, weight)| (asset.clone(), weight)).collect());
    }
    let exact = |(asset, amount): &(AssetId, Decimal)| {
        let weight =
            Weight::new(amount.trunc_with_scale(Weights::SCALE)).map_err(|problem| problem.to_string())?;
        Ok((asset.clone(), weight))
    };
    amounts.iter().map(exact).collect()
}
