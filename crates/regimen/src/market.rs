//! The market of a window: last known prices, and which of them may be traded at.

use regimen_planning::{Mark, Market};
use regimen_types::{AssetId, HistoryWindow, Price};

/// Marks assets at their last known price in a window.
#[derive(Clone, Copy, Debug)]
pub struct WindowMarket<'a> {
    window: HistoryWindow<'a>,
    sell_while_stale: bool,
}

impl<'a> WindowMarket<'a> {
    /// Builds the market of a window; `sell_while_stale` lets assets be sold at a carried price.
    #[must_use]
    pub fn new(window: HistoryWindow<'a>, sell_while_stale: bool) -> Self {
        Self { window, sell_while_stale }
    }

    /// Returns the last known price.
    #[must_use]
    pub fn last_price(&self, asset: &AssetId) -> Option<Price> {
        self.window.last_price(asset).map(|price| price.value)
    }
}

impl Market for WindowMarket<'_> {
    fn mark(&self, asset: &AssetId) -> Option<Mark> {
        let last = self.window.last_price(asset)?;
        let fresh = last.as_of == self.window.as_of();
        Some(Mark {
            price: last.value,
            as_of: last.as_of,
            buyable: fresh,
            sellable: fresh || self.sell_while_stale,
        })
    }
}
