//! Thresholds, confirmation and dwell: a regime that does not flip at every small change of the score.

use std::num::NonZeroU32;

use regimen_types::{AsOf, Regime};
use serde::{Deserialize, Serialize};

use crate::combination::Gauge;

/// The combined scores at which a bullish regime begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    enter_above: f64,
    exit_below: f64,
}

/// Why thresholds are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ThresholdError {
    /// The exit lies above the entry, so a score between them would flip the regime at every evaluation.
    #[error("the exit threshold lies above the entry threshold")]
    ExitAboveEntry,
    /// A threshold is outside -1 to below 1; no score lies above 1.
    #[error("a threshold is not from -1 to below 1")]
    OutOfRange,
}

impl Thresholds {
    /// Builds thresholds on a combined score, each from -1 to below 1.
    ///
    /// # Errors
    /// [`ThresholdError`] if a threshold is out of its range or the exit lies above the entry.
    pub fn new(enter_above: f64, exit_below: f64) -> Result<Self, ThresholdError> {
        if ![enter_above, exit_below].iter().all(|each| (-1.0..1.0).contains(each)) {
            return Err(ThresholdError::OutOfRange);
        }
        if exit_below > enter_above {
            return Err(ThresholdError::ExitAboveEntry);
        }
        Ok(Self { enter_above, exit_below })
    }

    /// Returns the gauge of a combined score.
    #[must_use]
    pub fn gauge(&self, score: f64) -> Gauge {
        Gauge {
            value: Gauge::of_score(score),
            enter_above: Gauge::of_score(self.enter_above),
            exit_below: Gauge::of_score(self.exit_below),
        }
    }
}

/// Turns a sequence of votes into a sequence of regimes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hysteresis {
    /// The entry and exit thresholds.
    pub thresholds: Thresholds,
    /// The number of consecutive evaluations that must vote for another regime before it begins.
    pub confirm: NonZeroU32,
    /// The least number of days of 24 hours that a regime lasts. The time before the first regime does not
    /// count as a regime.
    pub dwell_days_min: u32,
}

/// The memory that one evaluation passes to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegimeState {
    /// The regime in force.
    pub regime: Regime,
    /// The instant at which it began; `None` before the first snapshot.
    pub since: Option<AsOf>,
    /// The other regime that the last evaluations voted for, if any, and the number of consecutive votes.
    pub contender: Option<(Regime, u32)>,
}

impl RegimeState {
    /// The state before any reading.
    pub const START: Self = Self { regime: Regime::Undetermined, since: None, contender: None };
}

impl Hysteresis {
    /// Evaluates a combined score and returns its gauge and the next state.
    ///
    /// Without a score the state stays as it is, including the count of votes. Votes are counted even while
    /// the regime must last; the other regime begins at the first evaluation with both enough votes and
    /// enough days.
    #[must_use]
    pub fn step(&self, state: RegimeState, score: Option<f64>, as_of: AsOf) -> (Option<Gauge>, RegimeState) {
        let since = state.since.or(Some(as_of));
        let Some(score) = score else { return (None, RegimeState { since, ..state }) };
        let gauge = self.thresholds.gauge(score);
        let vote = gauge.vote(state.regime);
        let votes = match state.contender {
            _ if vote == state.regime => 0,
            Some((regime, votes)) if regime == vote => votes.saturating_add(1),
            _ => 1,
        };
        let next = if votes >= self.confirm.get() && self.may_end(state, as_of) {
            RegimeState { regime: vote, since: Some(as_of), contender: None }
        } else {
            RegimeState { regime: state.regime, since, contender: (votes > 0).then_some((vote, votes)) }
        };
        (Some(gauge), next)
    }

