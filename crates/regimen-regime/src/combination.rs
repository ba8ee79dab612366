//! Scores, and how to combine several into one.

use regimen_types::Regime;
use serde::{Deserialize, Serialize};

use crate::arithmetic::CompensatedSum;
use crate::reading::{Reading, WhenStale};

/// Maps a signal's value to its score, from -1 (bearish) to 1 (bullish).
///
/// The score is 0 at `neutral` and 1 at `full`, linear in between and beyond, and limited to -1 and 1. With
/// `full` below `neutral` the signal is bullish when its value is low, as for volatility.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreScale {
    neutral: f64,
    full: f64,
}

impl ScoreScale {
    /// Builds a scale; `None` if a number is not finite or both are equal.
    #[must_use]
    pub fn new(neutral: f64, full: f64) -> Option<Self> {
        let span = full - neutral;
        (neutral.is_finite() && span.is_finite() && span != 0.0).then_some(Self { neutral, full })
    }

    /// Returns the score of a value.
    #[must_use]
    pub fn score(&self, value: f64) -> f64 {
        ((value - self.neutral) / (self.full - self.neutral)).clamp(-1.0, 1.0)
    }

    /// Returns the score of a reading.
    #[must_use]
    pub fn member_score(&self, reading: &Reading) -> MemberScore {
        match reading {
            Reading::Known(known) => MemberScore::Scored(self.score(known.value())),
            Reading::WarmingUp { .. } | Reading::Missing => MemberScore::Unknown,
            Reading::Stale { then, .. } => match then {
                WhenStale::Hold => MemberScore::Unknown,
                WhenStale::LeaveOut => MemberScore::LeftOut,
                WhenStale::Bullish => MemberScore::Scored(1.0),
                WhenStale::Bearish => MemberScore::Scored(-1.0),
            },
        }
    }
}

/// What a signal, or a group of signals, contributes to its combination.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MemberScore {
    /// A score from -1 to 1.
    Scored(f64),
    /// No score, and therefore no combined score either.
    Unknown,
    /// No score; the other members decide.
    LeftOut,
}

impl MemberScore {
    /// Returns the score, if there is one.
    #[must_use]
    pub fn score(self) -> Option<f64> {
        match self {
            Self::Scored(score) => Some(score),
            Self::Unknown | Self::LeftOut => None,
        }
    }
}

regimen_types::named! {
    /// How to combine the scores of several signals.
    ///
    /// `all`, `any` and `majority` select one of the scores. The combined score is above a threshold if and
    /// only if all, any or more than half of the scores are, so score and vote agree at every threshold (the
    /// minimum and maximum of Zadeh 1965, "Fuzzy Sets", Information and Control 8, and the order statistic
    /// between them).
    pub enum Combination {
        /// The lowest score.
        All = "all",
        /// The highest score.
        Any = "any",
        /// The score that more than half of the members reach: the second highest of three, the third highest
        /// of four.
        Majority = "majority",
        /// The weighted mean of the scores.
        Weighted = "weighted",
    }
}

impl Combination {
    /// Combines standings with their weights, which only [`Combination::Weighted`] looks at and which are
    /// above zero.
    #[must_use]
    pub fn combine(self, members: &[(MemberScore, f64)]) -> MemberScore {
        if members.iter().any(|(member, _)| *member == MemberScore::Unknown) {
            return MemberScore::Unknown;
        }
        let scored = members.iter().filter_map(|(member, weight)| Some((member.score()?, *weight)));
        let mut scored: Vec<(f64, f64)> = scored.collect();
        if self == Self::Weighted {
            return weighted(&scored);
        }
        scored.sort_by(|left, right| right.0.total_cmp(&left.0));
        let place = match self {
            Self::Any => 0,
            Self::Majority => scored.len() / 2,
            Self::All | Self::Weighted => scored.len().saturating_sub(1),
        };
        scored.get(place).map_or(MemberScore::LeftOut, |(score, _)| MemberScore::Scored(*score))
    }
}

fn weighted(scored: &[(f64, f64)]) -> MemberScore {
    let weights = CompensatedSum::of(scored.iter().map(|(_, weight)| *weight));
    let sum = CompensatedSum::of(scored.iter().map(|(score, weight)| score * weight));
    if scored.is_empty() {
        MemberScore::LeftOut
    } else {
        MemberScore::Scored((sum / weights).clamp(-1.0, 1.0))
    }
}

/// The combined score on a scale from 0 (bearish) to 100 (bullish), with the thresholds on the same scale.
///
/// The vote follows from it: outside a bullish regime, a value above `enter_above` votes bullish; inside one,
/// a value at or below `exit_below` votes bearish.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gauge {
    /// The combined score, from 0 to 100.
    pub value: f64,
    /// The value above which a bullish regime begins.
    pub enter_above: f64,
    /// The value at or below which a bullish regime ends.
    pub exit_below: f64,
}

