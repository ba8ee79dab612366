//! `regimen regime`: the current gauge, its inputs, and the values that would flip it, without trading.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use regimen::definition::{RegimeDefinition, SeriesDefinition};
use regimen::regime::{
    Domain, Gauge, MemberReading, Reading, RegimeRule, RegimeState, Signal, Turning, turning,
};
use regimen::{IndexState, Methodology, RegimeDecision, advance_index};
use regimen_input::Opened;
use regimen_types::{AsOf, Diagnostic, History, HistoryWindow, Regime};
use serde::Serialize;

use crate::arguments::{Format, RegimeCommand};
use crate::codes;
use crate::failure::Failure;
use crate::inputs::{read_definition, read_market};
use crate::print::{json, table_with_header};

/// The JSON output of the command.
#[derive(Serialize)]
struct Present<'a> {
    index: &'a str,
    as_of: AsOf,
    regime: Regime,
    since: Option<AsOf>,
    gauge: Option<Gauge>,
    /// The readings of the signals, groups with their signals nested.
    readings: &'a [MemberReading],
    contender: Option<(Regime, u32)>,
    turns: Vec<SignalTurns<'a>>,
}

/// The inputs at which a signal would turn, the other inputs as they are.
#[derive(Serialize)]
struct SignalTurns<'a> {
    signal: &'a str,
    /// The newest number that it observes.
    now: f64,
    /// Where the signal's own vote becomes another one.
    signal_turns: Bounds,
    /// Where the vote of the gauge does, with all signals that read this input.
    gauge_turns: Bounds,
}

#[derive(Serialize)]
struct Bounds {
    at_or_below: Option<f64>,
    at_or_above: Option<f64>,
}

impl From<Turning> for Bounds {
    fn from(turning: Turning) -> Self {
        Self { at_or_below: turning.below, at_or_above: turning.above }
    }
}

/// The regime at one snapshot of the history.
#[derive(Serialize)]
struct Past {
    as_of: AsOf,
    #[serde(flatten)]
    regime: RegimeDecision,
}

pub(crate) fn run(command: &RegimeCommand) -> Result<String, Failure> {
    let definition = read_definition(&command.definition)?;
    let Opened { methodology, history, .. } =
        read_market(definition, command.snapshots.as_deref(), command.definition.strict)?;
    let (past, state) = follow(&methodology, &history)?;
    for path in &command.history {
        write_history(path, &past)?;
    }
    let (Some(last), Some(window)) = (past.last(), history.newest()) else {
        return Err(no_regime("no snapshot lies at or after the base date"));
    };
    let turns = match methodology.regime_rule() {
        Some(rule) => {
            let inputs = inputs_of(&methodology.definition().regime);
            turns(rule, &inputs, last, &state, &window)
        }
        None => Vec::new(),
    };
    let step = last.regime.step.as_ref();
    let present = Present {
        index: &methodology.definition().name,
        as_of: last.as_of,
        regime: last.regime.state.regime,
        since: last.regime.state.since,
        gauge: step.and_then(|step| step.gauge),
        readings: step.map_or(&[], |step| step.members.as_slice()),
        contender: last.regime.state.contender,
        turns,
    };
    match command.format {
        Format::Json => json(&present),
        Format::Text => Ok(text(&present, step.is_some())),
    }
}

/// Advances the index over all snapshots and returns the regime at each, and the state after the last.
fn follow(methodology: &Methodology, history: &History) -> Result<(Vec<Past>, IndexState), Failure> {
    let base = methodology.definition().index.base_date;
    let mut state = IndexState::START;
    let mut past = Vec::new();
    for window in history.windows().filter(|window| base.is_none_or(|base| window.as_of() >= base)) {
        let (decision, next) =
            advance_index(methodology, &state, &window).map_err(|error| no_regime(&error.to_string()))?;
        past.push(Past { as_of: decision.as_of, regime: decision.regime });
        state = next;
    }
    Ok((past, state))
}

fn no_regime(problem: &str) -> Failure {
    let help = "check the snapshots and the definition at that instant";
    Diagnostic::general(codes::NO_REGIME.code, format!("there is no regime: {problem}"), help).into()
}

/// Returns the series that each signal of a definition reads, by the signal's name.
fn inputs_of(regime: &RegimeDefinition) -> BTreeMap<&str, &SeriesDefinition> {
    let RegimeDefinition::Signals(signals) = regime else { return BTreeMap::new() };
    let named = signals.all_signals();
    named.filter_map(|(_, signal)| Some((signal.name.as_str(), signal.reads.series()?))).collect()
}

/// Returns true if two series have the same numbers.
fn is_one_input(one: &SeriesDefinition, other: &SeriesDefinition) -> bool {
    match (one, other) {
        // What becomes of a stale value is no part of the input.
        (
            SeriesDefinition::File { path, column, .. },
            SeriesDefinition::File { path: other_path, column: other_column, .. },
        ) => path == other_path && column == other_column,
        _ => one == other,
    }
}

