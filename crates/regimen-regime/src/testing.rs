//! Series for unit tests.

use regimen_types::{AsOf, Observation};

use crate::reading::{Reading, SignalReading};
use crate::series::{Indicator, SeriesWindow};

/// Builds a daily series from 1970-01-01 on.
pub(crate) fn series_of(values: &[f64]) -> Vec<Observation<f64>> {
    let days = (0_i64..).zip(values);
    days.map(|(day, value)| Observation { as_of: day_of(day), value: *value }).collect()
}

pub(crate) fn day_of(day: i64) -> AsOf {
    AsOf::from_unix_millis(day * 86_400_000).unwrap()
}

/// Reads an indicator at the end of a daily series.
pub(crate) fn read(indicator: &impl Indicator, values: &[f64]) -> Reading {
    let observations = series_of(values);
    let as_of = observations.last().map_or(day_of(0), |last| last.as_of);
    indicator.read(&SeriesWindow::new(as_of, &observations))
}

/// Reads an indicator that must have a value.
#[track_caller]
pub(crate) fn known(indicator: &impl Indicator, values: &[f64]) -> SignalReading {
    match read(indicator, values) {
        Reading::Known(known) => known,
        other => panic!("{other:?}"),
    }
}
