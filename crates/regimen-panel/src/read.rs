//! Parquet to history.

use std::collections::HashMap;
use std::path::Path;

use polars::prelude::{AnyValue, Column, DataFrame, DataType, Series};
use regimen_types::{
    AsOf, AssetId, Attribute, CodeEntry, DecimalColumn, History, HistoryColumns, HistoryError,
};
use rust_decimal::Decimal;

use crate::cell::{self, Refusal};
use crate::error::{
    COLUMN_TYPE, DUPLICATE, FLOAT_COLUMN, MISSING_COLUMN, NEGATIVE, NO_ROWS, PanelError, TOO_MANY_ROWS,
    UNSORTED,
};
use crate::load::load;
use crate::{AS_OF, ASSET, CANONICAL, CIRCULATING_SUPPLY, KNOWN_AT, MARKET_CAP, PRICE, VOLUME};

/// Reads snapshots from a Parquet file, each number digit for digit.
///
/// The crate's documentation lists the columns; every other column is a numeric attribute. Instants without a
/// zone are UTC. Assets are interned in the order of their first rows.
///
/// # Errors
/// [`PanelError`] for the first problem: the file is unreadable or damaged, a column is missing or has an
/// inexact or unfit type, a cell holds no valid value, rows are unsorted, duplicate or absent.
pub fn read_parquet(path: &Path) -> Result<History, PanelError> {
    let frame = load(path)?;
    if frame.height() == 0 {
        return Err(PanelError::new(NO_ROWS, path, "the file has no rows"));
    }
    let table = Table { path, frame: &frame };
    History::from_columns(table.columns()?).map_err(|error| table.place(&error))
}

/// A frame with the file that errors name.
struct Table<'a> {
    path: &'a Path,
    frame: &'a DataFrame,
}

impl<'a> Table<'a> {
    fn columns(&self) -> Result<HistoryColumns, PanelError> {
        let (instants, ends) = self.instants()?;
        let (assets, asset) = self.assets()?;
        let unknown = || std::iter::repeat_n(Decimal::ZERO, self.frame.height()).collect();
        Ok(HistoryColumns {
            instants,
            ends,
            assets,
            asset,
            price: self.amounts(self.required(PRICE)?)?,
            market_cap: self.optional(MARKET_CAP, Self::amounts)?.unwrap_or_else(unknown),
            volume: self.optional(VOLUME, Self::amounts)?.unwrap_or_default(),
            circulating_supply: self.optional(CIRCULATING_SUPPLY, Self::amounts)?.unwrap_or_default(),
            known_at: self.optional(KNOWN_AT, Self::moments)?.unwrap_or_default(),
            attributes: self.attributes()?,
        })
    }

    /// Reads the instants of the snapshots, and for each the row after its last.
    fn instants(&self) -> Result<(Vec<AsOf>, Vec<usize>), PanelError> {
        let mut instants: Vec<AsOf> = Vec::new();
        let mut ends = Vec::new();
        for (row, as_of) in self.moments(self.required(AS_OF)?)?.into_iter().enumerate() {
            match instants.last() {
                Some(&last) if as_of == last => continue,
                Some(&last) if as_of < last => {
                    let message = format!("{as_of} follows {last}, which is later");
                    return Err(self
                        .error(UNSORTED, message)
                        .at_row(row)
                        .in_column(AS_OF)
                        .quoting(&as_of.to_string()));
                }
                Some(_) => ends.push(row),
                None => {}
            }
            instants.push(as_of);
        }
        ends.push(self.frame.height());
        Ok((instants, ends))
    }

    /// Reads the assets in the order of their first rows, and for each row the index of its asset.
    fn assets(&self) -> Result<(Vec<AssetId>, Vec<u32>), PanelError> {
        let series = self.required(ASSET)?;
        self.check_type(series, cell::holds_text, "text")?;
        let mut index_of_asset: HashMap<AssetId, u32> = HashMap::new();
        let mut assets = Vec::new();
        let asset = self.cells(series, |cell| {
            let text = cell.get_str();
            if let Some(&index) = text.and_then(|text| index_of_asset.get(text)) {
                return Ok(index);
            }
            let asset = cell::asset(text)?;
            let index = u32::try_from(assets.len())
                .map_err(|_| (TOO_MANY_ROWS, "more assets than rows can refer to".to_owned()))?;
            index_of_asset.insert(asset.clone(), index);
            assets.push(asset);
            Ok(index)
        })?;
        Ok((assets, asset))
    }

