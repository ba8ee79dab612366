//! The view that decisions get: everything up to the reference instant, and nothing later.

use std::fmt;

use rust_decimal::Decimal;

use super::market::History;
use super::observation::Observation;
use super::segments::{Segment, Tracing};
use crate::action::CorporateAction;
use crate::as_of::AsOf;
use crate::asset::{AssetId, AssetInfo};
use crate::quantities::{MarketCap, Price};

/// The snapshots of a history up to and including a reference instant.
///
/// It gives no access to later snapshots, and leaves out rows that became known after the reference instant.
/// A window is never empty.
#[derive(Clone, Copy)]
pub struct HistoryWindow<'a> {
    history: &'a History,
    /// The index of the newest snapshot.
    newest: usize,
    as_of: AsOf,
}

impl fmt::Debug for HistoryWindow<'_> {
    /// Shows only the end of the window, because the history behind it has later rows.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("HistoryWindow");
        shown
            .field("as_of", &self.as_of)
            .field("snapshot_count", &self.snapshot_count())
            .finish_non_exhaustive()
    }
}

impl<'a> HistoryWindow<'a> {
    fn ending_at(history: &'a History, newest: usize) -> Option<Self> {
        let as_of = *history.indexed.columns.instants.get(newest)?;
        Some(Self { history, newest, as_of })
    }

    /// Returns the reference instant, which is that of the newest snapshot.
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
        &self.history.indexed.columns.instants[..=self.newest]
    }

    /// Returns the newest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<'a> {
        Snapshot { window: *self }
    }

    /// Returns an asset's entry in the asset list; `None` if the window has no row of the asset, because its
    /// later existence is not known yet.
    #[must_use]
    pub fn info(&self, asset: &AssetId) -> Option<&'a AssetInfo> {
        self.rows(asset).next().map(|row| row.value.info())
    }

    /// Returns the asset's row in the newest snapshot; `None` for an asset that a corporate action removed
    /// from the universe.
    #[must_use]
    pub fn row(&self, asset: &AssetId) -> Option<Row<'a>> {
        let index = self.history.indexed.index_of(asset)?;
        if self.history.actions.retired(index, self.newest) {
            return None;
        }
        let (row, snapshot) =
            self.history.indexed.rows_of(index, self.snapshot_count()).iter().next_back()?;
        if snapshot == self.newest { self.visible(row) } else { None }
    }

    /// Iterates over the asset's known prices, newest first, for statistics.
    ///
    /// Prices from before a corporate action in effect are on the present basis, rounded down at 28 digits,
    /// and continue with those of the asset that this one succeeds. Holdings are valued at
    /// [`HistoryWindow::last_price`].
    pub fn prices(&self, asset: &AssetId) -> impl Iterator<Item = Observation<Price>> + use<'a> {
        let window = *self;
        window.segments(asset).flat_map(move |segment| window.prices_in(segment))
    }

    /// Returns the asset's last known price, as its snapshot states it, with the instant of that snapshot.
    #[must_use]
    pub fn last_price(&self, asset: &AssetId) -> Option<Observation<Price>> {
        let index = self.history.indexed.index_of(asset)?;
        self.history.indexed.rows_of(index, self.snapshot_count()).iter().rev().find_map(|(row, snapshot)| {
            let value = self.visible(row)?.price()?;
            Some(Observation { as_of: *self.history.indexed.columns.instants.get(snapshot)?, value })
        })
    }

    /// Iterates over the asset's rows as the snapshots state them, newest first, each with its snapshot's
    /// instant, and continues with the rows of the asset that this one succeeds.
    ///
    /// Amounts in currency are comparable across corporate actions; prices and units of earlier rows are on
    /// their own basis.
    pub fn rows(&self, asset: &AssetId) -> impl DoubleEndedIterator<Item = Observation<Row<'a>>> + use<'a> {
        let window = *self;
        let rows = window.segments(asset).flat_map(|part| part.rows.iter().rev());
        rows.filter_map(move |(row, snapshot)| {
            let value = window.visible(row)?;
            let as_of = *window.history.indexed.columns.instants.get(snapshot)?;
            Some(Observation { as_of, value })
        })
    }

    /// Iterates over the parts of an asset's history, newest first.
    fn segments(self, asset: &AssetId) -> impl DoubleEndedIterator<Item = Segment<'a>> + use<'a> {
        let Self { history, newest, as_of } = self;
        let parts =
            history.indexed.index_of(asset).map(|asset| Tracing { history, newest, as_of }.segments(asset));
        parts.into_iter().flat_map(|(newest, earlier)| std::iter::once(newest).chain(earlier))
    }

    /// Iterates over the known prices of a part of an asset's history, newest first.
    fn prices_in(self, segment: Segment<'a>) -> impl Iterator<Item = Observation<Price>> + use<'a> {
        segment.rows.iter().rev().filter_map(move |(row, snapshot)| {
            let value = segment.rebased(self.visible(row)?.price()?)?;
            let as_of = *self.history.indexed.columns.instants.get(snapshot)?;
            Some(Observation { as_of, value })
        })
    }

    /// Iterates over the corporate actions that take effect at the newest snapshot, in the order of booking.
    pub fn corporate_actions(&self) -> impl Iterator<Item = &'a CorporateAction> + use<'a> {
        self.history.actions.at(self.newest)
    }

    /// Returns the present identifier of an asset: its own, or that of its successor by the swaps and ticker
    /// changes in effect.
    #[must_use]
    pub fn present_name<'n>(&self, asset: &'n AssetId) -> &'n AssetId
    where
        'a: 'n,
    {
        self.history.actions.present_name(asset, self.newest)
    }

    /// Returns the row unless it became known only after the reference instant.
    fn visible(&self, row: usize) -> Option<Row<'a>> {
        self.history.indexed.is_known(row, self.as_of).then_some(Row { history: self.history, row })
    }
}

