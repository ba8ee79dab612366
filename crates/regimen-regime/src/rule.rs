//! The regime rule: signals and groups of signals are read, scored and combined, and hysteresis turns the
//! score into a regime.

use std::sync::Arc;

use regimen_types::{HistoryWindow, Regime};
use serde::{Deserialize, Serialize};

use crate::combination::{Combination, Gauge, MemberScore, ScoreScale, vote};
use crate::hysteresis::{Hysteresis, RegimeState};
use crate::measured::Measured;
use crate::reading::Reading;
use crate::series::{Indicator, SeriesWindow, read_current, read_with_newest};
use crate::signal::RegimeSignal;

/// The rule that determines the regime.
#[derive(Clone, Debug)]
pub struct RegimeRule {
    /// How the members combine.
    pub combination: Combination,
    /// The signals, and groups of signals.
    pub members: Vec<Member>,
    /// How the combined score becomes a regime.
    pub hysteresis: Hysteresis,
}

/// A signal, or a group of signals that counts as one.
#[derive(Clone, Debug)]
pub enum Member {
    /// One signal.
    Signal(Signal),
    /// Several signals that combine into one score.
    Group {
        /// The name, as logs print it.
        name: String,
        /// The weight in a weighted combination, above zero.
        weight: f64,
        /// How its signals combine.
        combination: Combination,
        /// The signals.
        signals: Vec<Signal>,
    },
}

/// A signal with its name, its scale and its weight.
#[derive(Clone, Debug)]
pub struct Signal {
    /// The name, as logs print it; unique within a rule.
    pub name: String,
    /// The weight in a weighted combination, above zero.
    pub weight: f64,
    /// The scale that turns its value into a score.
    pub scale: ScoreScale,
    /// The input.
    pub input: Input,
}

/// What a signal reads.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input {
    /// The market.
    Market(Arc<dyn RegimeSignal>),
    /// A series that the caller measures, such as the index's own level, stored in [`Measured`] under the
    /// signal's name.
    Measured(Arc<dyn Indicator>),
}

/// One evaluation of the rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegimeStep {
    /// How the members combine.
    pub combination: Combination,
    /// The members with their readings, in the order of the rule.
    pub members: Vec<MemberReading>,
    /// The combined score with its thresholds; `None` if there is no combined score.
    pub gauge: Option<Gauge>,
    /// The vote of the gauge.
    pub vote: Option<Regime>,
    /// The state after the evaluation.
    pub state: RegimeState,
}

/// The reading of a member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberReading {
    /// The member's name.
    pub name: String,
    /// Its weight in a weighted combination.
    pub weight: f64,
    /// Its score; `None` if it has none.
    pub score: Option<f64>,
    /// The vote of its score, by the threshold that applies to the combined score.
    pub vote: Option<Regime>,
    /// The reading of the signal or the group.
    pub read: Read,
}

/// The reading of a signal, or of the signals of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Read {
    /// The reading of a signal.
    Signal(Reading),
    /// The signals of a group.
    Group {
        /// How they combine.
        combination: Combination,
        /// Their readings.
        signals: Vec<MemberReading>,
    },
}

impl Signal {
    fn read(&self, window: &HistoryWindow<'_>, measured: &Measured) -> Reading {
        match &self.input {
            Input::Market(signal) => signal.read(window),
            Input::Measured(indicator) => {
                let series = SeriesWindow::new(window.as_of(), measured.of(&self.name));
                read_current(indicator.as_ref(), &series)
            }
        }
    }

    /// Reads the signal as if its newest number were `newest`; `None` if the signal does not support this.
    #[must_use]
    pub fn read_if(&self, window: &HistoryWindow<'_>, measured: &Measured, newest: f64) -> Option<Reading> {
        match &self.input {
            Input::Market(signal) => signal.read_if(window, newest),
            Input::Measured(indicator) => {
                let mut series = measured.of(&self.name).to_vec();
                Some(read_with_newest(indicator.as_ref(), window.as_of(), &mut series, newest))
            }
        }
    }

