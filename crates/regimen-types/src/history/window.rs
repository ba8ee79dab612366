//! The view that decisions get: everything up to the reference instant, and nothing after it.

use std::fmt;

use rust_decimal::Decimal;

use super::History;
use super::columns::RowsOfAsset;
use crate::as_of::AsOf;
use crate::asset::{AssetId, AssetInfo};
use crate::quantities::{MarketCap, Price};

/// The snapshots of a history up to and including a reference instant.
///
/// Later snapshots cannot be reached through it, and rows that became known after the reference instant
/// are left out. A window is never empty.
#[derive(Clone, Copy)]
pub struct HistoryWindow<'a> {
    pub(super) history: &'a History,
    /// The index of the newest snapshot.
    pub(super) newest: usize,
    as_of: AsOf,
}

/// A value with the instant of the snapshot that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation<T> {
    /// The snapshot's instant.
    pub as_of: AsOf,
    /// The value.
    pub value: T,
}

impl fmt::Debug for HistoryWindow<'_> {
    /// Names the window by its end, because the history behind it has later rows.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("HistoryWindow");
        shown
            .field("as_of", &self.as_of)
            .field("snapshot_count", &self.snapshot_count())
            .finish_non_exhaustive()
    }
}

impl<'a> HistoryWindow<'a> {
    pub(super) fn ending_at(history: &'a History, newest: usize) -> Option<Self> {
        let as_of = *history.columns.instants.get(newest)?;
        Some(Self { history, newest, as_of })
    }

    /// Returns the reference instant: that of the newest snapshot.
    #[must_use]
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// Returns the number of snapshots, at least 1.
    #[must_use]
    pub fn snapshot_count(&self) -> usize {
        self.newest.saturating_add(1)
    }

    /// Returns the window that ends one snapshot earlier, or `None` if this is the first.
    #[must_use]
    pub fn previous(&self) -> Option<Self> {
        Self::ending_at(self.history, self.newest.checked_sub(1)?)
    }

    /// Returns the instants of the snapshots, ascending.
    #[must_use]
    pub fn instants(&self) -> &'a [AsOf] {
        &self.history.columns.instants[..=self.newest]
    }

    /// Returns the newest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<'a> {
        Snapshot { window: *self }
    }

    /// Returns what the asset list says of an asset, or `None` if the window has no row of it: that an asset will exist
    /// one day is not known before.
    #[must_use]
    pub fn info(&self, asset: &AssetId) -> Option<&'a AssetInfo> {
        self.rows(asset).next().map(|row| row.value.info())
    }

    /// Returns the asset's row in the newest snapshot; there is none for an asset that a corporate action took out of
    /// the universe.
    #[must_use]
    pub fn row(&self, asset: &AssetId) -> Option<Row<'a>> {
        let index = *self.history.index_of_asset.get(asset)?;
        if self.history.actions.retired(index, self.newest) {
            return None;
        }
        let (row, snapshot) = self.rows_of(index).iter().next_back()?;
        if snapshot == self.newest { self.visible(row) } else { None }
    }

    /// Iterates over the asset's known prices, newest first, for statistics.
    ///
    /// Prices from before a corporate action that is in force are on the present basis, rounded down at 28 digits, and go
    /// on with those of the asset that this one succeeds. Money is counted at [`HistoryWindow::last_price`].
    pub fn prices(&self, asset: &AssetId) -> impl Iterator<Item = Observation<Price>> + use<'a> {
        let window = *self;
        let segments = self.history.index_of_asset.get(asset).map(|index| window.segments(*index));
        let segments =
            segments.into_iter().flat_map(|(newest, earlier)| std::iter::once(newest).chain(earlier));
        segments.flat_map(move |segment| window.prices_in(segment))
    }

    /// Returns the asset's last known price, as the snapshots print it, with the instant that it dates from.
    #[must_use]
    pub fn last_price(&self, asset: &AssetId) -> Option<Observation<Price>> {
        let index = *self.history.index_of_asset.get(asset)?;
        self.rows_of(index).iter().rev().find_map(|(row, snapshot)| {
            let value = self.visible(row)?.price()?;
            Some(Observation { as_of: *self.history.columns.instants.get(snapshot)?, value })
        })
    }

    /// Iterates over the asset's rows, newest first, each with its snapshot's instant, as the snapshots print them, and
    /// goes on with the rows of the asset that this one succeeds.
    ///
    /// Amounts in currency compare across corporate actions; prices and units of earlier rows are on their own basis.
    pub fn rows(&self, asset: &AssetId) -> impl DoubleEndedIterator<Item = Observation<Row<'a>>> + use<'a> {
        let window = *self;
        let segments = self.history.index_of_asset.get(asset).map(|index| window.segments(*index));
        let segments =
            segments.into_iter().flat_map(|(newest, earlier)| std::iter::once(newest).chain(earlier));
        let rows = segments.flat_map(|part| part.rows.iter().rev());
        rows.filter_map(move |(row, snapshot)| {
            let value = window.visible(row)?;
            let as_of = *window.history.columns.instants.get(snapshot)?;
            Some(Observation { as_of, value })
        })
    }

    /// Returns an asset's rows, also those that became known only after the reference instant.
    pub(super) fn rows_of(&self, asset: u32) -> RowsOfAsset<'a> {
        self.history.rows_of_asset.of(&self.history.columns, asset, self.snapshot_count())
    }

    /// Returns the row unless it became known only after the reference instant.
    pub(super) fn visible(&self, row: usize) -> Option<Row<'a>> {
        let known_at = self.history.columns.known_at.get(row);
        known_at.is_none_or(|known_at| *known_at <= self.as_of).then_some(Row { history: self.history, row })
    }
}

