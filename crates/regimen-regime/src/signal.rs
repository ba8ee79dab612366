//! The interface of signals: history up to an instant in, one finite number out.

use regimen_types::HistoryWindow;

use crate::lookback::Lookback;
use crate::reading::Reading;

/// A signal of the market's regime.
///
/// A reading's value rises, or falls, with the odds of a bullish market; the methodology sets the value at
/// which it votes. Each signal obeys these laws:
///
/// - the reading depends on the window alone, so never on a later row, and the same window has the same
///   reading;
/// - it depends on no observation before [`lookback`](Self::lookback);
/// - it is [`Reading::WarmingUp`] while there are fewer observations than the lookback requires;
/// - every figure is finite: [`SignalReading`](crate::SignalReading) cannot be built from others;
/// - if [`is_scale_invariant`](Self::is_scale_invariant), the value stays (up to rounding) when all prices
///   and market caps are multiplied by one number, as by a change of currency.
///
/// A user's own signal receives only a window that ends at the reference instant:
///
/// ```
/// use regimen_regime::{Lookback, Reading, RegimeSignal};
/// use regimen_types::{AssetId, History, HistoryWindow, RowInput, approximate};
///
/// /// The change of a price since the snapshot before, as a fraction.
/// #[derive(Debug)]
/// struct LastChange(AssetId);
///
/// impl RegimeSignal for LastChange {
///     fn lookback(&self) -> Lookback {
///         Lookback::observations(2)
///     }
///     fn read(&self, window: &HistoryWindow<'_>) -> Reading {
///         let prices = window.prices(&self.0).map(|price| approximate(price.value.decimal()));
///         let prices: Vec<f64> = prices.take(2).collect();
///         let &[now, before] = &prices[..] else { return self.lookback().warming_up(prices.len()) };
///         Reading::of(now / before - 1.0, now, before)
///     }
/// }
///
/// let row = |price: &str| {
///     [RowInput::new("BTC".parse().unwrap(), price.parse().unwrap(), "1".parse().unwrap())]
/// };
/// let history = History::builder()
///     .snapshot("2021-01-01".parse().unwrap(), row("100"))
///     .snapshot("2021-01-02".parse().unwrap(), row("125"))
///     .build()
///     .unwrap();
/// let signal = LastChange("BTC".parse().unwrap());
/// let Reading::Known(reading) = signal.read(&history.newest().unwrap()) else { panic!() };
/// assert_eq!(reading.value(), 0.25);
/// assert_eq!(signal.read(&history.window(0).unwrap()), Reading::WarmingUp { observations: 1, lookback: 2 });
/// ```
pub trait RegimeSignal: std::fmt::Debug + Send + Sync {
    /// Returns how far back a reading looks.
    fn lookback(&self) -> Lookback;

    /// Reads the signal at the window's reference instant.
    fn read(&self, window: &HistoryWindow<'_>) -> Reading;

    /// Reads the signal as if the newest number that it observes were `newest`, to find what would turn it;
    /// `None` if the signal does not support this.
    fn read_if(&self, _window: &HistoryWindow<'_>, _newest: f64) -> Option<Reading> {
        None
    }

    /// Returns the newest number that the signal observes, if it is known.
    fn newest(&self, _window: &HistoryWindow<'_>) -> Option<f64> {
        None
    }

    /// Claims that the value does not depend on the unit of prices and market caps.
    fn is_scale_invariant(&self) -> bool {
        false
    }
}
