//! The outcome of reading a signal.

use regimen_types::AsOf;
use serde::{Deserialize, Serialize};

use crate::lookback::Lookback;

/// The outcome of reading a signal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// There are too few observations so far.
    WarmingUp {
        /// The number of observations so far.
        observations: usize,
        /// The number of observations needed.
        lookback: usize,
    },
    /// The signal's input is missing at the reference instant; the regime stays as it is.
    Missing,
    /// The newest value of an outside series is too old; the definition states what happens then.
    Stale {
        /// The instant of the newest value.
        newest: AsOf,
        /// The signal's behaviour while stale.
        then: WhenStale,
    },
    /// The signal has a value.
    Known(SignalReading),
}

regimen_types::named! {
    /// The behaviour of a signal whose outside series is stale.
    pub enum WhenStale {
        /// The regime stays as it is, and so does the count of votes.
        Hold = "hold",
        /// The other signals decide; without other signals, the regime stays as it is.
        LeaveOut = "leave_out",
        /// The signal's score is 1.
        Bullish = "bullish",
        /// The signal's score is -1.
        Bearish = "bearish",
    }
}

/// A signal's value with the figures behind it. All are finite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalReading {
    value: f64,
    observed: f64,
    benchmark: f64,
}

impl SignalReading {
    /// Builds a reading whose `value` compares an `observed` number with a `benchmark`; `None` if any is not
    /// finite.
    #[must_use]
    pub fn new(value: f64, observed: f64, benchmark: f64) -> Option<Self> {
        let finite = value.is_finite() && observed.is_finite() && benchmark.is_finite();
        finite.then_some(Self { value, observed, benchmark })
    }

    /// Returns the value that is scored.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Returns the observed number, such as the price.
    #[must_use]
    pub fn observed(&self) -> f64 {
        self.observed
    }

    /// Returns the number it is compared with, such as the average.
    #[must_use]
    pub fn benchmark(&self) -> f64 {
        self.benchmark
    }
}

impl Reading {
    /// Builds a known reading, or [`Reading::Missing`] if a figure is not finite.
    #[must_use]
    pub fn of(value: f64, observed: f64, benchmark: f64) -> Self {
        SignalReading::new(value, observed, benchmark).map_or(Self::Missing, Self::Known)
    }

    /// Returns the value and its figures, if the reading has a value.
    #[must_use]
    pub fn known(&self) -> Option<&SignalReading> {
        match self {
            Self::Known(known) => Some(known),
            Self::WarmingUp { .. } | Self::Missing | Self::Stale { .. } => None,
        }
    }
}

impl Lookback {
    /// Returns the reading of a signal with too few observations.
    #[must_use]
    pub const fn warming_up(self, observations: usize) -> Reading {
        Reading::WarmingUp { observations, lookback: self.required() }
    }
}
