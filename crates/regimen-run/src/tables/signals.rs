//! `signals.csv`: what each signal said.

use regimen_regime::{Combination, MemberReading, Read, Reading, Standing, WhenStale};
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
    pub(crate) observed: &'a str,
    pub(crate) benchmark: &'a str,
    pub(crate) score: Option<(&'a str, f64)>,
    pub(crate) vote: Option<Regime>,
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

    /// Writes one row per signal and per group of signals, a group before its signals, if the rule was evaluated.
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
        if !reading.is_empty() && !is_word(reading) && figure(reading).is_none() {
            return Err(cells.bad(reading, "no reading"));
        }
        let is_known = figure(reading).is_some();
        let (observed, benchmark) = (known_figure(cells, is_known)?, known_figure(cells, is_known)?);
        let score = optional_figure(cells)?;
        if score.is_some_and(|(_, score)| !(-1.0..=1.0).contains(&score)) {
            return Err(cells.fault(TABLE_SHAPE, "a score lies from -1 to 1"));
        }
        let vote = cells.optional_name(Regime::from_name)?;
        if vote.is_some() != score.is_some() {
            return Err(cells.fault(TABLE_SHAPE, "there is a vote where, and only where, there is a score"));
        }
        Ok(Self { line, as_of, name, group, combination, weight, reading, observed, benchmark, score, vote })
    }
}

impl SignalRow<'_> {
    /// Returns what the signal brings to its combination.
    pub(crate) fn standing(&self) -> Standing {
        match self.score {
            Some((_, score)) => Standing::Scored(score),
            None if self.reading.ends_with(WhenStale::LeaveOut.as_str()) => Standing::LeftOut,
            None => Standing::Unknown,
        }
    }
}

/// Says whether a reading is one without a value: `missing`, `warming_up 3/200` or `stale 2021-05-19 hold`.
fn is_word(text: &str) -> bool {
    let is_count = |text: &str| text.parse::<u32>().is_ok_and(|count| count.to_string() == text);
    let is_instant = |text: &str| text.parse::<AsOf>().is_ok_and(|instant| instant.to_string() == text);
    let warming_up = text.strip_prefix("warming_up ").and_then(|counts| counts.split_once('/'));
    let stale = text.strip_prefix("stale ").and_then(|rest| rest.split_once(' '));
    let rules = [WhenStale::Hold, WhenStale::LeaveOut, WhenStale::Bullish, WhenStale::Bearish];
    text == "missing"
        || warming_up.is_some_and(|(have, need)| is_count(have) && is_count(need))
        || stale.is_some_and(|(newest, then)| {
            is_instant(newest) && rules.iter().any(|rule| rule.as_str() == then)
        })
}

/// Takes the figure behind a reading, which is there if the reading is a number.
fn known_figure<'a>(cells: &mut Cells<'a, '_>, expected: bool) -> Result<&'a str, Fault> {
    let text = cells.text()?;
    if expected && figure(text).is_some() || !expected && text.is_empty() {
        return Ok(text);
    }
    Err(cells.bad(text, "no figure, or one without a reading"))
}
