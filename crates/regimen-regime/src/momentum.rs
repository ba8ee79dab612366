//! Momentum of a series against its own past.

use std::num::NonZeroUsize;

use crate::lookback::Lookback;
use crate::reading::Reading;
use crate::series::{Indicator, SeriesWindow};

/// The return over the last `back` observations: `newest / then - 1`.
///
/// Time-series momentum of Moskowitz, Ooi and Pedersen 2012, "Time Series Momentum", Journal of Financial
/// Economics 104: the sign of a market's own past return. Theirs is the return in excess of cash interest,
/// for which the methodology has a neutral value. It observes the newest number against the one `back`
/// observations earlier. Above zero is bullish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Momentum {
    /// The number of observations from the older number to the newest.
    pub back: NonZeroUsize,
}

impl Indicator for Momentum {
    fn lookback(&self) -> Lookback {
        Lookback::observations(self.back.get().saturating_add(1))
    }

    fn read(&self, series: &SeriesWindow<'_>) -> Reading {
        let Some([then, .., newest]) = series.last(self.lookback().required()) else {
            return self.lookback().warming_up(series.observations().len());
        };
        Reading::of((newest.value - then.value) / then.value, newest.value, then.value)
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
        let momentum = Momentum { back: NonZeroUsize::new(2).unwrap() };
        let reading = known(&momentum, &[999.0, 80.0, 500.0, 100.0]);
        assert_eq!((reading.value(), reading.observed(), reading.benchmark()), (0.25, 100.0, 80.0));
        assert_eq!(read(&momentum, &[1.0, 2.0]), Reading::WarmingUp { observations: 2, lookback: 3 });
    }
}
