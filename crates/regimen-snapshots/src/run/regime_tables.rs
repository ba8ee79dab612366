//! The tables of the regime: the gauge at each snapshot, and what each signal said.

use regimen_regime::{Combination, MemberReading, MemberScore, Read, Reading, WhenStale};
use regimen_replay::Step;
use regimen_types::{AsOf, Regime};

use super::codes::{Fault, TABLE_SHAPE};
use super::table::{Cells, TableRow};
use super::text::RowText;

pub(crate) const REGIME_COLUMNS: &str =
    "as_of,regime,since,evaluated,combination,gauge,enter_above,exit_below,vote,contender,contender_votes";
pub(crate) const SIGNALS_COLUMNS: &str =
    "as_of,signal,group,combination,weight,reading,observed,benchmark,score,vote";

pub(crate) fn write_regime(text: &mut Vec<u8>, step: &Step<'_>) {
    let decision = &step.decision.index.regime;
    let evaluated = decision.step.as_ref();
    let gauge = evaluated.and_then(|step| step.gauge);
    RowText::new(text)
        .value(step.window.as_of())
        .plain(decision.state.regime.as_str())
        .optional(decision.state.since)
        .plain(if evaluated.is_some() { "yes" } else { "no" })
        .plain(evaluated.map_or("", |step| step.combination.as_str()))
        .optional(gauge.map(|gauge| gauge.value))
        .optional(gauge.map(|gauge| gauge.enter_above))
        .optional(gauge.map(|gauge| gauge.exit_below))
        .optional(evaluated.and_then(|step| step.vote))
        .optional(decision.state.contender.map(|(regime, _)| regime))
        .optional(decision.state.contender.map(|(_, votes)| votes))
        .end();
}

/// Writes one row per signal and per group of signals, a group before its signals, if the rule was evaluated.
pub(crate) fn write_signals(text: &mut Vec<u8>, step: &Step<'_>) {
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

/// A row of `regime.csv`.
pub(crate) struct RegimeRow<'a> {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) regime: Regime,
    pub(crate) since: AsOf,
    /// How the signals combine; `None` where nothing was evaluated.
    pub(crate) combination: Option<Combination>,
    pub(crate) gauge: Option<GaugeCells<'a>>,
    pub(crate) vote: Option<Regime>,
    pub(crate) contender: Option<(Regime, u32)>,
}

/// The gauge as it is printed, and as numbers.
#[derive(Clone, Copy)]
pub(crate) struct GaugeCells<'a> {
    pub(crate) value: (&'a str, f64),
    pub(crate) enter_above: (&'a str, f64),
    pub(crate) exit_below: (&'a str, f64),
}

impl<'a> TableRow<'a> for RegimeRow<'a> {
    const FILE: &'static str = "regime.csv";
    const COLUMNS: &'static str = REGIME_COLUMNS;

    fn read(cells: &mut Cells<'a, '_>) -> Result<Self, Fault> {
        let (line, as_of) = (cells.line(), cells.instant()?);
        let regime = cells.named(Regime::from_name)?;
        let since = cells.value()?;
        let evaluated = cells.named(yes_or_no)?;
        let combination = cells.optional_name(Combination::from_name)?;
        if combination.is_some() != evaluated {
            let message = "there is a combination where, and only where, the rule was evaluated";
            return Err(cells.fault(TABLE_SHAPE, message));
        }
        let figures = [optional_figure(cells)?, optional_figure(cells)?, optional_figure(cells)?];
        let gauge = match figures {
            [Some(value), Some(enter_above), Some(exit_below)] if evaluated => {
                Some(GaugeCells { value, enter_above, exit_below })
            }
            [None, None, None] => None,
            _ => {
                let message = "gauge and thresholds go together, where the rule was evaluated";
                return Err(cells.fault(TABLE_SHAPE, message));
            }
        };
        let vote = cells.optional_name(Regime::from_name)?;
        if vote.is_some() != gauge.is_some() {
            return Err(cells.fault(TABLE_SHAPE, "there is a vote where, and only where, there is a gauge"));
        }
        let contender = cells.optional_name(Regime::from_name)?;
        let votes = cells.optional::<u32>()?;
        if contender.is_some() != votes.is_some() {
            return Err(cells.fault(TABLE_SHAPE, "a contender and its votes go together"));
        }
        let contender = contender.zip(votes);
        Ok(Self { line, as_of, regime, since, combination, gauge, vote, contender })
    }
}

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

impl<'a> TableRow<'a> for SignalRow<'a> {
    const FILE: &'static str = "signals.csv";
    const COLUMNS: &'static str = SIGNALS_COLUMNS;

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
    pub(crate) fn member_score(&self) -> MemberScore {
        match self.score {
            Some((_, score)) => MemberScore::Scored(score),
            None if self.reading.ends_with(WhenStale::LeaveOut.as_str()) => MemberScore::LeftOut,
            None => MemberScore::Unknown,
        }
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
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

fn optional_figure<'a>(cells: &mut Cells<'a, '_>) -> Result<Option<(&'a str, f64)>, Fault> {
    let text = cells.text()?;
    match figure(text) {
        None if text.is_empty() => Ok(None),
        None => Err(cells.bad(text, "no number as a float prints it")),
        found => Ok(found),
    }
}

/// Reads a text that is what a finite float prints.
fn figure(text: &str) -> Option<(&str, f64)> {
    let value = text.parse::<f64>().ok()?;
    (value.is_finite() && value.to_string() == text).then_some((text, value))
}
