//! A two-state Markov-switching filter.

mod fit;

use std::num::NonZeroUsize;
use std::sync::Mutex;

use chrono::Datelike;
use regimen_types::AsOf;

pub use fit::MarkovParameters;

use crate::lookback::{Lookback, month_of};
use crate::reading::Reading;
use crate::series::{Indicator, SeriesWindow};
use crate::volatility::log_returns;

/// The filtered probability that returns come from the bullish state of two.
///
/// Hamilton 1989, "A New Approach to the Economic Analysis of Nonstationary Time Series and the Business
/// Cycle", Econometrica 57: logarithmic returns are normal with the mean and variance of a hidden state,
/// which follows a Markov chain. The probability is filtered: it uses the returns up to the reference instant
/// and no later ones. The parameters have the greatest likelihood for the last `fit_returns` returns before
/// the present calendar period (Hamilton 1990, "Analysis of Time Series Subject to Changes in Regime",
/// Journal of Econometrics 45), so each period begins with a new fit, on earlier data alone. The filter
/// starts with the returns of the fit.
///
/// It observes the newest return against the mean of the bullish state. The value is from 0 to 1; above one
/// half, the bullish state is the more likely one.
#[derive(Debug)]
pub struct MarkovFilter {
    settings: MarkovSettings,
    /// The last fit, with its returns: a fit depends on nothing else.
    last_fit: Mutex<Option<(Vec<f64>, Option<MarkovParameters>)>>,
}

/// The settings of a Markov-switching filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkovSettings {
    /// The number of returns for a fit, at least 20.
    pub fit_returns: NonZeroUsize,
    /// When to fit anew.
    pub refit: RefitPeriod,
    /// Which of the two states is bullish.
    pub bullish: BullishState,
}

regimen_types::named! {
    /// The calendar period in UTC that begins with a new fit.
    pub enum RefitPeriod {
        /// A month.
        Month = "month",
        /// A quarter: from January, April, July and October.
        Quarter = "quarter",
        /// A year.
        Year = "year",
    }
}

regimen_types::named! {
    /// The choice of the bullish state.
    pub enum BullishState {
        /// The one with the higher mean return.
        HigherMean = "higher_mean",
        /// The one with the lower variance.
        LowerVariance = "lower_variance",
    }
}

impl BullishState {
    /// Returns the index of the bullish state of a model.
    fn index_in(self, parameters: &MarkovParameters) -> usize {
        let MarkovParameters { mean, variance, .. } = parameters;
        usize::from(match self {
            Self::HigherMean => mean[1] > mean[0],
            Self::LowerVariance => variance[1] < variance[0],
        })
    }
}

impl RefitPeriod {
    fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }

    /// Returns true if an instant lies before the period of the reference instant.
    fn is_before(self, instant: AsOf, as_of: AsOf) -> bool {
        let into = as_of.date().month0().checked_rem(self.months()).unwrap_or(0);
        month_of(instant) < month_of(as_of).saturating_sub(i64::from(into))
    }
}

impl MarkovFilter {
    /// Builds the filter.
    #[must_use]
    pub fn new(settings: MarkovSettings) -> Self {
        Self { settings, last_fit: Mutex::new(None) }
    }

    /// Fits parameters to returns, or returns the last fit if the returns are the same.
    fn fit(&self, returns: &[f64]) -> Option<MarkovParameters> {
        let Ok(mut last_fit) = self.last_fit.lock() else { return MarkovParameters::fit(returns) };
        if let Some((fitted, parameters)) = &*last_fit
            && fitted == returns
        {
            return *parameters;
        }
        let parameters = MarkovParameters::fit(returns);
        *last_fit = Some((returns.to_vec(), parameters));
        parameters
    }
}

impl Indicator for MarkovFilter {
    fn lookback(&self) -> Lookback {
        let observations = self.settings.fit_returns.get().saturating_add(1);
        Lookback::observations(observations).and_months(self.settings.refit.months())
    }

    fn read(&self, series: &SeriesWindow<'_>) -> Reading {
        let observations = series.observations();
        let before =
            observations.partition_point(|each| self.settings.refit.is_before(each.as_of, series.as_of()));
        let Some(start) = before.checked_sub(self.lookback().required()) else {
            return self.lookback().warming_up(before);
        };
        let returns = log_returns(observations.get(start..).unwrap_or_default());
        let (fitted, _) = returns.split_at(self.settings.fit_returns.get().min(returns.len()));
        let parameters = if returns.iter().all(|each| each.is_finite()) { self.fit(fitted) } else { None };
        let (Some(parameters), Some(newest)) = (parameters, returns.last()) else { return Reading::Missing };
        let bullish = self.settings.bullish.index_in(&parameters);
        let filtered = parameters.filter(&returns).map(|states| states[bullish]);
        Reading::of(filtered.unwrap_or(f64::NAN), *newest, parameters.mean[bullish])
    }

    fn is_scale_invariant(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::series_of;

    fn signal(refit: RefitPeriod) -> MarkovFilter {
        let fit_returns = NonZeroUsize::new(60).unwrap();
        MarkovFilter::new(MarkovSettings { fit_returns, refit, bullish: BullishState::LowerVariance })
    }

    /// Calm for 50 days, then wild.
    fn prices() -> Vec<f64> {
        let step = |day: i32| match (day % 100 < 50, day % 2 == 0) {
            (true, even) => {
                if even {
                    0.01
                } else {
                    -0.008
                }
            }
            (false, even) => {
                if even {
                    0.1
                } else {
                    -0.09
                }
            }
        };
        (0..150)
            .scan(0.0, |sum, day| {
                *sum += step(day);
                Some(f64::exp(*sum))
            })
            .collect()
    }

    #[test]
    fn tells_calm_from_wild() {
        let observations = series_of(&prices());
        let read = |day: usize| {
            let as_of = observations[day].as_of;
            signal(RefitPeriod::Month).read(&SeriesWindow::new(as_of, &observations))
        };
        // The fits end with February and March; day 99 is wild, day 149 calm.
        let wild = read(99).known().copied().unwrap();
        assert!(wild.value() < 0.01, "{wild:?}");
        let calm = read(149).known().copied().unwrap();
        assert!(calm.value() > 0.99, "{calm:?}");
        // January and February have 59 days, too few for 60 returns.
        assert_eq!(read(60), Reading::WarmingUp { observations: 59, lookback: 61 });
    }

    #[test]
    fn is_fitted_on_data_before_the_period_only() {
        let observations = series_of(&prices());
        let filter = signal(RefitPeriod::Quarter);
        let read = |filter: &MarkovFilter, day: usize, observations: &[_]| {
            filter.read(&SeriesWindow::new(day_of(day), observations))
        };
        fn day_of(day: usize) -> AsOf {
            crate::testing::day_of(i64::try_from(day).unwrap())
        }
        let first = read(&filter, 95, &observations).known().copied().unwrap();
        // The benchmark is a parameter: it stays until July, regardless of later returns.
        let mut changed = observations.clone();
        for each in &mut changed[96..] {
            each.value *= 3.0;
        }
        for day in [100, 120, 149] {
            assert_eq!(read(&filter, day, &changed).known().unwrap().benchmark(), first.benchmark());
        }
        // Caching the last fit changes nothing.
        let fresh = read(&signal(RefitPeriod::Quarter), 120, &observations);
        assert_eq!(read(&filter, 120, &observations), fresh);
    }
}
