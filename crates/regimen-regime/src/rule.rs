//! Thresholds and confirmation: readings become a regime that does not flip on every wiggle.

use std::num::NonZeroU32;

use regimen_types::{AsOf, Regime};
use serde::{Deserialize, Serialize};

use crate::signal::Reading;

/// The readings at which a bullish regime begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    enter_above: f64,
    exit_below: f64,
}

/// Says why thresholds make no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegimeRuleError {
    /// The exit lies above the entry, so a reading between them would flip the regime each time.
    #[error("the exit threshold lies above the entry threshold")]
    ExitAboveEntry,
    /// A threshold is infinite or not a number.
    #[error("a threshold is not finite")]
    NotFinite,
}

impl Thresholds {
    /// Builds thresholds: outside a bullish regime a reading above `enter_above` votes bullish; inside one, a reading
    /// at or below `exit_below` votes bearish.
    ///
    /// # Errors
    /// [`RegimeRuleError`] if a threshold is not finite or the exit lies above the entry.
    pub fn new(enter_above: f64, exit_below: f64) -> Result<Self, RegimeRuleError> {
        if !enter_above.is_finite() || !exit_below.is_finite() {
            return Err(RegimeRuleError::NotFinite);
        }
        if exit_below > enter_above {
            return Err(RegimeRuleError::ExitAboveEntry);
        }
        Ok(Self { enter_above, exit_below })
    }

    fn vote(&self, current: Regime, value: f64) -> Regime {
        let threshold = if current == Regime::Bullish { self.exit_below } else { self.enter_above };
        if value > threshold { Regime::Bullish } else { Regime::Bearish }
    }
}

/// Turns a sequence of readings into a sequence of regimes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegimeRule {
    /// The entry and exit thresholds.
    pub thresholds: Thresholds,
    /// How many consecutive evaluations must vote for another regime before it begins.
    pub confirm_snapshots: NonZeroU32,
}

/// What the rule remembers from one evaluation to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegimeState {
    /// The regime in force.
    pub regime: Regime,
    /// The instant at which it began; `None` before the first snapshot.
    pub since: Option<AsOf>,
    /// The regime that the last evaluations voted for, if it is another one, and how many did so in a row.
    pub contender: Option<(Regime, u32)>,
}

impl RegimeState {
    /// The state before any reading.
    pub const START: Self = Self { regime: Regime::Undetermined, since: None, contender: None };
}

/// One evaluation of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegimeStep {
    /// The signal's reading.
    pub reading: Reading,
    /// The vote of this reading; `None` if there is no value.
    pub vote: Option<Regime>,
    /// The state after the evaluation.
    pub state: RegimeState,
}

impl RegimeRule {
    /// Evaluates one reading. Without a value the state stays as it is, the count of votes included.
    #[must_use]
    pub fn step(&self, state: RegimeState, reading: Reading, as_of: AsOf) -> RegimeStep {
        let since = state.since.or(Some(as_of));
        let Reading::Known(known) = reading else {
            return RegimeStep { reading, vote: None, state: RegimeState { since, ..state } };
        };
        let vote = self.thresholds.vote(state.regime, known.value());
        let votes = match state.contender {
            _ if vote == state.regime => 0,
            Some((regime, votes)) if regime == vote => votes.saturating_add(1),
            _ => 1,
        };
        let state = if votes >= self.confirm_snapshots.get() {
            RegimeState { regime: vote, since: Some(as_of), contender: None }
        } else {
            RegimeState { regime: state.regime, since, contender: (votes > 0).then_some((vote, votes)) }
        };
        RegimeStep { reading, vote: Some(vote), state }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::SignalReading;
    use proptest::prelude::*;

    fn rule(enter_above: f64, exit_below: f64, confirm: u32) -> RegimeRule {
        let thresholds = Thresholds::new(enter_above, exit_below).unwrap();
        RegimeRule { thresholds, confirm_snapshots: NonZeroU32::new(confirm).unwrap() }
    }

    fn run(rule: &RegimeRule, values: &[f64]) -> Vec<Regime> {
        let mut state = RegimeState::START;
        let mut regimes = Vec::new();
        for (day, value) in (0..).zip(values) {
            let reading = Reading::Known(SignalReading::new(*value, 0.0, 0.0).unwrap());
            state = rule.step(state, reading, AsOf::from_unix_millis(day).unwrap()).state;
            regimes.push(state.regime);
        }
        regimes
    }

    #[test]
    fn band_and_confirmation_by_hand() {
        use Regime::{Bearish, Bullish, Undetermined};
        let banded = rule(0.02, -0.02, 1);
        assert_eq!(
            run(&banded, &[0.01, 0.03, 0.0, -0.02, 0.01]),
            [Bearish, Bullish, Bullish, Bearish, Bearish]
        );
        let confirmed = rule(0.0, 0.0, 2);
        assert_eq!(
            run(&confirmed, &[1.0, 1.0, -1.0, 1.0, -1.0, -1.0]),
            [Undetermined, Bullish, Bullish, Bullish, Bullish, Bearish]
        );
    }

    #[test]
    fn an_unknown_reading_changes_nothing_but_the_beginning() {
        let start = AsOf::from_unix_millis(0).unwrap();
        let step = rule(0.0, 0.0, 1).step(RegimeState::START, Reading::Missing, start);
        assert_eq!(step.state, RegimeState { since: Some(start), ..RegimeState::START });
        let later = AsOf::from_unix_millis(1).unwrap();
        assert_eq!(rule(0.0, 0.0, 1).step(step.state, Reading::Missing, later).state, step.state);
    }

    #[test]
    fn an_exit_above_the_entry_is_refused() {
        assert_eq!(Thresholds::new(0.0, 0.01), Err(RegimeRuleError::ExitAboveEntry));
        assert_eq!(Thresholds::new(f64::NAN, 0.0), Err(RegimeRuleError::NotFinite));
    }

    proptest! {
        #[test]
        fn without_band_and_confirmation_the_sign_decides(values in prop::collection::vec(-1.0..1.0, 1..50)) {
            let expected: Vec<Regime> =
                values.iter().map(|v| if *v > 0.0 { Regime::Bullish } else { Regime::Bearish }).collect();
            prop_assert_eq!(run(&rule(0.0, 0.0, 1), &values), expected);
        }

        #[test]
        fn never_flips_without_confirmation(values in prop::collection::vec(-1.0..1.0, 2..80), confirm in 1_u32..6) {
            let regimes = run(&rule(0.1, -0.1, confirm), &values);
            let flips: Vec<usize> = (1..regimes.len()).filter(|i| regimes[*i] != regimes[i - 1]).collect();
            prop_assert!(flips.windows(2).all(|pair| pair[1] - pair[0] >= confirm as usize));
        }
    }
}
