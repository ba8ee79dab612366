//! The market of a window: last known prices, and which of them may be traded at.

use regimen_planning::{Liquidity, Mark, Market};
use regimen_types::{AssetId, Bps, HistoryWindow, Money, Price};

use super::volatility::daily_volatility;
use crate::methodology::{LiquiditySource, PortfolioRules};

/// Marks assets at their last known price in a window.
#[derive(Clone, Copy, Debug)]
pub struct WindowMarket<'a> {
    window: HistoryWindow<'a>,
    sell_while_stale: bool,
    liquidity: Option<&'a LiquiditySource>,
}

impl<'a> WindowMarket<'a> {
    /// Builds the market of a window by a portfolio's rules, with what its costs need to know of each asset's
    /// liquidity.
    #[must_use]
    pub fn of(rules: &PortfolioRules<'a>, window: HistoryWindow<'a>) -> Self {
        let sell_while_stale = rules.vanished.sell_while_stale();
        Self { window, sell_while_stale, liquidity: Some(rules.liquidity()) }
    }

    /// Builds the market of a window without liquidity; `sell_while_stale` lets assets be sold at a carried
    /// price.
    #[must_use]
    pub fn new(window: HistoryWindow<'a>, sell_while_stale: bool) -> Self {
        Self { window, sell_while_stale, liquidity: None }
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

    /// Takes volume and half-spread from the newest snapshot, volatility from the known prices up to it.
    fn liquidity(&self, asset: &AssetId) -> Liquidity {
        let row = self.window.row(asset);
        let volume = row.and_then(|row| row.volume()).and_then(|volume| Money::new(volume).ok());
        let source = self.liquidity;
        let column = source.and_then(|source| source.half_spread_column.as_deref());
        let half_spread = row.zip(column).and_then(|(row, column)| Bps::new(row.attribute(column)?).ok());
        let snapshots = source.and_then(|source| source.volatility_snapshots);
        let volatility = snapshots.and_then(|count| daily_volatility(&self.window, asset, count.get()));
        Liquidity { volume, volatility, half_spread }
    }
}