/// Finds the values at which each signal flips its vote, and its input the gauge, given the current regime.
/// Signals that read one input move together.
fn turns<'a>(
    rule: &'a RegimeRule,
    inputs: &BTreeMap<&str, &SeriesDefinition>,
    last: &Past,
    state: &IndexState,
    window: &HistoryWindow<'_>,
) -> Vec<SignalTurns<'a>> {
    let Some(step) = &last.regime.step else { return Vec::new() };
    let now_in_force = RegimeState { contender: None, ..last.regime.state };
    let measured = &state.signals.measured;
    let threshold = rule.hysteresis.thresholds.gauge(0.0).threshold(now_in_force.regime);
    let read_now = |signal: &Signal| {
        let mut readings = step.signals();
        readings.find(|(_, member, _)| member.name == signal.name).map_or(Reading::Missing, |found| *found.2)
    };
    let of_signal = |signal: &'a Signal| {
        let now = signal.newest(window, measured)?;
        let read = |number: f64| signal.read_if(window, measured, number);
        read(now)?;
        let vote =
            |number: f64| read(number).and_then(|reading| Some(signal.gauge_of(&reading)? > threshold));
        let input = |signal: &Signal| inputs.get(signal.name.as_str()).copied();
        let moves = |each: &Signal| {
            let one_input =
                input(each).zip(input(signal)).is_some_and(|(one, other)| is_one_input(one, other));
            each.name == signal.name || one_input
        };
        let gauge_vote = |number: f64| {
            let what_if = |each: &Signal| {
                if moves(each) {
                    each.read_if(window, measured, number).unwrap_or(Reading::Missing)
                } else {
                    read_now(each)
                }
            };
            rule.step_by(now_in_force, window, what_if).vote
        };
        let domain = if now > 0.0 { Domain::Positive } else { Domain::Any };
        Some(SignalTurns {
            signal: &signal.name,
            now,
            signal_turns: turning(now, domain, vote).into(),
            gauge_turns: turning(now, domain, gauge_vote).into(),
        })
    };
    rule.signals().filter_map(of_signal).collect()
}

fn text(present: &Present<'_>, evaluated: bool) -> String {
    let since = present.since.map_or_else(String::new, |since| format!(" since {since}"));
    let mut text = format!("{} at {}: {}{since}\n", present.index, present.as_of, present.regime);
    match present.gauge {
        Some(Gauge { value, enter_above, exit_below }) => {
            text += &format!(
                "gauge {} of 100: bullish begins above {}, ends at {} or below\n",
                figure(value),
                figure(enter_above),
                figure(exit_below)
            );
        }
        None if evaluated => text += "no gauge: a signal has no score, and the regime stays as it is\n",
        None => text += "the rule was not evaluated at this snapshot\n",
    }
    if let Some((regime, votes)) = present.contender {
        text += &format!("votes for {regime} so far: {votes}\n");
    }
    let rows = present.readings.iter().flat_map(rows_of);
    text += &table_with_header(&["signal", "reading", "observed", "against", "score", "vote"], rows);
    let row = |turns: &SignalTurns<'_>| {
        let bounds = [&turns.signal_turns, &turns.gauge_turns].map(in_words);
        let [signal, gauge] = bounds;
        vec![turns.signal.to_owned(), figure(turns.now), signal, gauge]
    };
    let header = ["input of", "now", "the signal turns", "the gauge turns, the other inputs as they are"];
    text + &table_with_header(&header, present.turns.iter().map(row))
}

/// Returns the row of a signal, or those of a group and of its signals.
fn rows_of(member: &MemberReading) -> Vec<Vec<String>> {
    use regimen::regime::Read;
    let score = member.score.map_or_else(String::new, figure);
    let vote = member.vote.map_or_else(String::new, |vote| vote.to_string());
    let row = |reading: String, observed: String, against: String| {
        vec![member.name.clone(), reading, observed, against, score.clone(), vote.clone()]
    };
    match &member.read {
        Read::Group { combination, signals } => {
            let own = row(combination.as_str().to_owned(), String::new(), String::new());
            std::iter::once(own).chain(signals.iter().flat_map(rows_of)).collect()
        }
        Read::Signal(Reading::Known(known)) => {
            vec![row(figure(known.value()), figure(known.observed()), figure(known.benchmark()))]
        }
        Read::Signal(Reading::Missing) => vec![row("missing".to_owned(), String::new(), String::new())],
        Read::Signal(Reading::WarmingUp { observations, lookback }) => {
            vec![row(format!("warming up {observations}/{lookback}"), String::new(), String::new())]
        }
        Read::Signal(Reading::Stale { newest, then }) => {
            vec![row(format!("stale since {newest}: {}", then.as_str()), String::new(), String::new())]
        }
    }
}

