//! Drawdown from the running peak.

use std::num::NonZeroUsize;

use crate::lookback::Lookback;
use crate::reading::Reading;
use crate::series::{Indicator, SeriesWindow};

/// The fall from the highest of the last `window` observations, including the newest: `newest / peak - 1`,
/// from -1 to 0.
///
/// The state variable of drawdown control in Grossman and Zhou 1993, "Optimal Investment Strategies for
/// Controlling Drawdowns", Mathematical Finance 3, over a window, so that old peaks are forgotten. It
/// observes the newest number against the peak. The nearer to zero, the more bullish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawdown {
    /// The number of observations that may hold the peak.
    pub window: NonZeroUsize,
}

impl Indicator for Drawdown {
    fn lookback(&self) -> Lookback {
        Lookback::observations(self.window.get())
    }

    fn read(&self, series: &SeriesWindow<'_>) -> Reading {
        let Some(observations @ [.., newest]) = series.last(self.window.get()) else {
            return self.lookback().warming_up(series.observations().len());
        };
        let peak = observations.iter().map(|each| each.value).fold(f64::NEG_INFINITY, f64::max);
        Reading::of((newest.value - peak) / peak, newest.value, peak)
    }

    fn is_scale_invariant(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{known, read};

    #[test]
    fn by_hand() {
        let drawdown = Drawdown { window: NonZeroUsize::new(3).unwrap() };
        let reading = known(&drawdown, &[999.0, 80.0, 100.0, 75.0]);
        assert_eq!((reading.value(), reading.observed(), reading.benchmark()), (-0.25, 75.0, 100.0));
        assert_eq!(known(&drawdown, &[1.0, 2.0, 3.0]).value(), 0.0);
        assert_eq!(read(&drawdown, &[1.0]), Reading::WarmingUp { observations: 1, lookback: 3 });
    }
}
