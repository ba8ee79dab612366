//! History to Parquet.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use polars::prelude::{
    Column, DataFrame, Int64Chunked, Int128Chunked, IntoColumn, NewChunkedArray, ParquetWriter,
    StringChunked, TimeUnit, TimeZone,
};
use regimen_types::{History, HistoryColumns, MAGNITUDE_LIMIT};
use rust_decimal::Decimal;

use crate::error::{COLUMN_NAME, NO_ROWS, PanelError, TOO_MANY_DIGITS, UNWRITABLE};
use crate::{AS_OF, ASSET, CANONICAL, CIRCULATING_SUPPLY, KNOWN_AT, MARKET_CAP, PRICE, VOLUME};

/// The digits of a Parquet decimal.
const PRECISION: usize = 38;

/// Writes a history to a Parquet file, each number digit for digit.
///
/// The crate's documentation lists the columns. The file appears whole or not at all: it is written as
/// `NAME.partial` beside its place and renamed. The asset list is not part of the file.
///
/// # Errors
/// [`PanelError`] if the file cannot be written, or if the history could not be read back as it is: it has
/// no rows, a snapshot without rows, a number of more than 28 digits or two columns of one name.
pub fn write_parquet(history: &History, path: &Path) -> Result<(), PanelError> {
    let mut frame = frame(history.columns(), path)?;
    let partial = partial_path(path);
    let written = write_whole(&mut frame, &partial, path);
    if written.is_err() {
        // The first error is the one to report; a leftover that cannot be removed is harmless.
        let _ = fs::remove_file(&partial);
    }
    written.map_err(|message| PanelError::new(UNWRITABLE, path, message))
}

fn partial_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".partial");
    PathBuf::from(name)
}

fn write_whole(frame: &mut DataFrame, partial: &Path, path: &Path) -> Result<(), String> {
    let mut file = BufWriter::new(File::create(partial).map_err(|error| error.to_string())?);
    ParquetWriter::new(&mut file).finish(frame).map_err(|error| error.to_string())?;
    file.flush()
        .and_then(|()| file.get_ref().sync_all())
        .and_then(|()| fs::rename(partial, path))
        .map_err(|error| error.to_string())
}

fn frame(columns: &HistoryColumns, path: &Path) -> Result<DataFrame, PanelError> {
    check_snapshots(columns, path)?;
    check_attribute_names(columns, path)?;
    let mut table = vec![instants(AS_OF, row_instants(columns)), assets(columns)];
    let amounts = [
        (PRICE, &columns.price),
        (MARKET_CAP, &columns.market_cap),
        (VOLUME, &columns.volume),
        (CIRCULATING_SUPPLY, &columns.circulating_supply),
    ];
    for (name, values) in amounts.into_iter().filter(|(_, values)| !values.is_empty()) {
        let known: Vec<Option<Decimal>> =
            values.iter().map(|value| Some(value).filter(|value| !value.is_zero())).collect();
        table.push(numbers(name, &known, path)?);
    }
    if !columns.known_at.is_empty() {
        table.push(instants(
            KNOWN_AT,
            columns.known_at.iter().map(|known_at| known_at.unix_millis()).collect(),
        ));
    }
    for attribute in &columns.attributes {
        table.push(numbers(&attribute.name, &attribute.values, path)?);
    }
    DataFrame::new_infer_height(table).map_err(|error| PanelError::new(UNWRITABLE, path, error.to_string()))
}

/// Refuses an instant without rows: a table of rows has no place for it.
fn check_snapshots(columns: &HistoryColumns, path: &Path) -> Result<(), PanelError> {
    if columns.instants.is_empty() {
        return Err(PanelError::new(NO_ROWS, path, "the history has no snapshots"));
    }
    let starts = std::iter::once(&0).chain(&columns.ends);
    let empty = starts.zip(&columns.ends).zip(&columns.instants).find(|((start, end), _)| start == end);
    match empty {
        Some((_, as_of)) => {
            Err(PanelError::new(NO_ROWS, path, format!("the snapshot at {as_of} has no rows")))
        }
        None => Ok(()),
    }
}

fn check_attribute_names(columns: &HistoryColumns, path: &Path) -> Result<(), PanelError> {
    let mut taken = CANONICAL.to_vec();
    for attribute in &columns.attributes {
        let name = attribute.name.as_str();
        if taken.contains(&name) {
            let message = format!("an attribute is called `{name}`, as another column is");
            return Err(PanelError::new(COLUMN_NAME, path, message).in_column(name));
        }
        taken.push(name);
    }
    Ok(())
}

fn row_instants(columns: &HistoryColumns) -> Vec<i64> {
    let mut millis = Vec::with_capacity(columns.asset.len());
    for (as_of, end) in columns.instants.iter().zip(&columns.ends) {
        millis.resize(*end, as_of.unix_millis());
    }
    millis
}

fn instants(name: &str, millis: Vec<i64>) -> Column {
    Int64Chunked::from_vec(name.into(), millis)
        .into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC))
        .into_column()
}

fn assets(columns: &HistoryColumns) -> Column {
    let texts = columns.asset.iter().map(|&index| columns.assets[index as usize].as_str());
    StringChunked::from_iter_values(ASSET.into(), texts).into_column()
}

/// Stores numbers at the smallest scale that holds all of them, or as text where 38 digits do not suffice.
fn numbers(name: &str, values: &[Option<Decimal>], path: &Path) -> Result<Column, PanelError> {
    let values: Vec<Option<Decimal>> =
        values.iter().map(|value| value.map(|value| value.normalize())).collect();
    let too_long = |value: &Option<Decimal>| {
        value.is_some_and(|value| value.mantissa().unsigned_abs() >= MAGNITUDE_LIMIT)
    };
    if let Some(row) = values.iter().position(too_long) {
        let text = values[row].map(|value| value.to_string()).unwrap_or_default();
        return Err(PanelError::new(TOO_MANY_DIGITS, path, "more than 28 digits")
            .at_row(row)
            .in_column(name)
            .quoting(&text));
    }
    let scale = values.iter().flatten().map(Decimal::scale).max().unwrap_or(0);
    let mantissas: Option<Vec<Option<i128>>> = values
        .iter()
        .map(|value| value.map_or(Some(None), |value| mantissa_at(value, scale).map(Some)))
        .collect();
    let Some(mantissas) = mantissas else {
        let texts = values.iter().map(|value| value.map(|value| value.to_string()));
        return Ok(StringChunked::from_iter_options(name.into(), texts).into_column());
    };
    Ok(Int128Chunked::from_iter_options(name.into(), mantissas.into_iter())
        .into_decimal_unchecked(PRECISION, scale as usize)
        .into_column())
}

/// Returns the integer that stands for a value at a scale not below its own, or `None` beyond 38 digits.
fn mantissa_at(value: Decimal, scale: u32) -> Option<i128> {
    let shift = scale.checked_sub(value.scale())?;
    let mantissa = value.mantissa().checked_mul(10_i128.checked_pow(shift)?)?;
    (mantissa.unsigned_abs() < 10_u128.pow(38)).then_some(mantissa)
}