fn in_words(bounds: &Bounds) -> String {
    use Side::{Above, Below};
    match (bounds.at_or_below, bounds.at_or_above) {
        (Some(below), Some(above)) => {
            format!("at {} and at {}", figure_toward(below, Below), figure_toward(above, Above))
        }
        (Some(below), None) => format!("at {} or below", figure_toward(below, Below)),
        (None, Some(above)) => format!("at {} or above", figure_toward(above, Above)),
        (None, None) => "nowhere".to_owned(),
    }
}

/// Prints a number for reading, with seven significant digits; JSON has all of them.
fn figure(number: f64) -> String {
    trimmed(&format!("{number:.*}", digits_of(number)))
}

/// The side of a turning number on which the outcome differs.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Below,
    Above,
}

/// Prints a turning number with about seven significant digits, rounded to the side on which the outcome
/// differs, so that the printed number turns it too.
fn figure_toward(number: f64, side: Side) -> String {
    let digits = digits_of(number);
    let is_beyond = |text: &str| {
        text.parse::<f64>().is_ok_and(|printed| match side {
            Side::Below => printed <= number,
            Side::Above => printed >= number,
        })
    };
    let nearest = format!("{number:.digits$}");
    if is_beyond(&nearest) {
        return trimmed(&nearest);
    }
    let step = (0..digits).fold(1.0, |step, _| step / 10.0);
    let next = format!("{:.digits$}", if side == Side::Below { number - step } else { number + step });
    if is_beyond(&next) { trimmed(&next) } else { number.to_string() }
}

fn digits_of(number: f64) -> usize {
    if number == 0.0 { 0 } else { usize::try_from(6 - power_of_ten(number)).unwrap_or(0).min(12) }
}

fn trimmed(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

fn power_of_ten(number: f64) -> i64 {
    let mut power = 0;
    let mut rest = number.abs();
    while rest >= 10.0 && power < 40 {
        rest /= 10.0;
        power += 1;
    }
    while rest < 1.0 && power > -40 {
        rest *= 10.0;
        power -= 1;
    }
    power
}

fn write_history(path: &Path, past: &[Past]) -> Result<(), Failure> {
    let text = match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => json(&past)?,
        Some("csv") => csv(past),
        _ => {
            let (file, message) = (path.display().to_string(), "the history is written as .csv or .json");
            let help = "end the file's name in one of the two";
            return Err(Diagnostic::error(codes::HISTORY_FORMAT.code, &file, message, help).into());
        }
    };
    std::fs::write(path, text).map_err(|problem| Failure::unwritable(path, &problem))
}

/// One row per snapshot; each signal has its reading and its score, or empty cells.
fn csv(past: &[Past]) -> String {
    let first = past.iter().find_map(|each| each.regime.step.as_ref());
    let names: Vec<&str> =
        first.iter().flat_map(|step| step.signals()).map(|found| found.1.name.as_str()).collect();
    let mut text = "as_of,regime,since,gauge,enter_above,exit_below,vote".to_owned();
    for name in &names {
        let _ = write!(text, ",{name},{name} score");
    }
    text.push('\n');
    let optional = |value: Option<String>| value.unwrap_or_default();
    for Past { as_of, regime } in past {
        let step = regime.step.as_ref();
        let gauge = step.and_then(|step| step.gauge);
        let cells = [
            as_of.to_string(),
            regime.state.regime.to_string(),
            optional(regime.state.since.map(|since| since.to_string())),
            optional(gauge.map(|gauge| gauge.value.to_string())),
            optional(gauge.map(|gauge| gauge.enter_above.to_string())),
            optional(gauge.map(|gauge| gauge.exit_below.to_string())),
            optional(step.and_then(|step| step.vote).map(|vote| vote.to_string())),
        ];
        text += &cells.join(",");
        match step {
            Some(step) => {
                for (_, member, reading) in step.signals() {
                    let value = reading.known().map(|known| known.value().to_string());
                    let _ = write!(
                        text,
                        ",{},{}",
                        optional(value),
                        optional(member.score.map(|score| score.to_string()))
                    );
                }
            }
            None => text += &",".repeat(2 * names.len()),
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_turn_lies_on_the_side_that_turns() {
        assert_eq!(figure_toward(578.192_547_456_48, Side::Above), "578.1926");
        assert_eq!(figure_toward(578.192_547_456_48, Side::Below), "578.1925");
        assert_eq!(figure_toward(80.0, Side::Below), "80");
        assert_eq!(figure_toward((-0.25_f64).next_up(), Side::Below), "-0.25");
        for number in (1..4000).map(|each| f64::from(each) * 0.012_345_678_9) {
            for (number, side) in [(number, Side::Below), (number, Side::Above), (-1e6 * number, Side::Above)]
            {
                let printed: f64 = figure_toward(number, side).parse().unwrap();
                assert!(if side == Side::Below { printed <= number } else { printed >= number }, "{number}");
                assert!((printed / number - 1.0).abs() < 2e-6, "{number} is printed {printed}");
            }
        }
    }
}