    fn attributes(&self) -> Result<Vec<Attribute>, PanelError> {
        let further =
            self.frame.columns().iter().filter(|column| !CANONICAL.contains(&column.name().as_str()));
        further
            .map(|column| {
                let values = self.numbers(column.as_materialized_series())?;
                Ok(Attribute { name: column.name().to_string(), values })
            })
            .collect()
    }

    /// Reads numbers whose zero means unknown.
    fn amounts(&self, series: &Series) -> Result<DecimalColumn, PanelError> {
        self.check_numeric(series)?;
        self.cells(series, |cell| cell::number(cell).map(Option::unwrap_or_default))
    }

    fn numbers(&self, series: &Series) -> Result<Vec<Option<Decimal>>, PanelError> {
        self.check_numeric(series)?;
        self.cells(series, cell::number)
    }

    fn moments(&self, series: &Series) -> Result<Vec<AsOf>, PanelError> {
        self.check_type(series, cell::holds_instants, "instants")?;
        self.cells(series, cell::instant)
    }

    fn cells<T, C: FromIterator<T>>(
        &self,
        series: &Series,
        mut read: impl FnMut(&AnyValue<'_>) -> Result<T, Refusal>,
    ) -> Result<C, PanelError> {
        let read_row = |(row, cell): (usize, AnyValue<'_>)| {
            read(&cell).map_err(|(code, message)| {
                self.error(code, message).at_row(row).in_column(series.name()).quoting(&cell::shown(&cell))
            })
        };
        series.iter().enumerate().map(read_row).collect()
    }

    fn check_numeric(&self, series: &Series) -> Result<(), PanelError> {
        if series.dtype().is_float() {
            let message =
                format!("a {} column has lost digits of the numbers it was made from", series.dtype());
            return Err(self.error(FLOAT_COLUMN, message).in_column(series.name()));
        }
        self.check_type(series, cell::holds_numbers, "exact numbers")
    }

    fn check_type(
        &self,
        series: &Series,
        fits: fn(&DataType) -> bool,
        wanted: &str,
    ) -> Result<(), PanelError> {
        if fits(series.dtype()) {
            return Ok(());
        }
        let message = format!("a column of type {} where {wanted} are expected", series.dtype());
        Err(self.error(COLUMN_TYPE, message).in_column(series.name()))
    }

    fn required(&self, name: &'static str) -> Result<&'a Series, PanelError> {
        self.find(name).ok_or_else(|| {
            let present: Vec<&str> =
                self.frame.get_column_names().into_iter().map(|name| name.as_str()).collect();
            let message = format!("no column `{name}` among {}", present.join(", "));
            self.error(MISSING_COLUMN, message).in_column(name)
        })
    }

    fn optional<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Self, &Series) -> Result<T, PanelError>,
    ) -> Result<Option<T>, PanelError> {
        self.find(name).map(|series| read(self, series)).transpose()
    }

    fn find(&self, name: &str) -> Option<&'a Series> {
        self.frame.column(name).ok().map(Column::as_materialized_series)
    }

    /// Says in which row of the file a history's fault lies.
    fn place(&self, error: &HistoryError) -> PanelError {
        match error {
            HistoryError::Duplicate { first_row, row, asset, as_of } => {
                let message =
                    format!("{asset} has a row at {as_of} already: row {}", first_row.saturating_add(1));
                self.error(DUPLICATE, message).at_row(*row).in_column(ASSET).quoting(asset.as_str())
            }
            HistoryError::Negative { row, column } => {
                let cell = self.find(column).and_then(|series| series.get(*row).ok());
                let text = cell.as_ref().map(cell::shown).unwrap_or_default();
                self.error(NEGATIVE, "the number is negative").at_row(*row).in_column(column).quoting(&text)
            }
            // The reader has ruled out the other faults by the way it builds the columns.
            _ => self.error(TOO_MANY_ROWS, error.to_string()),
        }
    }

    fn error(&self, entry: CodeEntry, message: impl Into<String>) -> PanelError {
        PanelError::new(entry, self.path, message)
    }
}