    /// Returns the newest number that the signal observes, if it is known.
    #[must_use]
    pub fn newest(&self, window: &HistoryWindow<'_>, measured: &Measured) -> Option<f64> {
        match &self.input {
            Input::Market(signal) => signal.newest(window),
            Input::Measured(_) => measured.of(&self.name).last().map(|newest| newest.value),
        }
    }

    /// Returns the score of a reading on the gauge's scale, if it has one.
    #[must_use]
    pub fn gauge_of(&self, reading: &Reading) -> Option<f64> {
        self.scale.member_score(reading).score().map(Gauge::of_score)
    }
}

impl RegimeRule {
    /// Evaluates the rule at the window's reference instant.
    #[must_use]
    pub fn step(&self, state: RegimeState, window: &HistoryWindow<'_>, measured: &Measured) -> RegimeStep {
        self.step_by(state, window, |signal| signal.read(window, measured))
    }

    /// Evaluates the rule with the caller's readings.
    #[must_use]
    pub fn step_by(
        &self,
        state: RegimeState,
        window: &HistoryWindow<'_>,
        read: impl Fn(&Signal) -> Reading,
    ) -> RegimeStep {
        let threshold = self.hysteresis.thresholds.gauge(0.0).threshold(state.regime);
        let (members, scores): (Vec<MemberReading>, Vec<(MemberScore, f64)>) =
            self.members.iter().map(|member| read_member(member, threshold, &read)).unzip();
        let score = self.combination.combine(&scores).score();
        let (gauge, after) = self.hysteresis.step(state, score, window.as_of());
        let vote = gauge.map(|gauge| gauge.vote(state.regime));
        RegimeStep { combination: self.combination, members, gauge, vote, state: after }
    }

    /// Iterates over all signals, including those of groups.
    pub fn signals(&self) -> impl Iterator<Item = &Signal> {
        self.members.iter().flat_map(|member| match member {
            Member::Signal(signal) => std::slice::from_ref(signal),
            Member::Group { signals, .. } => signals.as_slice(),
        })
    }
}

fn read_member(
    member: &Member,
    threshold: f64,
    read: &impl Fn(&Signal) -> Reading,
) -> (MemberReading, (MemberScore, f64)) {
    let (name, weight, member_score, read) = match member {
        Member::Signal(signal) => {
            let reading = read(signal);
            let member_score = signal.scale.member_score(&reading);
            (&signal.name, signal.weight, member_score, Read::Signal(reading))
        }
        Member::Group { name, weight, combination, signals } => {
            let read_signal = |signal: &Signal| read_member(&Member::Signal(signal.clone()), threshold, read);
            let (signals, scores): (Vec<MemberReading>, Vec<(MemberScore, f64)>) =
                signals.iter().map(read_signal).unzip();
            let member_score = combination.combine(&scores);
            (name, *weight, member_score, Read::Group { combination: *combination, signals })
        }
    };
    let score = member_score.score();
    let vote = score.map(|score| vote(Gauge::of_score(score), threshold));
    (MemberReading { name: name.clone(), weight, score, vote, read }, (member_score, weight))
}

impl RegimeStep {
    /// Iterates over the readings of all signals, each with the name of its group, if any.
    pub fn signals(&self) -> impl Iterator<Item = (Option<&str>, &MemberReading, &Reading)> {
        self.members.iter().flat_map(|member| {
            let (group, signals) = match &member.read {
                Read::Signal(_) => (None, std::slice::from_ref(member)),
                Read::Group { signals, .. } => (Some(member.name.as_str()), signals.as_slice()),
            };
            signals.iter().filter_map(move |signal| match &signal.read {
                Read::Signal(reading) => Some((group, signal, reading)),
                Read::Group { .. } => None,
            })
        })
    }
}
