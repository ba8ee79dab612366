//! Averages: a number against its average, and a fast average against a slow one.

use std::num::NonZeroUsize;

use regimen_types::Observation;

use crate::arithmetic::CompensatedSum;
use crate::lookback::Lookback;
use crate::reading::Reading;
use crate::series::{Indicator, SeriesWindow};

/// A moving average.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Average {
    /// The mean of the last `window` observations, including the newest.
    Simple {
        /// The number of observations.
        window: NonZeroUsize,
    },
    /// The exponentially weighted mean of the last `window` observations: the newest has the weight 1, each
    /// earlier one `1 - 2 / (span + 1)` times that of the next (pandas' `ewm(span, adjust=True)` of those
    /// observations).
    Exponential {
        /// The span, which sets the decay: the mean age of the weights is `(span - 1) / 2` observations.
        span: NonZeroUsize,
        /// The number of observations.
        window: NonZeroUsize,
    },
}

/// An average, stored as its distance from the newest observation, so that a flat series has a distance of
/// exactly zero.
pub(crate) struct Averaged {
    /// The weighted sum of `newest - each`.
    gap: f64,
    /// The weighted sum of the observations.
    total: f64,
    /// The sum of the weights.
    weights: f64,
}

impl Averaged {
    pub(crate) fn value(&self) -> f64 {
        self.total / self.weights
    }

    /// Returns `newest / average - 1`.
    pub(crate) fn distance(&self) -> f64 {
        self.gap / self.total
    }
}

impl Average {
    /// Builds a simple average.
    #[must_use]
    pub fn simple(window: NonZeroUsize) -> Self {
        Self::Simple { window }
    }

    /// Returns the number of observations.
    #[must_use]
    pub fn window(self) -> usize {
        match self {
            Self::Simple { window } | Self::Exponential { window, .. } => window.get(),
        }
    }

    /// Averages the last observations, or returns `None` if there are too few.
    pub(crate) fn of(self, series: &SeriesWindow<'_>) -> Option<Averaged> {
        Some(self.of_all(series.last(self.window())?))
    }

    /// Averages all given observations, the newest last.
    fn of_all(self, observations: &[Observation<f64>]) -> Averaged {
        let newest = observations.last().map_or(0.0, |newest| newest.value);
        let decay = match self {
            Self::Simple { .. } => 1.0,
            Self::Exponential { span, .. } => 1.0 - 2.0 / (crate::arithmetic::as_double(span.get()) + 1.0),
        };
        let [mut gap, mut total, mut weights] = [CompensatedSum::default(); 3];
        let mut weight = 1.0;
        for earlier in observations.iter().rev() {
            gap.add(weight * (newest - earlier.value));
            total.add(weight * earlier.value);
            weights.add(weight);
            weight *= decay;
        }
        Averaged { gap: gap.value(), total: total.value(), weights: weights.value() }
    }
}

/// The relative distance of a number from its average: `newest / average - 1`.
///
/// Brock, Lakonishok and LeBaron 1992, "Simple Technical Trading Rules and the Stochastic Properties of Stock
/// Returns", Journal of Finance 47. It observes the newest number against the average. Above zero is bullish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgainstAverage(pub Average);

impl Indicator for AgainstAverage {
    fn lookback(&self) -> Lookback {
        Lookback::observations(self.0.window())
    }

    fn read(&self, series: &SeriesWindow<'_>) -> Reading {
        let (Some(average), Some(newest)) = (self.0.of(series), series.observations().last()) else {
            return self.lookback().warming_up(series.observations().len());
        };
        Reading::of(average.distance(), newest.value, average.value())
    }

    fn is_scale_invariant(&self) -> bool {
        true
    }
}

/// The relative distance of a fast average from a slow one: `fast / slow - 1`.
///
/// The dual moving average of Brock, Lakonishok and LeBaron 1992. It observes the fast average against the
/// slow one. Above zero is bullish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AverageCrossover {
    /// The fast average.
    pub fast: Average,
    /// The slow average.
    pub slow: Average,
}