    fn may_end(&self, state: RegimeState, as_of: AsOf) -> bool {
        state.regime == Regime::Undetermined
            || state.since.is_none_or(|since| as_of.is_days_after(since, self.dwell_days_min))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::day_of;

    fn rule(enter_above: f64, exit_below: f64, confirm: u32, dwell_days_min: u32) -> Hysteresis {
        let thresholds = Thresholds::new(enter_above, exit_below).unwrap();
        Hysteresis { thresholds, confirm: NonZeroU32::new(confirm).unwrap(), dwell_days_min }
    }

    fn run(rule: &Hysteresis, scores: &[f64]) -> Vec<Regime> {
        let mut state = RegimeState::START;
        let mut regimes = Vec::new();
        for (day, score) in (0..).zip(scores) {
            state = rule.step(state, Some(*score), day_of(day)).1;
            regimes.push(state.regime);
        }
        regimes
    }

    fn flips(regimes: &[Regime]) -> Vec<usize> {
        let determined = regimes.iter().position(|regime| *regime != Regime::Undetermined).unwrap_or(0);
        (determined + 1..regimes.len()).filter(|i| regimes[*i] != regimes[i - 1]).collect()
    }

    #[test]
    fn band_and_confirmation_by_hand() {
        use Regime::{Bearish, Bullish, Undetermined};
        let banded = rule(0.02, -0.02, 1, 0);
        assert_eq!(
            run(&banded, &[0.01, 0.03, 0.0, -0.02, 0.01]),
            [Bearish, Bullish, Bullish, Bearish, Bearish]
        );
        let confirmed = rule(0.0, 0.0, 2, 0);
        assert_eq!(
            run(&confirmed, &[1.0, 1.0, -1.0, 1.0, -1.0, -1.0]),
            [Undetermined, Bullish, Bullish, Bullish, Bullish, Bearish]
        );
    }

    #[test]
    fn dwell_by_hand() {
        use Regime::{Bearish, Bullish};
        // Bullish on day 0, so bearish on day 3 at the earliest, although enough votes come earlier.
        let dwelling = rule(0.0, 0.0, 2, 3);
        let mut state = RegimeState { regime: Bullish, since: Some(day_of(0)), contender: None };
        let mut regimes = Vec::new();
        for (day, score) in
            [(1, -1.0), (2, -1.0), (3, -1.0), (4, 1.0), (5, 1.0), (6, -1.0), (7, 1.0), (8, 1.0)]
        {
            state = dwelling.step(state, Some(score), day_of(day)).1;
            regimes.push(state.regime);
        }
        assert_eq!(regimes, [Bullish, Bullish, Bearish, Bearish, Bearish, Bearish, Bearish, Bullish]);
    }

    #[test]
    fn an_unknown_score_changes_nothing_but_the_beginning() {
        let rule = rule(0.0, 0.0, 1, 0);
        let (gauge, state) = rule.step(RegimeState::START, None, day_of(0));
        assert_eq!((gauge, state), (None, RegimeState { since: Some(day_of(0)), ..RegimeState::START }));
        assert_eq!(rule.step(state, None, day_of(1)).1, state);
    }

    #[test]
    fn thresholds_that_make_no_rule_are_refused() {
        assert_eq!(Thresholds::new(0.0, 0.01), Err(ThresholdError::ExitAboveEntry));
        assert_eq!(Thresholds::new(f64::NAN, 0.0), Err(ThresholdError::OutOfRange));
        assert_eq!(Thresholds::new(1.0, 0.0), Err(ThresholdError::OutOfRange));
    }

    proptest! {
        #[test]
        fn without_band_confirmation_and_dwell_the_sign_decides(scores in prop::collection::vec(-1.0..1.0, 1..50)) {
            let expected: Vec<Regime> =
                scores.iter().map(|v| if *v > 0.0 { Regime::Bullish } else { Regime::Bearish }).collect();
            prop_assert_eq!(run(&rule(0.0, 0.0, 1, 0), &scores), expected);
        }

        #[test]
        fn never_flips_twice_within_confirmation_or_dwell(
            scores in prop::collection::vec(-1.0..1.0, 2..120),
            confirm in 1_u32..6,
            dwell in 0_u32..12,
        ) {
            let regimes = run(&rule(0.1, -0.1, confirm, dwell), &scores);
            let least = confirm.max(dwell) as usize;
            prop_assert!(flips(&regimes).windows(2).all(|pair| pair[1] - pair[0] >= least));
        }

        #[test]
        fn gauge_and_vote_never_disagree(score in -1.0..=1.0_f64, enter in -1.0..1.0_f64, below in 0.0..1.0_f64) {
            let exit = (enter - below).max(-1.0);
            let gauge = Thresholds::new(enter, exit).unwrap().gauge(score);
            prop_assert!((0.0..=100.0).contains(&gauge.value));
            for regime in [Regime::Bullish, Regime::Bearish, Regime::Undetermined] {
                let threshold = if regime == Regime::Bullish { gauge.exit_below } else { gauge.enter_above };
                prop_assert_eq!(gauge.vote(regime) == Regime::Bullish, gauge.value > threshold);
            }
        }
    }
}
