//! What a signal is: history up to an instant in, one finite number out.

use regimen_types::HistoryWindow;
use serde::{Deserialize, Serialize};

use crate::lookback::Lookback;

/// A signal of the market's regime.
///
/// A reading's value grows, or falls, with the odds of a bullish market; the methodology says from which value on it
/// votes. Each signal keeps these laws:
///
/// - the reading depends on the window alone, so never on a later row, and the same window has the same reading;
/// - it depends on no observation before [`lookback`](Self::lookback);
/// - it is [`Reading::WarmingUp`] while there are fewer observations than the lookback requires;
/// - every figure is finite: [`SignalReading`] cannot be built from others;
/// - if [`is_scale_invariant`](Self::is_scale_invariant), the value stays (up to rounding) when all prices and market
///   caps are multiplied by one number, as by a change of currency.
///
/// A user's own signal is handed nothing but a window that ends at the reference instant:
///
/// ```
/// use regimen_regime::{Lookback, Reading, RegimeSignal, SignalReading};
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
///         let prices: Vec<f64> = window.prices(&self.0).take(2).map(|price| approximate(price.value.decimal())).collect();
///         let &[now, before] = &prices[..] else { return self.lookback().warming_up(prices.len()) };
///         SignalReading::new(now / before - 1.0, now, before).map_or(Reading::Missing, Reading::Known)
///     }
/// }
///
/// let row = |price: &str| [RowInput::new("BTC".parse().unwrap(), price.parse().unwrap(), "1".parse().unwrap())];
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

    /// Claims that the value does not depend on the unit of prices and market caps.
    fn is_scale_invariant(&self) -> bool {
        false
    }
}

/// The outcome of reading a signal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// There are too few observations yet.
    WarmingUp {
        /// The observations that are there.
        observations: usize,
        /// The observations that are needed.
        lookback: usize,
    },
    /// The signal's input is missing at the reference instant; the regime stays as it is.
    Missing,
    /// The signal has a value.
    Known(SignalReading),
}

/// A signal's value with the figures behind it. All are finite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalReading {
    value: f64,
    observed: f64,
    benchmark: f64,
}

impl Lookback {
    /// Returns the reading of a signal with too few observations.
    #[must_use]
    pub const fn warming_up(self, observations: usize) -> Reading {
        Reading::WarmingUp { observations, lookback: self.required() }
    }
}

impl SignalReading {
    /// Builds a reading of a `value` that compares what was `observed` with a `benchmark`, or `None` if any is not finite.
    #[must_use]
    pub fn new(value: f64, observed: f64, benchmark: f64) -> Option<Self> {
        let finite = value.is_finite() && observed.is_finite() && benchmark.is_finite();
        finite.then_some(Self { value, observed, benchmark })
    }

    /// Returns the number that the thresholds are compared with.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Returns what was observed, such as the price.
    #[must_use]
    pub fn observed(&self) -> f64 {
        self.observed
    }

    /// Returns what it was compared with, such as the average.
    #[must_use]
    pub fn benchmark(&self) -> f64 {
        self.benchmark
    }
}
