//! The market of a window: last known prices, and which of them may be traded at.

use regimen_planning::{Liquidity, Mark, Market};
use regimen_types::{AssetId, Bps, HistoryWindow, Money, Price, Ratio, approximate};
use rust_decimal::Decimal;

use crate::methodology::{LiquiditySource, PortfolioRules};

/// Marks assets at their last known price in a window.
#[derive(Clone, Copy, Debug)]
pub struct WindowMarket<'a> {
    window: HistoryWindow<'a>,
    sell_while_stale: bool,
    liquidity: Option<&'a LiquiditySource>,
}

impl<'a> WindowMarket<'a> {
    /// Builds the market that a window shows to the portfolio that follows an index, with what the costs need to know of
    /// each asset's liquidity.
    #[must_use]
    pub fn of(rules: &PortfolioRules<'a>, window: HistoryWindow<'a>) -> Self {
        let market = Self::new(window, rules.vanished.sell_while_stale());
        Self { liquidity: Some(rules.liquidity()), ..market }
    }

    /// Builds the market of a window; `sell_while_stale` lets assets be sold at a carried price.
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

const SECONDS_PER_DAY: f64 = 86_400.0;

/// Returns the realised volatility of an asset over its last `count` returns, as a standard deviation per day: the root
/// of the sum of squared returns over the days that they took (Andersen and Bollerslev 1998, "Answering the Skeptics",
/// International Economic Review 39). `None` with fewer than two returns.
///
/// Snapshots of any spacing give the same unit. Nothing but the four operations and a root is used, which are the same to
/// the last bit on every machine.
pub(crate) fn daily_volatility(window: &HistoryWindow<'_>, asset: &AssetId, count: u32) -> Option<Bps> {
    let mut prices = window.prices(asset).take(usize::try_from(count).ok()?.saturating_add(1));
    let newest = prices.next()?;
    let (mut later, mut oldest, mut returns, mut squares) =
        (approximate(newest.value.decimal()), newest, 0_u32, 0.0);
    for earlier in prices {
        let price = approximate(earlier.value.decimal());
        let change = later / price - 1.0;
        squares += change * change;
        (later, oldest, returns) = (price, earlier, returns + 1);
    }
    let seconds =
        u32::try_from(newest.as_of.millis_since(oldest.as_of) / 1000).ok().filter(|seconds| *seconds > 0)?;
    if returns < 2 {
        return None;
    }
    Bps::from_statistic((squares / (f64::from(seconds) / SECONDS_PER_DAY)).sqrt())
}

/// Returns so many standard deviations of a price's move over some milliseconds, in whole basis points.
pub(crate) fn scaled_volatility(volatility: Bps, deviations: Ratio, milliseconds: i64) -> Option<Bps> {
    let daily = approximate(volatility.decimal()) / 10_000.0;
    let days = approximate(Decimal::from(milliseconds.max(0))) / 1000.0 / SECONDS_PER_DAY;
    Bps::from_statistic(approximate(deviations.decimal()) * daily * days.sqrt())
}
