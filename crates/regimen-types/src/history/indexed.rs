//! Checked columns, with indexes from assets to their rows.

use std::collections::HashMap;

use super::asset_rows::{AssetRows, RowsOfAsset};
use super::columns::{HistoryColumns, HistoryError};
use crate::as_of::AsOf;
use crate::asset::AssetId;
use crate::text_hash::TextHash;

/// Columns that satisfy the rules of a history, indexed by asset.
#[derive(Debug)]
pub(super) struct IndexedColumns {
    pub(super) columns: HistoryColumns,
    rows_of_asset: AssetRows,
    index_of_asset: IndexOfAsset,
}

/// For each asset its index in `columns.assets`.
type IndexOfAsset = HashMap<AssetId, u32, TextHash>;

impl IndexedColumns {
    /// Checks columns and indexes them, or returns them with the error.
    pub(super) fn new(columns: HistoryColumns) -> Result<Self, Box<(HistoryError, HistoryColumns)>> {
        match check_and_index(&columns) {
            Ok((rows_of_asset, index_of_asset)) => Ok(Self { columns, rows_of_asset, index_of_asset }),
            Err(error) => Err(Box::new((error, columns))),
        }
    }

    /// Returns the index of an asset in `columns.assets`, if it occurs anywhere.
    pub(super) fn index_of(&self, asset: &AssetId) -> Option<u32> {
        self.index_of_asset.get(asset).copied()
    }

    /// Returns the rows of an asset in the first `snapshot_count` snapshots, including those that became
    /// known later.
    pub(super) fn rows_of(&self, asset: u32, snapshot_count: usize) -> RowsOfAsset<'_> {
        self.rows_of_asset.of(&self.columns, asset, snapshot_count)
    }

    /// Returns true if a row is known at an instant.
    pub(super) fn is_known(&self, row: usize, as_of: AsOf) -> bool {
        self.columns.known_at.get(row).is_none_or(|known_at| *known_at <= as_of)
    }
}

fn check_and_index(columns: &HistoryColumns) -> Result<(AssetRows, IndexOfAsset), HistoryError> {
    columns.check_shape()?;
    columns.check_signs()?;
    Ok((AssetRows::index(columns)?, index_assets(&columns.assets)?))
}

fn index_assets(assets: &[AssetId]) -> Result<IndexOfAsset, HistoryError> {
    let mut index_of_asset = IndexOfAsset::with_capacity_and_hasher(assets.len(), TextHash::default());
    for (index, asset) in (0_u32..).zip(assets) {
        if index_of_asset.insert(asset.clone(), index).is_some() {
            return Err(HistoryError::RepeatedAsset { asset: asset.clone() });
        }
    }
    Ok(index_of_asset)
}
