//! What would turn a signal: the nearest numbers with another outcome.

use regimen_types::Bracket;

/// The numbers that a series can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Above zero: prices, market caps, levels.
    Positive,
    /// Any: outside series.
    Any,
}

/// The nearest numbers below and above the present one with another outcome.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Turning {
    /// The greatest number below, found within a factor of 2^20.
    pub below: Option<f64>,
    /// The least number above, found within a factor of 2^20.
    pub above: Option<f64>,
}

/// The number of steps outward from the present number: the first is a 1024th of it, and each is twice the
/// one before.
const STEPS: i32 = 30;

/// Finds the nearest numbers on both sides of `now` whose outcome differs from that of `now`.
///
/// A number that is returned has the other outcome, and the next double toward `now` does not. If the outcome
/// changes back within one step, the change may be missed.
#[must_use]
pub fn turning<T: PartialEq>(now: f64, domain: Domain, outcome: impl Fn(f64) -> T) -> Turning {
    let present = outcome(now);
    let turns = |number: f64| number.is_finite() && outcome(number) != present;
    let unit = if now == 0.0 { 1.0 } else { now.abs() } / 1024.0;
    let search = |direction: f64| {
        let mut near = now;
        for step in 0..STEPS {
            let distance = unit * 2.0_f64.powi(step);
            let far = if domain == Domain::Positive && direction < 0.0 {
                now / (1.0 + distance / now)
            } else {
                now + direction * distance
            };
            if turns(far) {
                return Some(Bracket { holds: far, fails: near }.to_neighbours(turns).holds);
            }
            near = far;
        }
        None
    };
    Turning { below: search(-1.0), above: search(1.0) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn by_hand() {
        let found = turning(100.0, Domain::Positive, |price| price > 80.0);
        assert_eq!(found, Turning { below: Some(80.0), above: None });
        let found = turning(0.0, Domain::Any, |value| (-0.25..0.5).contains(&value));
        assert_eq!(found, Turning { below: Some((-0.25_f64).next_down()), above: Some(0.5) });
        assert_eq!(turning(1.0, Domain::Positive, |_| true), Turning::default());
    }

    proptest! {
        #[test]
        fn turns_where_it_says_and_not_before(now in 1e-3..1e6_f64, threshold in 1e-3..1e6_f64) {
            let outcome = |number: f64| number > threshold;
            let found = turning(now, Domain::Positive, outcome);
            match (found.below, found.above) {
                (Some(below), None) => {
                    prop_assert!(outcome(now) && !outcome(below) && outcome(below.next_up()));
                }
                (None, Some(above)) => {
                    prop_assert!(!outcome(now) && outcome(above) && !outcome(above.next_down()));
                }
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
