//! Faber's rule: month ends against their average.

use std::num::NonZeroU32;

use crate::arithmetic::{CompensatedSum, as_double};
use crate::lookback::{Lookback, month_of};
use crate::reading::Reading;
use crate::series::{Indicator, SeriesWindow};

/// The relative distance of the last month end from the average of the last `months` month ends.
///
/// Faber 2007, "A Quantitative Approach to Tactical Asset Allocation", Journal of Wealth Management 9, with
/// 10 months. A month end is the last observation of a calendar month in UTC. Only past months have one,
/// because a snapshot cannot know that it is the last of its month; the reading therefore changes at the
/// first snapshot of a month and stays until the next. It observes the last month end against the average.
/// Above zero is bullish. A month without an observation has no end, and the signal is warming up until
/// `months` consecutive months have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthEndsAgainstAverage {
    /// The months in the average.
    pub months: NonZeroU32,
}

impl MonthEndsAgainstAverage {
    fn required(self) -> usize {
        usize::try_from(self.months.get()).unwrap_or(usize::MAX)
    }

    /// Returns the ends of the last `months` months before the present one, as far as they have any.
    fn ends(self, series: &SeriesWindow<'_>) -> Vec<f64> {
        let present = month_of(series.as_of());
        let oldest = present.saturating_sub(i64::from(self.months.get()));
        let mut ends: Vec<(i64, f64)> = Vec::new();
        for each in series.observations() {
            let month = month_of(each.as_of);
            if month < oldest || month >= present {
                continue;
            }
            ends.pop_if(|(last, _)| *last == month);
            ends.push((month, each.value));
        }
        ends.into_iter().map(|(_, end)| end).collect()
    }
}

impl Indicator for MonthEndsAgainstAverage {
    fn lookback(&self) -> Lookback {
        Lookback::observations(self.required()).and_months(self.months.get().saturating_add(1))
    }

    fn count(&self, series: &SeriesWindow<'_>) -> usize {
        self.ends(series).len()
    }

    fn read(&self, series: &SeriesWindow<'_>) -> Reading {
        let ends = self.ends(series);
        if ends.len() < self.required() {
            return self.lookback().warming_up(ends.len());
        }
        let newest = ends.last().copied().unwrap_or(f64::NAN);
        let gap = CompensatedSum::of(ends.iter().map(|end| newest - end));
        let total = CompensatedSum::of(ends.iter().copied());
        Reading::of(gap / total, newest, total / as_double(ends.len()))
    }

    fn is_scale_invariant(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use regimen_types::Observation;

    use super::*;
    use crate::series::read_current;

    fn read_at(as_of: &str, observations: &[(&str, f64)]) -> Reading {
        let observe =
            |(text, value): &(&str, f64)| Observation { as_of: text.parse().unwrap(), value: *value };
        let observations: Vec<_> = observations.iter().map(observe).collect();
        MonthEndsAgainstAverage { months: NonZeroU32::new(2).unwrap() }
            .read(&SeriesWindow::new(as_of.parse().unwrap(), &observations))
    }

    #[test]
    fn warming_up_counts_month_ends_from_the_first_snapshot_on() {
        let days = ["2021-01-30", "2021-01-31", "2021-02-01", "2021-02-28", "2021-03-01"];
        let counted = days.iter().enumerate().map(|(number, as_of)| {
            let observations: Vec<_> = days[..=number]
                .iter()
                .map(|text| Observation { as_of: text.parse().unwrap(), value: 1.0 })
                .collect();
            let signal = MonthEndsAgainstAverage { months: NonZeroU32::new(2).unwrap() };
            match read_current(&signal, &SeriesWindow::new(as_of.parse().unwrap(), &observations)) {
                Reading::WarmingUp { observations, lookback: 2 } => observations,
                Reading::Known(_) => 2,
                other => panic!("{other:?}"),
            }
        });
        assert_eq!(counted.collect::<Vec<_>>(), [0, 0, 1, 1, 2]);
    }

    #[test]
    fn by_hand() {
        let days = [
            ("2020-12-31", 999.0),
            ("2021-01-05", 500.0),
            ("2021-01-29", 10.0),
            ("2021-02-28", 30.0),
            ("2021-03-01", 7.0),
            ("2021-03-31", 1.0),
        ];
        // The ends of January and February average 20; February's 30 lies 50 % above.
        let expected = Reading::of(0.5, 30.0, 20.0);
        assert_eq!(read_at("2021-03-01", &days[..5]), expected);
        // On its last day a month has not ended yet.
        assert_eq!(read_at("2021-03-31", &days), expected);
        assert_eq!(read_at("2021-02-28", &days[1..4]), Reading::WarmingUp { observations: 1, lookback: 2 });
        // February has no end here, and December is too old.
        assert_eq!(
            read_at("2021-03-01", &[days[0], days[2], days[4]]),
            Reading::WarmingUp { observations: 1, lookback: 2 }
        );
    }
}