/// All that is known about the market at one instant.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<'a> {
    window: HistoryWindow<'a>,
}

impl<'a> Snapshot<'a> {
    /// Returns the snapshot's instant.
    #[must_use]
    pub fn as_of(&self) -> AsOf {
        self.window.as_of
    }

    /// Iterates over the rows in the order of the input, without those of assets that a corporate action took out of
    /// the universe.
    pub fn rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let window = self.window;
        let rows = window.history.columns.rows(window.newest).filter_map(move |row| window.visible(row));
        rows.filter(move |row| !window.history.actions.retired(row.asset_number(), window.newest))
    }
}

/// What a snapshot says of one asset. `None` means unknown: the cell is empty or zero.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    history: &'a History,
    row: usize,
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Row");
        shown
            .field("asset", self.asset())
            .field("price", &self.price())
            .field("market_cap", &self.market_cap());
        shown.finish_non_exhaustive()
    }
}

impl<'a> Row<'a> {
    /// Returns the asset.
    #[must_use]
    pub fn asset(&self) -> &'a AssetId {
        &self.history.columns.assets[self.asset_index()]
    }

    /// Returns what the asset list says of the asset.
    #[must_use]
    pub fn info(&self) -> &'a AssetInfo {
        &self.history.infos[self.asset_index()]
    }

    /// Returns the price of one unit.
    #[must_use]
    pub fn price(&self) -> Option<Price> {
        Price::new(self.history.columns.price.get(self.row)?).ok()
    }

    /// Returns the market cap.
    #[must_use]
    pub fn market_cap(&self) -> Option<MarketCap> {
        MarketCap::new(self.history.columns.market_cap.get(self.row)?).ok()
    }

    /// Returns the volume traded, in currency.
    #[must_use]
    pub fn volume(&self) -> Option<Decimal> {
        known(self.history.columns.volume.get(self.row))
    }

    /// Returns the circulating supply, in units.
    #[must_use]
    pub fn circulating_supply(&self) -> Option<Decimal> {
        known(self.history.columns.circulating_supply.get(self.row))
    }

    /// Returns the value of a further numeric column.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Decimal> {
        let column = self.history.columns.attributes.iter().find(|column| column.name == name)?;
        column.values.get(self.row).copied().flatten()
    }

    fn asset_index(&self) -> usize {
        self.asset_number() as usize
    }

    fn asset_number(&self) -> u32 {
        self.history.columns.asset[self.row]
    }
}

fn known(cell: Option<Decimal>) -> Option<Decimal> {
    cell.filter(|value| !value.is_zero())
}
