//! The arrays behind a history, and the checks on them.

use std::ops::Range;

use rust_decimal::Decimal;

use super::decimal_column::DecimalColumn;
use crate::as_of::AsOf;
use crate::asset::AssetId;

/// The columns of a history as a reader fills them. Rows of one instant are adjacent.
///
/// In `price`, `market_cap`, `volume` and `circulating_supply`, zero means unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryColumns {
    /// The instants of the snapshots, ascending.
    pub instants: Vec<AsOf>,
    /// For each instant, the index of the row after its last one.
    pub ends: Vec<usize>,
    /// The assets that rows refer to.
    pub assets: Vec<AssetId>,
    /// Per row: the index into `assets`.
    pub asset: Vec<u32>,
    /// Per row: the price of one unit.
    pub price: DecimalColumn,
    /// Per row: the market cap.
    pub market_cap: DecimalColumn,
    /// Per row: the volume traded, in currency; empty if there is no such column.
    pub volume: DecimalColumn,
    /// Per row: the circulating supply in units; empty if there is no such column.
    pub circulating_supply: DecimalColumn,
    /// Per row: when the row became known; empty if rows are known at their own instant.
    pub known_at: Vec<AsOf>,
    /// Further numeric columns.
    pub attributes: Vec<Attribute>,
}

/// A numeric column beyond the usual ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The column's name.
    pub name: String,
    /// Per row: the value, `None` where the cell is empty.
    pub values: Vec<Option<Decimal>>,
}

/// Why columns are not a history. Rows and snapshots count from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// A column does not have as many rows as the asset column, or row ends do not ascend to the last row.
    #[error("column `{column}` does not have one entry per row")]
    RaggedColumns {
        /// The column's name.
        column: String,
    },
    /// There are more than 2^32 - 1 rows.
    #[error("more than 4294967295 rows")]
    TooManyRows,
    /// A row refers to an asset beyond the table.
    #[error("row {row} names no asset of the table")]
    UnknownAsset {
        /// The row.
        row: usize,
    },
    /// The table names an asset twice.
    #[error("the asset table names {asset} twice")]
    RepeatedAsset {
        /// The asset.
        asset: AssetId,
    },
    /// An instant is not later than the one before it.
    #[error("{later} comes after {earlier} but is not later")]
    Unsorted {
        /// The instant that is first in the columns.
        earlier: AsOf,
        /// The instant that follows it.
        later: AsOf,
    },
    /// An asset has two rows at one instant.
    #[error("{asset} has two rows at {as_of}")]
    Duplicate {
        /// The first of the two rows.
        first_row: usize,
        /// The second.
        row: usize,
        /// The asset.
        asset: AssetId,
        /// The instant of both rows.
        as_of: AsOf,
    },
    /// A price, cap, volume or supply is below zero.
    #[error("row {row}: {column} is negative")]
    Negative {
        /// The row.
        row: usize,
        /// The column's name.
        column: &'static str,
    },
}

impl HistoryColumns {
    /// Returns the rows of snapshot `index`; beyond the last snapshot, an empty range after all rows.
    pub(super) fn rows(&self, index: usize) -> Range<usize> {
        let start = match index.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or(self.asset.len()),
            None => 0,
        };
        start..self.ends.get(index).copied().unwrap_or(start)
    }

    /// Returns the snapshot of a row, without a search if the guess is right.
    pub(super) fn snapshot_of(&self, row: usize, guess: usize) -> usize {
        if self.rows(guess).contains(&row) { guess } else { self.ends.partition_point(|end| *end <= row) }
    }

    /// Checks that the columns are consistent, so that rows can be looked up.
    pub(super) fn check_shape(&self) -> Result<(), HistoryError> {
        self.check_lengths()?;
        if let Some(pair) = self.instants.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(HistoryError::Unsorted { earlier: pair[0], later: pair[1] });
        }
        if let Some(row) = self.asset.iter().position(|&asset| asset as usize >= self.assets.len()) {
            return Err(HistoryError::UnknownAsset { row });
        }
        Ok(())
    }

    pub(super) fn check_signs(&self) -> Result<(), HistoryError> {
        let signed = [
            ("price", &self.price),
            ("market_cap", &self.market_cap),
            ("volume", &self.volume),
            ("circulating_supply", &self.circulating_supply),
        ];
        for (column, values) in signed {
            if let Some(row) = values.first_negative() {
                return Err(HistoryError::Negative { row, column });
            }
        }
        Ok(())
    }

    fn check_lengths(&self) -> Result<(), HistoryError> {
        let rows = self.asset.len();
        if u32::try_from(rows).is_err() {
            return Err(HistoryError::TooManyRows);
        }
        let optional = |length: usize| length == rows || length == 0;
        let ends_fit = self.ends.len() == self.instants.len()
            && self.ends.is_sorted()
            && self.ends.last().copied().unwrap_or(0) == rows;
        let named = [
            ("as_of", ends_fit),
            ("price", self.price.len() == rows),
            ("market_cap", self.market_cap.len() == rows),
            ("volume", optional(self.volume.len())),
            ("circulating_supply", optional(self.circulating_supply.len())),
            ("known_at", optional(self.known_at.len())),
        ];
        let attributes =
            self.attributes.iter().map(|column| (column.name.as_str(), column.values.len() == rows));
        match named.into_iter().chain(attributes).find(|(_, fits)| !fits) {
            Some((column, _)) => Err(HistoryError::RaggedColumns { column: column.to_owned() }),
            None => Ok(()),
        }
    }
}
