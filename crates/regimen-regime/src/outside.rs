//! Series from outside the market: a proprietary signal, fear and greed, an interest rate.

use std::sync::Arc;

use regimen_types::{AsOf, HistoryWindow, Observation};

use crate::lookback::Lookback;
use crate::reading::{Reading, WhenStale};
use crate::series::{Indicator, SeriesWindow};
use crate::signal::RegimeSignal;

/// One value of an outside series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutsideValue {
    /// The instant that the value describes.
    pub as_of: AsOf,
    /// When it became known; not before `as_of`.
    pub known_at: AsOf,
    /// The value.
    pub value: f64,
}

/// The values of an outside series, oldest first.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OutsideSeries(Vec<OutsideValue>);

/// Why values are not a series. Rows count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutsideSeriesError {
    /// The instants do not ascend.
    #[error("row {row} is not later than the one before it")]
    Unsorted {
        /// The row.
        row: usize,
    },
    /// A value became known before its own instant.
    #[error("row {row} became known before its own instant")]
    KnownBefore {
        /// The row.
        row: usize,
    },
    /// A value is infinite or not a number.
    #[error("row {row} is not finite")]
    NotFinite {
        /// The row.
        row: usize,
    },
}

impl OutsideSeries {
    /// Builds a series.
    ///
    /// # Errors
    /// [`OutsideSeriesError`] if instants do not ascend, a value became known before its instant, or is not
    /// finite.
    pub fn new(values: Vec<OutsideValue>) -> Result<Self, OutsideSeriesError> {
        let mut previous = None;
        for (row, each) in values.iter().enumerate() {
            if previous.is_some_and(|previous| previous >= each.as_of) {
                return Err(OutsideSeriesError::Unsorted { row });
            }
            if each.known_at < each.as_of {
                return Err(OutsideSeriesError::KnownBefore { row });
            }
            if !each.value.is_finite() {
                return Err(OutsideSeriesError::NotFinite { row });
            }
            previous = Some(each.as_of);
        }
        Ok(Self(values))
    }

    /// Returns the values, oldest first.
    #[must_use]
    pub fn values(&self) -> &[OutsideValue] {
        &self.0
    }

    /// Iterates over the values that are known at an instant, newest first.
    pub fn known_at(&self, as_of: AsOf) -> impl Iterator<Item = Observation<f64>> + '_ {
        let end = self.0.partition_point(|each| each.as_of <= as_of);
        let visible = self.0.get(..end).unwrap_or_default().iter().rev();
        visible
            .filter(move |each| each.known_at <= as_of)
            .map(|each| Observation { as_of: each.as_of, value: each.value })
    }
}

/// The signal of an indicator that reads an outside series.
///
/// The newest value known at the reference instant is current for `max_stale_days` days of 24 hours; after
/// that the reading is [`Reading::Stale`]. The lookback counts values of the series, not snapshots.
#[derive(Debug)]
pub struct OutsideSignal<I> {
    /// The series.
    pub series: Arc<OutsideSeries>,
    /// The indicator that reads the series.
    pub indicator: I,
    /// The days of 24 hours after which a value is too old.
    pub max_stale_days: u32,
    /// The signal's behaviour after that.
    pub when_stale: WhenStale,
}

impl<I: Indicator> OutsideSignal<I> {
    fn read_with(&self, as_of: AsOf, newest: Option<f64>) -> Reading {
        let lookback = self.indicator.lookback();
        let mut observations = lookback.take(self.series.known_at(as_of), as_of);
        if let (Some(replaced), Some(last)) = (newest, observations.last_mut()) {
            last.value = replaced;
        }
        let Some(last) = observations.last() else { return lookback.warming_up(0) };
        let series = SeriesWindow::new(as_of, &observations);
        let count = self.indicator.count(&series);
        if count < lookback.required() {
            return lookback.warming_up(count);
        }
        if as_of.is_more_than_days_after(last.as_of, self.max_stale_days) {
            return Reading::Stale { newest: last.as_of, then: self.when_stale };
        }
        self.indicator.read(&series)
    }
}

impl<I: Indicator> RegimeSignal for OutsideSignal<I> {
    fn lookback(&self) -> Lookback {
        self.indicator.lookback()
    }

    fn read(&self, window: &HistoryWindow<'_>) -> Reading {
        self.read_with(window.as_of(), None)
    }

    fn read_if(&self, window: &HistoryWindow<'_>, newest: f64) -> Option<Reading> {
        Some(self.read_with(window.as_of(), Some(newest)))
    }

    fn newest(&self, window: &HistoryWindow<'_>) -> Option<f64> {
        self.series.known_at(window.as_of()).next().map(|newest| newest.value)
    }

    /// No price is read, so the unit of prices does not matter.
    fn is_scale_invariant(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;
    use crate::testing::day_of;

    fn value(day: i64, known: i64, value: f64) -> OutsideValue {
        OutsideValue { as_of: day_of(day), known_at: day_of(known), value }
    }

    fn signal(values: &[OutsideValue]) -> OutsideSignal<Level> {
        let series = Arc::new(OutsideSeries::new(values.to_vec()).unwrap());
        OutsideSignal { series, indicator: Level, max_stale_days: 2, when_stale: WhenStale::Bearish }
    }

    #[test]
    fn by_hand() {
        // The value of day 1 becomes known on day 3, after that of day 2.
        let signal = signal(&[value(0, 0, 10.0), value(1, 3, 20.0), value(2, 2, 30.0)]);
        let at = |day| signal.read_with(day_of(day), None);
        assert_eq!(at(0), Reading::of(10.0, 10.0, 10.0));
        assert_eq!(at(1), Reading::of(10.0, 10.0, 10.0));
        assert_eq!(at(4), Reading::of(30.0, 30.0, 30.0));
        assert_eq!(at(5), Reading::Stale { newest: day_of(2), then: WhenStale::Bearish });
        assert_eq!(signal.read_with(day_of(4), Some(7.0)), Reading::of(7.0, 7.0, 7.0));
        assert_eq!(signal.read_with(day_of(-1), None), Reading::WarmingUp { observations: 0, lookback: 1 });
        let known: Vec<f64> = signal.series.known_at(day_of(3)).map(|each| each.value).collect();
        assert_eq!(known, [30.0, 20.0, 10.0]);
    }

    #[test]
    fn refuses_what_is_no_series() {
        let refusal = |values: &[OutsideValue]| OutsideSeries::new(values.to_vec()).unwrap_err();
        assert_eq!(refusal(&[value(1, 1, 1.0), value(1, 1, 1.0)]), OutsideSeriesError::Unsorted { row: 1 });
        assert_eq!(refusal(&[value(1, 0, 1.0)]), OutsideSeriesError::KnownBefore { row: 0 });
        assert_eq!(refusal(&[value(1, 1, f64::NAN)]), OutsideSeriesError::NotFinite { row: 0 });
    }
}