impl Indicator for AverageCrossover {
    fn lookback(&self) -> Lookback {
        Lookback::observations(self.fast.window().max(self.slow.window()))
    }

    fn read(&self, series: &SeriesWindow<'_>) -> Reading {
        let (Some(fast), Some(slow)) = (self.fast.of(series), self.slow.of(series)) else {
            return self.lookback().warming_up(series.observations().len());
        };
        // Both gaps are relative to the newest number, so the averages of a flat series are exactly equal.
        let difference = slow.gap / slow.weights - fast.gap / fast.weights;
        Reading::of(difference / slow.value(), fast.value(), slow.value())
    }

    fn is_scale_invariant(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{known, series_of};

    fn count(number: usize) -> NonZeroUsize {
        NonZeroUsize::new(number).unwrap()
    }

    #[test]
    fn against_a_simple_average_by_hand() {
        // The average of 10, 20 and 60 is 30; 60 lies 100 % above it.
        let reading = known(&AgainstAverage(Average::simple(count(3))), &[999.0, 10.0, 20.0, 60.0]);
        assert_eq!((reading.value(), reading.observed(), reading.benchmark()), (1.0, 60.0, 30.0));
    }

    #[test]
    fn against_an_exponential_average_by_hand() {
        // A span of 3 decays by half: (8 + 4 / 2 + 16 / 4) / (1 + 1/2 + 1/4) = 14 / 1.75 = 8.
        let average = Average::Exponential { span: count(3), window: count(3) };
        let reading = known(&AgainstAverage(average), &[999.0, 16.0, 4.0, 8.0]);
        assert_eq!((reading.value(), reading.observed(), reading.benchmark()), (0.0, 8.0, 8.0));
    }

    #[test]
    fn a_crossover_by_hand() {
        // The last two average 6, all four 4: 50 % above.
        let crossover = AverageCrossover { fast: Average::simple(count(2)), slow: Average::simple(count(4)) };
        let reading = known(&crossover, &[1.0, 3.0, 4.0, 8.0]);
        assert_eq!((reading.value(), reading.observed(), reading.benchmark()), (0.5, 6.0, 4.0));
    }

    #[test]
    fn too_few_observations() {
        let observations = series_of(&[1.0, 2.0]);
        let series = SeriesWindow::new(observations[1].as_of, &observations);
        let average = AgainstAverage(Average::simple(count(3)));
        assert_eq!(average.read(&series), Reading::WarmingUp { observations: 2, lookback: 3 });
    }

    proptest! {
        #[test]
        fn equals_the_exact_distance(cents in prop::collection::vec(1_i64..100_000_000, 2..60)) {
            let texts = cents.iter().map(|cents| format!("{}.{:02}", cents / 100, cents % 100));
            let prices: Vec<f64> = texts.map(|text| text.parse().unwrap()).collect();
            let reading = known(&AgainstAverage(Average::simple(count(cents.len()))), &prices);
            let (last, total) =
                (i128::from(*cents.last().unwrap()), cents.iter().map(|c| i128::from(*c)).sum::<i128>());
            let gap = last * i128::try_from(cents.len()).unwrap() - total;
            prop_assert_eq!(reading.value() > 0.0, gap > 0);
            prop_assert!((reading.value() - gap as f64 / total as f64).abs() < 1e-12);
        }

        #[test]
        fn a_flat_series_is_at_its_averages_exactly(price in 1e-6..1e9_f64, fast in 1..50_usize, slow in 50..200_usize) {
            let prices = vec![price; 200];
            let exponential = Average::Exponential { span: count(fast), window: count(slow) };
            let simple = Average::simple(count(slow));
            prop_assert_eq!(known(&AgainstAverage(exponential), &prices).value(), 0.0);
            prop_assert_eq!(known(&AgainstAverage(simple), &prices).value(), 0.0);
            let crossover = AverageCrossover { fast: exponential, slow: simple };
            prop_assert_eq!(known(&crossover, &prices).value(), 0.0);
        }
    }
}
