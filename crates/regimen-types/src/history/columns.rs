//! The arrays behind a history, and the index of rows by asset.

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
    /// For each instant, the row after its last.
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

/// Says why columns are no history. Rows and snapshots count from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// A column has another number of rows than the asset column, or row ends do not ascend to the last row.
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
        /// The instant that comes first in the columns.
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
        /// The instant.
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
    /// Returns the rows of snapshot `index`.
    pub(super) fn rows(&self, index: usize) -> Range<usize> {
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        start..self.ends.get(index).copied().unwrap_or(start)
    }

    /// Checks that the columns fit each other, so that rows can be looked up.
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

/// For each asset, its rows in time order.
#[derive(Debug)]
pub(super) struct AssetRows {
    /// For each asset, the position after its last entry in the two arrays below.
    ends: Vec<u32>,
    rows: Vec<u32>,
    snapshots: Vec<u32>,
}

/// An asset's rows in time order, each with the snapshot that it belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowsOfAsset<'a> {
    pub(super) rows: &'a [u32],
    pub(super) snapshots: &'a [u32],
}

impl RowsOfAsset<'_> {
    /// Cuts the rows in two: those before a snapshot, and those from it on.
    pub(super) fn split_at(self, snapshot: usize) -> (Self, Self) {
        let (older, newer) = self.rows.split_at(entries_before(self.snapshots, snapshot));
        let (older_snapshots, newer_snapshots) = self.snapshots.split_at(older.len());
        (Self { rows: older, snapshots: older_snapshots }, Self { rows: newer, snapshots: newer_snapshots })
    }
}

impl AssetRows {
    /// Sorts rows by asset with one counting pass, and finds duplicates on the way.
    #[expect(clippy::arithmetic_side_effects, reason = "counters stay below the row count, which fits a u32")]
    pub(super) fn index(columns: &HistoryColumns) -> Result<Self, HistoryError> {
        let mut next = vec![0_u32; columns.assets.len() + 1];
        for &asset in &columns.asset {
            next[asset as usize + 1] += 1;
        }
        for index in 1..next.len() {
            next[index] += next[index - 1];
        }
        let starts = next.clone();
        let mut rows = vec![0_u32; columns.asset.len()];
        let mut snapshots = vec![0_u32; columns.asset.len()];
        for (snapshot, as_of) in (0_u32..).zip(&columns.instants) {
            for row in columns.rows(snapshot as usize) {
                let asset = columns.asset[row] as usize;
                let at = next[asset] as usize;
                if at > starts[asset] as usize && snapshots[at - 1] == snapshot {
                    return Err(HistoryError::Duplicate {
                        first_row: rows[at - 1] as usize,
                        row,
                        asset: columns.assets[asset].clone(),
                        as_of: *as_of,
                    });
                }
                rows[at] = u32::try_from(row).map_err(|_| HistoryError::TooManyRows)?;
                snapshots[at] = snapshot;
                next[asset] += 1;
            }
        }
        next.truncate(columns.assets.len());
        Ok(Self { ends: next, rows, snapshots })
    }

    /// Returns the asset's rows in the first `snapshot_count` snapshots.
    pub(super) fn of(&self, asset: u32, snapshot_count: usize) -> RowsOfAsset<'_> {
        let start = asset.checked_sub(1).map_or(0, |before| self.ends[before as usize]) as usize;
        let end = self.ends[asset as usize] as usize;
        let (rows, snapshots) = (&self.rows[start..end], &self.snapshots[start..end]);
        let visible = entries_before(snapshots, snapshot_count);
        RowsOfAsset { rows: &rows[..visible], snapshots: &snapshots[..visible] }
    }
}

/// Counts the ascending snapshots that lie below `limit`.
fn entries_before(snapshots: &[u32], limit: usize) -> usize {
    let below = |snapshot: u32| (snapshot as usize) < limit;
    let (Some(&first), Some(&last)) = (snapshots.first(), snapshots.last()) else { return 0 };
    if below(last) {
        return snapshots.len();
    }
    // Most assets have a row in every snapshot of their lives: then the position follows from the first.
    let guess = limit.saturating_sub(first as usize);
    match guess.checked_sub(1).and_then(|newest| snapshots.get(newest)) {
        Some(&newest) if (newest as usize).saturating_add(1) == limit => guess,
        _ => snapshots.partition_point(|&snapshot| below(snapshot)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_guess_is_the_search(set in prop::collection::btree_set(0_u32..60, 0..60), limit in 0_usize..70) {
            let snapshots: Vec<u32> = set.into_iter().collect();
            let searched = snapshots.partition_point(|&snapshot| (snapshot as usize) < limit);
            prop_assert_eq!(entries_before(&snapshots, limit), searched);
        }
    }
}
