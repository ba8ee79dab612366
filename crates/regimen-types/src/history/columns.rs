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
    /// Returns the rows of snapshot `index`; beyond the last snapshot there are none, after all others.
    pub(super) fn rows(&self, index: usize) -> Range<usize> {
        let start = match index.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or(self.asset.len()),
            None => 0,
        };
        start..self.ends.get(index).copied().unwrap_or(start)
    }

    /// Returns the snapshot of a row, at once if the guess is right.
    fn snapshot_of(&self, row: usize, guess: usize) -> usize {
        if self.rows(guess).contains(&row) { guess } else { self.ends.partition_point(|end| *end <= row) }
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
    /// For each asset, the position after its last entry in `rows`.
    ends: Vec<u32>,
    rows: Vec<u32>,
    /// For each asset, the snapshot of its first row.
    first_snapshots: Vec<u32>,
}

impl AssetRows {
    /// Sorts rows by asset with one counting pass, and finds duplicates on the way.
    #[expect(clippy::arithmetic_side_effects, reason = "counters stay below the row count, which fits a u32")]
    pub(super) fn index(columns: &HistoryColumns) -> Result<Self, HistoryError> {
        let assets = columns.assets.len();
        let mut next = vec![0_u32; assets + 1];
        for &asset in &columns.asset {
            next[asset as usize + 1] += 1;
        }
        for index in 1..next.len() {
            next[index] += next[index - 1];
        }
        let starts = next.clone();
        let mut rows = vec![0_u32; columns.asset.len()];
        let mut first_snapshots = vec![0_u32; assets];
        for (snapshot, as_of) in (0_u32..).zip(&columns.instants) {
            let rows_of_snapshot = columns.rows(snapshot as usize);
            for row in rows_of_snapshot.clone() {
                let asset = columns.asset[row] as usize;
                let at = next[asset] as usize;
                if at == starts[asset] as usize {
                    first_snapshots[asset] = snapshot;
                } else if rows[at - 1] as usize >= rows_of_snapshot.start {
                    return Err(HistoryError::Duplicate {
                        first_row: rows[at - 1] as usize,
                        row,
                        asset: columns.assets[asset].clone(),
                        as_of: *as_of,
                    });
                }
                rows[at] = u32::try_from(row).map_err(|_| HistoryError::TooManyRows)?;
                next[asset] += 1;
            }
        }
        next.truncate(assets);
        Ok(Self { ends: next, rows, first_snapshots })
    }

    /// Returns the asset's rows in the first `snapshot_count` snapshots of the columns that were indexed.
    pub(super) fn of<'a>(
        &'a self,
        columns: &'a HistoryColumns,
        asset: u32,
        snapshot_count: usize,
    ) -> RowsOfAsset<'a> {
        let asset = asset as usize;
        let start = asset.checked_sub(1).map_or(0, |before| self.ends[before]) as usize;
        let rows = &self.rows[start..self.ends[asset] as usize];
        RowsOfAsset { columns, rows, first_snapshot: self.first_snapshots[asset] as usize }
            .before(snapshot_count)
    }
}

/// An asset's rows in time order.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowsOfAsset<'a> {
    columns: &'a HistoryColumns,
    rows: &'a [u32],
    /// The snapshot of the first row, if there is one. Most assets have a row in every snapshot from there on, so that
    /// the others follow from it.
    first_snapshot: usize,
}

impl<'a> RowsOfAsset<'a> {
    /// Iterates over the rows, each with its snapshot.
    pub(super) fn iter(self) -> impl DoubleEndedIterator<Item = (usize, usize)> + use<'a> {
        self.rows.iter().enumerate().map(move |(place, &row)| {
            let row = row as usize;
            (row, self.columns.snapshot_of(row, self.first_snapshot.saturating_add(place)))
        })
    }

    /// Cuts the rows in two: those before a snapshot, and those from it on.
    pub(super) fn split_at(self, snapshot: usize) -> (Self, Self) {
        let (_, newer) = self.rows.split_at(self.count_before(snapshot));
        let first_snapshot = newer.first().map_or(0, |&row| self.columns.snapshot_of(row as usize, snapshot));
        (self.before(snapshot), Self { rows: newer, first_snapshot, ..self })
    }

    fn before(self, snapshot: usize) -> Self {
        Self { rows: &self.rows[..self.count_before(snapshot)], ..self }
    }

    /// Counts the rows before a snapshot.
    fn count_before(self, snapshot: usize) -> usize {
        let end = self.columns.rows(snapshot).start;
        let is_before = |&row: &u32| (row as usize) < end;
        let guess = snapshot.saturating_sub(self.first_snapshot).min(self.rows.len());
        let (older, newer) = self.rows.split_at(guess);
        if older.last().is_none_or(is_before) && !newer.first().is_some_and(is_before) {
            return guess;
        }
        self.rows.partition_point(is_before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Columns of snapshots that have these assets.
    fn columns(snapshots: &[Vec<u32>]) -> HistoryColumns {
        let asset = snapshots.concat();
        HistoryColumns {
            instants: (0_i64..).zip(snapshots).filter_map(|(day, _)| AsOf::from_unix_millis(day)).collect(),
            ends: snapshots
                .iter()
                .scan(0, |end, assets| {
                    *end += assets.len();
                    Some(*end)
                })
                .collect(),
            assets: (0..4).map(|asset| AssetId::new(&format!("a{asset}")).unwrap()).collect(),
            price: asset.iter().map(|_| Decimal::ONE).collect(),
            market_cap: asset.iter().map(|_| Decimal::ONE).collect(),
            asset,
            ..HistoryColumns::default()
        }
    }

    proptest! {
        #[test]
        fn rows_are_found_as_by_looking_at_all(
            snapshots in prop::collection::vec(prop::sample::subsequence(vec![0, 1, 2, 3], 0..=4).prop_shuffle(), 0..30),
            count in 0_usize..40,
            cut in 0_usize..40,
        ) {
            let columns = columns(&snapshots);
            let index = AssetRows::index(&columns).unwrap();
            for asset in 0..4 {
                let all = (0..snapshots.len()).flat_map(|snapshot| columns.rows(snapshot).map(move |row| (row, snapshot)));
                let all: Vec<_> = all.filter(|(row, _)| columns.asset[*row] == asset).collect();
                let before = |limit: usize| all.iter().copied().filter(move |(_, snapshot)| *snapshot < limit);
                let rows = index.of(&columns, asset, count);
                prop_assert_eq!(rows.iter().collect::<Vec<_>>(), before(count).collect::<Vec<_>>());
                let (older, newer) = rows.split_at(cut);
                prop_assert_eq!(older.iter().collect::<Vec<_>>(), before(count.min(cut)).collect::<Vec<_>>());
                let newer: Vec<_> = newer.iter().rev().collect();
                let from_cut: Vec<_> = before(count).filter(|(_, snapshot)| *snapshot >= cut).collect();
                prop_assert_eq!(newer, from_cut.into_iter().rev().collect::<Vec<_>>());
            }
        }
    }
}
