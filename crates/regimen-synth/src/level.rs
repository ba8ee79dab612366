//! The market as a whole: bull and bear phases, and a crash if there is one.

use crate::random::{Purpose, RandomStream};

/// The daily steps of a crash in logarithms: together they halve the market within a week.
pub(crate) const CRASH_STEPS: [f64; 6] = [-0.21, -0.04, -0.20, -0.12, -0.09, -0.04];

/// The daily drift of a bull phase, and minus that of a bear phase.
const DRIFT: f64 = 0.004;
const VOLATILITY: f64 = 0.022;
const VOLATILITY_IN_CRASH: f64 = 0.004;
/// The daily pull towards the first level, which keeps centuries of data within sight of it.
const PULL: f64 = 0.0003;

/// Draws the logarithm of the market's level for each day; the first is 0.
///
/// `BTC` is this level; the other assets follow it with a beta and a deviation of their own.
pub(crate) fn market_levels(seed: u64, days: u32, crash_first_day: Option<u32>) -> Vec<f64> {
    let mut stream = RandomStream::new(seed, Purpose::Level);
    let mut bull = true;
    let mut phase_ends_on = stream.day_between(180, 360);
    let mut level = 0.0;
    let mut levels = vec![level];
    for day in 1..days {
        if day == phase_ends_on {
            bull = !bull;
            phase_ends_on =
                day + if bull { stream.day_between(180, 420) } else { stream.day_between(120, 260) };
        }
        let (normal, _) = stream.normals();
        level += match crash_step(day, crash_first_day) {
            Some(step) => step + VOLATILITY_IN_CRASH * normal,
            None => (if bull { DRIFT } else { -DRIFT }) + VOLATILITY * normal - PULL * level,
        };
        levels.push(level);
    }
    levels
}

fn crash_step(day: u32, first_day: Option<u32>) -> Option<f64> {
    let since = day.checked_sub(first_day?)?;
    CRASH_STEPS.get(usize::try_from(since).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_within_sight_for_a_century() {
        for seed in 0..20 {
            let levels = market_levels(seed, 36_500, None);
            assert_eq!(levels.len(), 36_500);
            assert!(levels.iter().all(|level| level.abs() < 7.0), "seed {seed}");
        }
    }

    #[test]
    fn a_crash_changes_nothing_before_it() {
        let (calm, crashed) = (market_levels(3, 400, None), market_levels(3, 400, Some(200)));
        assert_eq!(calm[..200], crashed[..200]);
        let fall = libm::exp(crashed[205] - crashed[199]);
        assert!((0.45..0.55).contains(&fall), "{fall}");
    }
}
