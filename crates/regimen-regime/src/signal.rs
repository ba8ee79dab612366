//! What a signal is: history up to an instant in, one finite number out.

use regimen_types::HistoryWindow;
use serde::{Deserialize, Serialize};

/// A signal of the market's regime.
///
/// Laws: the reading depends on the window alone (so never on a later row), is finite, and is
/// [`Reading::WarmingUp`] until `lookback` observations are there.
pub trait RegimeSignal: std::fmt::Debug + Send + Sync {
    /// Returns the number of observations that a reading needs.
    fn lookback(&self) -> usize;

    /// Reads the signal at the window's reference instant.
    fn read(&self, window: &HistoryWindow<'_>) -> Reading;
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
