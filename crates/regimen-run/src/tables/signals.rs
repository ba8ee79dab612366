//! `signals.csv`: what each signal said.

use regimen_regime::{Combination, MemberReading, MemberScore, Read, Reading, WhenStale};
use regimen_types::{AsOf, Regime};

use super::figure::{figure, optional_figure};
use crate::codes::{Fault, TABLE_SHAPE};
use crate::row_text::RowText;
use crate::table::{Cells, Column, RunTable, StepRecord, TableRow, column};

/// A row of `signals.csv`.
pub(crate) struct SignalRow<'a> {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) name: &'a str,
    /// The group that the signal is in; empty for a signal of its own and for a group.
    pub(crate) group: &'a str,
    /// How the group's signals combine; `None` for a signal.
    pub(crate) combination: Option<Combination>,
    pub(crate) weight: f64,
    pub(crate) reading: &'a str,
    pub(crate) kind: ReadingKind,
    pub(crate) observed: &'a str,
    pub(crate) benchmark: &'a str,
    pub(crate) score: Option<(&'a str, f64)>,
    pub(crate) vote: Option<Regime>,
}

/// What the column `reading` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadingKind {
    /// Nothing: the row is a group's.
    Group,
    /// The signal read a number.
    Known,
    /// The signal has no value now.
    Missing,
    /// The signal has too few observations.
    WarmingUp {
        /// The observations there are.
        observations: u64,
        /// The observations needed.
        lookback: u64,
    },
    /// The newest value of an outside series is too old.
    Stale {
        /// The instant of the newest value.
        newest: AsOf,
        /// What becomes of the signal.
        then: WhenStale,
    },
}

impl RunTable for SignalRow<'_> {
    const FILE: &'static str = "signals.csv";
    const ONE_ROW_PER: &'static str = "signal at each evaluation of the regime";
    const COLUMNS: &'static [Column] = &[
        column("as_of", "the snapshot"),
        column("signal", "the name of the signal, or of a group of signals"),
        column(
            "group",
            "the group that the signal is in; empty for a group and for a signal that is in none",
        ),
        column("combination", "how a group's signals combine; empty for a signal"),
        column("weight", "the weight in a weighted combination; 1 in any other"),
        column(
            "reading",
            "the value that is read, such as the relative distance of a price from its average; \
             `warming_up 3/200` with too few observations; `missing` without one now; `stale 2021-05-19 \
             hold` if the newest value of an outside series is too old, with its instant and what \
             becomes of the signal; empty for a group",
        ),
        column("observed", "what was observed, such as the price; empty without a value"),
        column("benchmark", "what it was compared with, such as the average; empty without a value"),
        column("score", "the score from -1 to 1"),
        column("vote", "the vote of the score, by the threshold that counts for the gauge"),
    ];

    /// Writes one row per signal and per group of signals, a group before its signals, if the rule was
    /// evaluated.
    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let step = record.step;
        let Some(evaluated) = &step.decision.index.regime.step else { return };
        let as_of = step.window.as_of();
        for member in &evaluated.members {
            write_member(text, as_of, None, member);
            let Read::Group { signals, .. } = &member.read else { continue };
            for signal in signals {
                write_member(text, as_of, Some(&member.name), signal);
            }
        }
    }
}

fn write_member(text: &mut Vec<u8>, as_of: AsOf, group: Option<&str>, member: &MemberReading) {
    let row = RowText::new(text).value(as_of).plain(&member.name).plain(group.unwrap_or_default());
    let (row, reading) = match &member.read {
        Read::Group { combination, .. } => (row.plain(combination.as_str()), None),
        Read::Signal(reading) => (row.plain(""), Some(reading)),
    };
    let row = row.value(member.weight);
    let known = reading.and_then(Reading::known);
    let row = match reading {
        Some(Reading::WarmingUp { observations, lookback }) => {
            row.value(format_args!("warming_up {observations}/{lookback}"))
        }
        Some(Reading::Missing) => row.plain("missing"),
        Some(Reading::Stale { newest, then }) => row.value(format_args!("stale {newest} {}", then.as_str())),
        Some(Reading::Known(known)) => row.value(known.value()),
        None => row.plain(""),
    };
    row.optional(known.map(|known| known.observed()))
        .optional(known.map(|known| known.benchmark()))
        .optional(member.score)
        .optional(member.vote)
        .end();
}

