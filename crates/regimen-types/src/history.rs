//! Market history: columnar storage, and the window that ends at the reference instant.

mod actions;
mod build;
mod columns;
mod decimal_column;
mod jumps;
mod window;

use std::collections::HashMap;

pub use build::{HistoryBuilder, RowInput};
pub use columns::{Attribute, HistoryColumns, HistoryError};
pub use decimal_column::DecimalColumn;
pub use jumps::PriceJump;
pub use window::{HistoryWindow, Observation, Row, Snapshot};

use actions::Actions;
use columns::AssetRows;

use crate::as_of::AsOf;
use crate::asset::{AssetId, AssetInfo, AssetList};
use crate::text_hash::TextHash;

/// All snapshots of a market, oldest first.
///
/// Storage is columnar: one array per field, the rows of one instant adjacent, assets interned, and
/// beside it the rows of each asset in time order. A decision never sees a `History`, only a [`HistoryWindow`].
///
/// The asset list is static: what it says of an asset holds for all instants.
#[derive(Debug)]
pub struct History {
    columns: HistoryColumns,
    rows_of_asset: AssetRows,
    index_of_asset: IndexOfAsset,
    /// Parallel to `columns.assets`.
    infos: Vec<AssetInfo>,
    actions: Actions,
}

/// For each asset its index in `columns.assets`.
type IndexOfAsset = HashMap<AssetId, u32, TextHash>;

impl History {
    /// Checks columns and indexes them by asset.
    ///
    /// # Errors
    /// [`HistoryError`] if the columns differ in length, instants do not ascend, a row names no asset of the table, a
    /// value is negative, or an asset occurs twice at one instant.
    pub fn from_columns(columns: HistoryColumns) -> Result<Self, HistoryError> {
        Self::from_columns_or_back(columns).map_err(|refused| refused.0)
    }

    /// Checks columns and indexes them by asset, and gives them back if they are no history, for a closer look.
    ///
    /// # Errors
    /// As [`History::from_columns`], with the columns.
    pub fn from_columns_or_back(
        columns: HistoryColumns,
    ) -> Result<Self, Box<(HistoryError, HistoryColumns)>> {
        match check_and_index(&columns) {
            Ok((rows_of_asset, index_of_asset)) => {
                let infos = vec![AssetInfo::default(); columns.assets.len()];
                Ok(Self { columns, rows_of_asset, index_of_asset, infos, actions: Actions::default() })
            }
            Err(error) => Err(Box::new((error, columns))),
        }
    }

    /// Starts an empty history to which snapshots are pushed.
    #[must_use]
    pub fn builder() -> HistoryBuilder {
        HistoryBuilder::default()
    }

    /// Attaches the asset list; assets that it does not name keep no category.
    #[must_use]
    pub fn with_asset_list(mut self, list: &AssetList) -> Self {
        for (asset, info) in self.columns.assets.iter().zip(&mut self.infos) {
            *info = list.get(asset).cloned().unwrap_or_default();
        }
        self
    }

    /// Returns the number of snapshots.
    #[must_use]
    pub fn snapshot_count(&self) -> usize {
        self.columns.instants.len()
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.columns.asset.len()
    }

    /// Returns the number of assets that occur anywhere.
    #[must_use]
    pub fn asset_count(&self) -> usize {
        self.columns.assets.len()
    }

    /// Says whether an asset occurs anywhere.
    #[must_use]
    pub fn contains(&self, asset: &AssetId) -> bool {
        self.index_of_asset.contains_key(asset)
    }

    /// Returns the instants of all snapshots, ascending.
    #[must_use]
    pub fn instants(&self) -> &[AsOf] {
        &self.columns.instants
    }

    /// Returns the window that ends with snapshot `index` (from 0), or `None` beyond the last.
    #[must_use]
    pub fn window(&self, index: usize) -> Option<HistoryWindow<'_>> {
        HistoryWindow::ending_at(self, index)
    }

    /// Returns the window that ends with the newest snapshot, or `None` if there is none.
    #[must_use]
    pub fn newest(&self) -> Option<HistoryWindow<'_>> {
        self.window(self.snapshot_count().checked_sub(1)?)
    }

    /// Iterates over the windows that end with each snapshot in turn.
    pub fn windows(&self) -> impl Iterator<Item = HistoryWindow<'_>> {
        (0..self.snapshot_count()).filter_map(|index| self.window(index))
    }

    /// Returns the checked columns, to write them elsewhere.
    #[must_use]
    pub fn columns(&self) -> &HistoryColumns {
        &self.columns
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

#[cfg(test)]
mod action_tests;
#[cfg(test)]
mod tests;
