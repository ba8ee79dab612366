//! Realised volatility, on its own or against its own past.

use std::num::NonZeroUsize;

use regimen_types::Observation;

use crate::arithmetic::{CompensatedSum, as_double};
use crate::lookback::Lookback;
use crate::reading::Reading;
use crate::series::{Indicator, SeriesWindow};

/// The realised volatility of the last `returns` returns.
///
/// It is the sample standard deviation (divisor `n - 1`) of the logarithmic returns from each observation to
/// the next, times the square root of `per_year`, the returns in a year (Andersen and Bollerslev 1998,
/// "Answering the Skeptics", International Economic Review 39; as a signal Moreira and Muir 2017,
/// "Volatility-Managed Portfolios", Journal of Finance 72). It observes the newest number, and its benchmark
/// is the last return. The lower the value, the more bullish.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Volatility {
    /// The number of returns, at least 2.
    pub returns: NonZeroUsize,
    /// The returns in a year: 365 for daily prices of a market that never closes.
    pub per_year: f64,
}

impl Indicator for Volatility {
    fn lookback(&self) -> Lookback {
        Lookback::observations(self.returns.get().saturating_add(1))
    }

    fn read(&self, series: &SeriesWindow<'_>) -> Reading {
        let Some(observations @ [.., newest]) = series.last(self.lookback().required()) else {
            return self.lookback().warming_up(series.observations().len());
        };
        let returns = log_returns(observations);
        let volatility = standard_deviation(&returns) * self.per_year.sqrt();
        Reading::of(volatility, newest.value, returns.last().copied().unwrap_or(f64::NAN))
    }

    fn is_scale_invariant(&self) -> bool {
        true
    }
}

/// The realised volatility of the last `returns` returns against a quantile of the last `window` such
/// volatilities: `volatility / quantile - 1`.
///
/// The quantile is that of Hyndman and Fan 1996, "Sample Quantiles in Statistical Packages", American
/// Statistician 50, type 7: linear interpolation, the default of R and numpy. The present volatility is one
/// of the window. It observes the volatility per return against the quantile. Below zero is bullish. The
/// reading of a series that does not move is missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VolatilityAgainstQuantile {
    /// The number of returns in each volatility, at least 2.
    pub returns: NonZeroUsize,
    /// The number of volatilities.
    pub window: NonZeroUsize,
    /// The quantile, from 0 (the least) to 1 (the greatest).
    pub quantile: f64,
}

impl Indicator for VolatilityAgainstQuantile {
    fn lookback(&self) -> Lookback {
        Lookback::observations(self.returns.get().saturating_add(self.window.get()))
    }

    fn read(&self, series: &SeriesWindow<'_>) -> Reading {
        let Some(observations) = series.last(self.lookback().required()) else {
            return self.lookback().warming_up(series.observations().len());
        };
        let returns = log_returns(observations);
        let mut volatilities: Vec<f64> =
            returns.windows(self.returns.get()).map(standard_deviation).collect();
        let newest = volatilities.last().copied().unwrap_or(f64::NAN);
        let benchmark = quantile(&mut volatilities, self.quantile);
        Reading::of((newest - benchmark) / benchmark, newest, benchmark)
    }

    fn is_scale_invariant(&self) -> bool {
        true
    }
}

/// Returns the logarithmic return from each observation to the next; not finite where a number is not
/// positive.
pub(crate) fn log_returns(observations: &[Observation<f64>]) -> Vec<f64> {
    // `libm` gives the same digits on every machine.
    observations.windows(2).map(|pair| libm::log(pair[1].value / pair[0].value)).collect()
}

/// Returns the sample standard deviation, in two passes.
fn standard_deviation(values: &[f64]) -> f64 {
    let count = as_double(values.len());
    let mean = CompensatedSum::of(values.iter().copied()) / count;
    let squares = CompensatedSum::of(values.iter().map(|value| (value - mean) * (value - mean)));
    (squares / (count - 1.0)).sqrt()
}

/// Returns the type 7 quantile of values, and sorts them.
fn quantile(values: &mut [f64], quantile: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let last = as_double(values.len().saturating_sub(1));
    let place = (last * quantile).clamp(0.0, last);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it lies from 0 to the last index"
    )]
    let below = place.floor() as usize;
    let at = |index: usize| values.get(index).or(values.last()).copied().unwrap_or(f64::NAN);
    let (low, high) = (at(below), at(below.saturating_add(1)));
    low + (place - place.floor()) * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{known, read};

    fn count(number: usize) -> NonZeroUsize {
        NonZeroUsize::new(number).unwrap()
    }

    #[test]
    fn volatility_by_hand() {
        // Doubling and halving: returns of +ln 2 and -ln 2, mean 0, variance 2 (ln 2)² / 1.
        let volatility = Volatility { returns: count(2), per_year: 4.0 };
        let reading = known(&volatility, &[999.0, 10.0, 20.0, 10.0]);
        let expected = 2.0 * std::f64::consts::SQRT_2 * std::f64::consts::LN_2;
        assert!((reading.value() - expected).abs() < 1e-15, "{}", reading.value());
        assert_eq!(read(&volatility, &[1.0, 2.0]), Reading::WarmingUp { observations: 2, lookback: 3 });
    }

    #[test]
    fn quantiles_by_hand() {
        assert_eq!(quantile(&mut [4.0, 1.0, 3.0, 2.0], 0.5), 2.5);
        assert_eq!(quantile(&mut [4.0, 1.0, 3.0, 2.0], 0.25), 1.75);
        assert_eq!(quantile(&mut [7.0], 0.9), 7.0);
        assert_eq!(quantile(&mut [1.0, 2.0], 1.0), 2.0);
    }

    #[test]
    fn against_a_quantile_by_hand() {
        // Returns of 1, -1, 3, -3 times ln 2: volatilities √2, √8, √18 times ln 2; the median is the second.
        let signal = VolatilityAgainstQuantile { returns: count(2), window: count(3), quantile: 0.5 };
        let reading = known(&signal, &[8.0, 16.0, 8.0, 64.0, 8.0]);
        assert!((reading.value() - 0.5).abs() < 1e-12, "{reading:?}");
        let flat = read(&signal, &[8.0; 5]);
        assert_eq!(flat, Reading::Missing);
    }
}
