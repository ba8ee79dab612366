//! The index of rows by asset.

use super::columns::{HistoryColumns, HistoryError};

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
    /// Sorts rows by asset in one counting pass, and finds duplicates.
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

    /// Returns the asset's rows in the first `snapshot_count` snapshots of the indexed columns.
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
    /// The snapshot of the first row, if there is one. Most assets have a row in every snapshot after that,
    /// so it predicts the snapshots of the other rows.
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

    /// Splits the rows into those before a snapshot and those from it on.
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
    use crate::as_of::AsOf;
    use crate::asset::AssetId;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    /// Columns of snapshots with these assets.
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