impl History {
    /// Returns the window that ends with snapshot `index`, from 0; `None` beyond the last.
    #[must_use]
    pub fn window(&self, index: usize) -> Option<HistoryWindow<'_>> {
        HistoryWindow::ending_at(self, index)
    }

    /// Returns the window that ends with the newest snapshot; `None` for an empty history.
    #[must_use]
    pub fn newest(&self) -> Option<HistoryWindow<'_>> {
        self.window(self.snapshot_count().checked_sub(1)?)
    }

    /// Iterates over the windows that end with each snapshot, oldest first.
    pub fn windows(&self) -> impl Iterator<Item = HistoryWindow<'_>> {
        (0..self.snapshot_count()).filter_map(|index| self.window(index))
    }
}

/// The market at one instant, as known then.
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

    /// Iterates over the rows in the order of the input, without those of assets that a corporate action
    /// removed from the universe.
    pub fn rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let window = self.window;
        let rows =
            window.history.indexed.columns.rows(window.newest).filter_map(move |row| window.visible(row));
        rows.filter(move |row| !window.history.actions.retired(row.asset_number(), window.newest))
    }
}

/// One asset's row in a snapshot. `None` means unknown: the cell is empty or zero.
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
        &self.history.indexed.columns.assets[self.asset_index()]
    }

    /// Returns the asset's entry in the asset list.
    #[must_use]
    pub fn info(&self) -> &'a AssetInfo {
        &self.history.infos[self.asset_index()]
    }

    /// Returns the price of one unit.
    #[must_use]
    pub fn price(&self) -> Option<Price> {
        Price::new(self.history.indexed.columns.price.get(self.row)?).ok()
    }

    /// Returns the market cap.
    #[must_use]
    pub fn market_cap(&self) -> Option<MarketCap> {
        MarketCap::new(self.history.indexed.columns.market_cap.get(self.row)?).ok()
    }

    /// Returns the volume traded, in currency.
    #[must_use]
    pub fn volume(&self) -> Option<Decimal> {
        known(self.history.indexed.columns.volume.get(self.row))
    }

    /// Returns the circulating supply, in units.
    #[must_use]
    pub fn circulating_supply(&self) -> Option<Decimal> {
        known(self.history.indexed.columns.circulating_supply.get(self.row))
    }

    /// Returns the value of a further numeric column.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Decimal> {
        let column = self.history.indexed.columns.attributes.iter().find(|column| column.name == name)?;
        column.values.get(self.row).copied().flatten()
    }

    fn asset_index(&self) -> usize {
        self.asset_number() as usize
    }

    fn asset_number(&self) -> u32 {
        self.history.indexed.columns.asset[self.row]
    }
}

fn known(cell: Option<Decimal>) -> Option<Decimal> {
    cell.filter(|value| !value.is_zero())
}