impl<'a> TableRow<'a> for SignalRow<'a> {
    fn line(&self) -> u64 {
        self.line
    }

    fn read(cells: &mut Cells<'a, '_>) -> Result<Self, Fault> {
        let (line, as_of) = (cells.line(), cells.instant()?);
        let (name, group) = (cells.text()?, cells.text()?);
        let combination = cells.optional_name(Combination::from_name)?;
        let weight = cells.text()?;
        let Some((_, weight)) = figure(weight).filter(|(_, weight)| *weight > 0.0) else {
            return Err(cells.bad(weight, "no number above zero"));
        };
        let reading = cells.text()?;
        if reading.is_empty() != combination.is_some() {
            return Err(cells.fault(TABLE_SHAPE, "a signal has a reading, and a group has none"));
        }
        let Some(kind) = ReadingKind::of(reading) else { return Err(cells.bad(reading, "no reading")) };
        let is_known = kind == ReadingKind::Known;
        let (observed, benchmark) = (known_figure(cells, is_known)?, known_figure(cells, is_known)?);
        let score = optional_figure(cells)?;
        if score.is_some_and(|(_, score)| !(-1.0..=1.0).contains(&score)) {
            return Err(cells.fault(TABLE_SHAPE, "a score lies from -1 to 1"));
        }
        let vote = cells.optional_name(Regime::from_name)?;
        if vote.is_some() != score.is_some() {
            return Err(cells.fault(TABLE_SHAPE, "there is a vote where, and only where, there is a score"));
        }
        Ok(Self {
            line,
            as_of,
            name,
            group,
            combination,
            weight,
            reading,
            kind,
            observed,
            benchmark,
            score,
            vote,
        })
    }
}

impl SignalRow<'_> {
    /// Returns what the signal brings to its combination.
    pub(crate) fn member_score(&self) -> MemberScore {
        match self.score {
            Some((_, score)) => MemberScore::Scored(score),
            None => match self.kind {
                ReadingKind::Stale { then: WhenStale::LeaveOut, .. } => MemberScore::LeftOut,
                _ => MemberScore::Unknown,
            },
        }
    }
}

impl ReadingKind {
    /// Reads the text of the column, in the one form that the writer gives it.
    fn of(text: &str) -> Option<Self> {
        let count = |text: &str| text.parse::<u64>().ok().filter(|count| count.to_string() == text);
        let instant = |text: &str| text.parse::<AsOf>().ok().filter(|instant| instant.to_string() == text);
        let policies = [WhenStale::Hold, WhenStale::LeaveOut, WhenStale::Bullish, WhenStale::Bearish];
        match text.split_once(' ') {
            None if text.is_empty() => Some(Self::Group),
            None if text == "missing" => Some(Self::Missing),
            None => figure(text).map(|_| Self::Known),
            Some(("warming_up", counts)) => {
                let (observations, lookback) = counts.split_once('/')?;
                Some(Self::WarmingUp { observations: count(observations)?, lookback: count(lookback)? })
            }
            Some(("stale", rest)) => {
                let (newest, then) = rest.split_once(' ')?;
                let then = policies.into_iter().find(|policy| policy.as_str() == then)?;
                Some(Self::Stale { newest: instant(newest)?, then })
            }
            Some(_) => None,
        }
    }
}

/// Takes the figure behind a reading, which is there if the reading is a number.
fn known_figure<'a>(cells: &mut Cells<'a, '_>, expected: bool) -> Result<&'a str, Fault> {
    let text = cells.text()?;
    if expected && figure(text).is_some() || !expected && text.is_empty() {
        return Ok(text);
    }
    Err(cells.bad(text, "no figure, or one without a reading"))
}
