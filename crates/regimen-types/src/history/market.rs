//! The whole history of a market: its snapshots, its asset list and its corporate actions.

use super::actions::Actions;
use super::columns::{HistoryColumns, HistoryError};
use super::indexed::IndexedColumns;
use super::observation::Observation;
use crate::action::CorporateAction;
use crate::as_of::AsOf;
use crate::asset::{AssetId, AssetInfo, AssetList};

/// All snapshots of a market, oldest first.
///
/// Storage is columnar: one array per field, with the rows of one instant adjacent, and an index from each
/// asset to its rows in time order. A decision never sees a `History`, only a
/// [`HistoryWindow`](crate::HistoryWindow).
///
/// The asset list is static: its entries apply at all instants.
#[derive(Debug)]
pub struct History {
    pub(super) indexed: IndexedColumns,
    /// Parallel to `columns.assets`.
    pub(super) infos: Vec<AssetInfo>,
    pub(super) actions: Actions,
}

impl History {
    /// Checks columns and indexes them by asset.
    ///
    /// # Errors
    /// [`HistoryError`] if the columns differ in length, instants do not ascend, a row names no asset of the
    /// table, a value is negative, or an asset occurs twice at one instant.
    pub fn from_columns(columns: HistoryColumns) -> Result<Self, HistoryError> {
        Self::from_columns_or_back(columns).map_err(|refused| refused.0)
    }

    /// Checks columns and indexes them by asset, and returns them if they are not a history, for diagnosis.
    ///
    /// # Errors
    /// As [`History::from_columns`], with the columns.
    pub fn from_columns_or_back(
        columns: HistoryColumns,
    ) -> Result<Self, Box<(HistoryError, HistoryColumns)>> {
        let indexed = IndexedColumns::new(columns)?;
        let infos = vec![AssetInfo::default(); indexed.columns.assets.len()];
        Ok(Self { indexed, infos, actions: Actions::default() })
    }

    /// Attaches the asset list; assets that it does not name have no category.
    #[must_use]
    pub fn with_asset_list(mut self, list: &AssetList) -> Self {
        for (asset, info) in self.indexed.columns.assets.iter().zip(&mut self.infos) {
            *info = list.get(asset).cloned().unwrap_or_default();
        }
        self
    }

    /// Returns the number of snapshots.
    #[must_use]
    pub fn snapshot_count(&self) -> usize {
        self.indexed.columns.instants.len()
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.indexed.columns.asset.len()
    }

    /// Returns the number of assets that occur anywhere.
    #[must_use]
    pub fn asset_count(&self) -> usize {
        self.indexed.columns.assets.len()
    }

    /// Returns true if an asset occurs anywhere.
    #[must_use]
    pub fn contains(&self, asset: &AssetId) -> bool {
        self.indexed.index_of(asset).is_some()
    }

    /// Returns the instants of all snapshots, ascending.
    #[must_use]
    pub fn instants(&self) -> &[AsOf] {
        &self.indexed.columns.instants
    }

    /// Returns the checked columns, to write them elsewhere.
    #[must_use]
    pub fn columns(&self) -> &HistoryColumns {
        &self.indexed.columns
    }

    /// Attaches corporate actions, and returns those that never take effect, because their asset has no row
    /// or the new asset never has a price in time.
    ///
    /// From the snapshot at which an action takes effect, a window shows the earlier prices of the asset, or
    /// of its successor, on the new basis, and no longer lists an asset that was swapped or delisted. Windows
    /// that end earlier do not change.
    #[must_use]
    pub fn with_corporate_actions(mut self, actions: Vec<CorporateAction>) -> (Self, Vec<CorporateAction>) {
        let (actions, without_effect) = Actions::new(&self.indexed, actions);
        self.actions = actions;
        (self, without_effect)
    }

    /// Iterates over the actions that take effect, each with the instant of its snapshot, in order.
    pub fn corporate_actions(&self) -> impl Iterator<Item = Observation<&CorporateAction>> {
        self.actions.iter().filter_map(|each| {
            let as_of = *self.indexed.columns.instants.get(each.snapshot)?;
            Some(Observation { as_of, value: &each.action })
        })
    }
}
