//! Volatility of prices, as a standard deviation per day.

use regimen_types::{AssetId, Bps, HistoryWindow, Ratio, approximate};
use rust_decimal::Decimal;

const SECONDS_PER_DAY: f64 = 86_400.0;

/// Returns the realised volatility of an asset over its last `count` returns, as a standard deviation per
/// day: the root of the sum of squared returns over the days that they took (Andersen and Bollerslev 1998,
/// "Answering the Skeptics", International Economic Review 39). `None` with fewer than two returns.
///
/// Snapshots of any spacing give the same unit. Nothing but the four operations and a root is used, which are
/// the same to the last bit on every machine.
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

/// Returns the distance of `deviations` standard deviations of a price's move over `milliseconds`, in whole
/// basis points.
pub(crate) fn scaled_volatility(volatility: Bps, deviations: Ratio, milliseconds: i64) -> Option<Bps> {
    let daily = approximate(volatility.decimal()) / 10_000.0;
    let days = approximate(Decimal::from(milliseconds.max(0))) / 1000.0 / SECONDS_PER_DAY;
    Bps::from_statistic(approximate(deviations.decimal()) * daily * days.sqrt())
}