impl Gauge {
    /// Converts a score from -1 to 1 to the scale of the gauge.
    #[must_use]
    pub fn of_score(score: f64) -> f64 {
        50.0 + 50.0 * score
    }

    /// Returns the vote of the value in a regime.
    #[must_use]
    pub fn vote(&self, current: Regime) -> Regime {
        vote(self.value, self.threshold(current))
    }

    /// Returns the threshold that applies in a regime.
    #[must_use]
    pub fn threshold(&self, current: Regime) -> f64 {
        if current == Regime::Bullish { self.exit_below } else { self.enter_above }
    }
}

/// Returns the vote of a gauge value against a threshold.
pub(crate) fn vote(value: f64, threshold: f64) -> Regime {
    if value > threshold { Regime::Bullish } else { Regime::Bearish }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn combine(combination: Combination, scores: &[f64]) -> f64 {
        let members: Vec<_> = scores.iter().map(|score| (MemberScore::Scored(*score), 1.0)).collect();
        combination.combine(&members).score().unwrap()
    }

    #[test]
    fn scores_by_hand() {
        let distance = ScoreScale::new(0.0, 0.1).unwrap();
        assert_eq!([0.05, 0.1, 7.0, -0.2].map(|value| distance.score(value)), [0.5, 1.0, 1.0, -1.0]);
        let volatility = ScoreScale::new(0.8, 0.4).unwrap();
        assert_eq!(
            [0.8, 0.4, 1.2, 0.6].map(|value| (volatility.score(value) * 1e9).round() / 1e9),
            [0.0, 1.0, -1.0, 0.5]
        );
        assert_eq!(ScoreScale::new(1.0, 1.0), None);
        assert_eq!(ScoreScale::new(0.0, f64::INFINITY), None);
    }

    #[test]
    fn combinations_by_hand() {
        let scores = [0.5, -0.25, 0.75];
        assert_eq!(combine(Combination::All, &scores), -0.25);
        assert_eq!(combine(Combination::Any, &scores), 0.75);
        assert_eq!(combine(Combination::Majority, &scores), 0.5);
        assert_eq!(combine(Combination::Majority, &[1.0, 0.5, -0.5, -1.0]), -0.5);
        let weighted = [(MemberScore::Scored(1.0), 3.0), (MemberScore::Scored(-1.0), 1.0)];
        assert_eq!(Combination::Weighted.combine(&weighted), MemberScore::Scored(0.5));
    }

    #[test]
    fn the_unknown_hold_and_the_left_out_do_not() {
        let (known, left_out, unknown) =
            ((MemberScore::Scored(0.5), 1.0), (MemberScore::LeftOut, 1.0), (MemberScore::Unknown, 1.0));
        for combination in Combination::ALL {
            assert_eq!(combination.combine(&[known, left_out]), known.0);
            assert_eq!(combination.combine(&[left_out]), MemberScore::LeftOut);
            assert_eq!(combination.combine(&[known, unknown, left_out]), MemberScore::Unknown);
            assert_eq!(Combination::from_name(combination.as_str()), Some(combination));
        }
    }

    proptest! {
        #[test]
        fn a_combined_score_votes_as_its_members_do(
            scores in prop::collection::vec(-1.0..1.0_f64, 1..9),
            threshold in -1.0..1.0_f64,
        ) {
            let above = scores.iter().filter(|score| **score > threshold).count();
            let votes = |combination| combine(combination, &scores) > threshold;
            prop_assert_eq!(votes(Combination::All), above == scores.len());
            prop_assert_eq!(votes(Combination::Any), above > 0);
            prop_assert_eq!(votes(Combination::Majority), 2 * above > scores.len());
            if above == scores.len() || above == 0 {
                prop_assert_eq!(votes(Combination::Weighted), above > 0);
            }
        }

        #[test]
        fn one_more_that_agrees_changes_no_outcome(
            mut scores in prop::collection::vec(-1.0..1.0_f64, 1..9),
            threshold in -1.0..1.0_f64,
            another in 0.0..1.0_f64,
        ) {
            for combination in [Combination::All, Combination::Any, Combination::Majority] {
                let before = combine(combination, &scores) > threshold;
                let agrees = if before { threshold + (1.0 - threshold) * another.max(1e-6) } else { threshold - (threshold + 1.0) * another };
                scores.push(agrees);
                prop_assert_eq!(combine(combination, &scores) > threshold, before);
                scores.pop();
            }
        }
    }
}
