//! The newest value of a series.

use crate::lookback::Lookback;
use crate::reading::Reading;
use crate::series::{Indicator, SeriesWindow};

/// The newest number itself, for a threshold on an outside series such as fear and greed, or on breadth.
///
/// The benchmark is the number itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level;

impl Indicator for Level {
    fn lookback(&self) -> Lookback {
        Lookback::observations(1)
    }

    fn read(&self, series: &SeriesWindow<'_>) -> Reading {
        match series.observations().last() {
            Some(newest) => Reading::of(newest.value, newest.value, newest.value),
            None => self.lookback().warming_up(0),
        }
    }

    fn is_scale_invariant(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{known, read};

    #[test]
    fn by_hand() {
        assert_eq!(known(&Level, &[1.0, -3.5]).value(), -3.5);
        assert_eq!(read(&Level, &[]), Reading::WarmingUp { observations: 0, lookback: 1 });
    }
}
