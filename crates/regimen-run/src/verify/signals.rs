//! The signals of each evaluation: those of the methodology, in its order, each with the score that its scale
//! gives to its reading.

use regimen::definition::{CheckedDefinition, IndexDefinition, RegimeDefinition, SignalReads};
use regimen::regime::{Combination, Member, Reading, RegimeRule, ScoreScale};
use regimen::regime_rule;

use super::faults::{Faults, place};
use crate::codes::{FIGURE, ROWS};
use crate::table::RunTable;
use crate::tables::{ReadingKind, RegimeRow, SignalRow};

/// What a row of `signals.csv` must be by the methodology.
struct Expected<'a> {
    name: &'a str,
    group: &'a str,
    combination: Option<Combination>,
    weight: f64,
    /// What scores the reading; `None` for a group.
    scale: Option<ScoreScale>,
    value: ValueOf,
}

/// How a signal's value follows from what it observed and what it compared that with.
#[derive(Clone, Copy, PartialEq)]
enum ValueOf {
    /// It is their relative distance.
    Distance,
    /// It is what was observed.
    Observed,
    /// It depends on more than these two.
    More,
}

/// What floats may lose on the way to a relative distance.
const OBSERVED_TOLERANCE: f64 = 1e-9;

/// Checks the rows of all evaluations, and how their scores combine, against the methodology that the
/// manifest spells out.
pub(super) fn check(
    signals: &[SignalRow<'_>],
    regime: &[RegimeRow<'_>],
    definition: Option<&IndexDefinition>,
    faults: &mut Faults,
) {
    let checked = definition.and_then(|each| CheckedDefinition::new(each.clone()).ok());
    let Some(definition) = checked else { return };
    let Some(rule) = regime_rule(&definition) else { return };
    let expected = expected_rows(&rule, &definition.regime);
    let mut rest = signals;
    for row in regime.iter().filter(|row| row.combination.is_some()) {
        check_rule(row, &rule, faults);
        let skipped = rest.partition_point(|signal| signal.as_of < row.as_of);
        let (_, from_here) = rest.split_at(skipped);
        let (present, later) = from_here.split_at(from_here.partition_point(|each| each.as_of == row.as_of));
        rest = later;
        if present.len() != expected.len() {
            let message = format!(
                "{} has {} rows of this snapshot; the methodology has {} signals and groups",
                SignalRow::FILE,
                present.len(),
                expected.len()
            );
            faults.add(place(row, "as_of").fault(ROWS, message));
        }
        for (signal, expected) in present.iter().zip(&expected) {
            check_row(signal, expected, faults);
        }
    }
}

fn expected_rows<'a>(rule: &'a RegimeRule, definition: &'a RegimeDefinition) -> Vec<Expected<'a>> {
    let of_signal = |signal: &'a regimen::regime::Signal, group: &'a str| Expected {
        name: &signal.name,
        group,
        combination: None,
        weight: signal.weight,
        scale: Some(signal.scale),
        value: value_of(definition, &signal.name),
    };
    let mut rows = Vec::new();
    for member in &rule.members {
        match member {
            Member::Signal(signal) => rows.push(of_signal(signal, "")),
            Member::Group { name, weight, combination, signals } => {
                rows.push(Expected {
                    name,
                    group: "",
                    combination: Some(*combination),
                    weight: *weight,
                    scale: None,
                    value: ValueOf::More,
                });
                rows.extend(signals.iter().map(|signal| of_signal(signal, name)));
            }
        }
    }
    rows
}

fn value_of(definition: &RegimeDefinition, name: &str) -> ValueOf {
    let RegimeDefinition::Signals(rule) = definition else { return ValueOf::Distance };
    let reads = rule.all_signals().find(|(_, signal)| signal.name == name).map(|(_, signal)| &signal.reads);
    match reads {
        Some(SignalReads::Level { .. }) => ValueOf::Observed,
        Some(
            SignalReads::AgainstAverage { .. }
            | SignalReads::Crossover { .. }
            | SignalReads::Momentum { .. }
            | SignalReads::MonthEnds { .. }
            | SignalReads::Drawdown { .. }
            | SignalReads::VolatilityQuantile { .. },
        ) => ValueOf::Distance,
        Some(SignalReads::Volatility { .. } | SignalReads::MarkovSwitching { .. } | SignalReads::Own)
        | None => ValueOf::More,
    }
}

/// Compares combination and thresholds with the methodology.
fn check_rule(row: &RegimeRow<'_>, rule: &RegimeRule, faults: &mut Faults) {
    let at = |column| place(row, column);
    if let Some(combination) = row.combination {
        let (found, expected) = (combination.as_str(), rule.combination.as_str());
        faults.expect(at("combination"), FIGURE, &found, &expected, "by the methodology");
    }
    let Some(cells) = row.gauge else { return };
    let gauge = rule.hysteresis.thresholds.gauge(0.0);
    let (enter, exit) = (cells.enter_above.1, cells.exit_below.1);
    faults.expect(at("enter_above"), FIGURE, &enter, &gauge.enter_above, "by the methodology");
    faults.expect(at("exit_below"), FIGURE, &exit, &gauge.exit_below, "by the methodology");
}

fn check_row(row: &SignalRow<'_>, expected: &Expected<'_>, faults: &mut Faults) {
    let at = |column| place(row, column);
    let source = "by the methodology";
    faults.expect(at("signal"), ROWS, &row.name, &expected.name, source);
    faults.expect(at("group"), ROWS, &row.group, &expected.group, source);
    let combination = |found: Option<Combination>| found.map_or("empty", Combination::as_str);
    let (found, combination) = (combination(row.combination), combination(expected.combination));
    faults.expect(at("combination"), ROWS, &found, &combination, source);
    faults.expect(at("weight"), FIGURE, &row.weight, &expected.weight, source);
    let Some(scale) = expected.scale else { return };
    let Some(reading) = reading_of(row) else { return };
    let score = scale.member_score(&reading).score();
    let shown = |score: Option<f64>| score.map_or_else(|| "empty".to_owned(), |score| score.to_string());
    let (found, score) = (shown(row.score.map(|(_, score)| score)), shown(score));
    faults.expect(at("score"), FIGURE, &found, &score, "by the reading and the methodology's scale");
    let Reading::Known(known) = reading else { return };
    let (value, observed, benchmark) = (known.value(), known.observed(), known.benchmark());
    let follows = match expected.value {
        ValueOf::Distance => {
            (value * benchmark - (observed - benchmark)).abs()
                <= OBSERVED_TOLERANCE * observed.abs().max(benchmark.abs())
        }
        ValueOf::Observed => value == observed && value == benchmark,
        ValueOf::More => true,
    };
    if !follows {
        let message = format!("the reading is not that of {observed} against {benchmark}");
        faults.add(at("reading").fault(FIGURE, message).quoting(row.reading));
    }
}

/// Returns the reading of a signal's row; warming up and missing score alike.
fn reading_of(row: &SignalRow<'_>) -> Option<Reading> {
    let figure = |text: &str| text.parse::<f64>().ok();
    match row.kind {
        ReadingKind::Known => {
            Some(Reading::of(figure(row.reading)?, figure(row.observed)?, figure(row.benchmark)?))
        }
        ReadingKind::Stale { newest, then } => Some(Reading::Stale { newest, then }),
        ReadingKind::Missing | ReadingKind::WarmingUp { .. } | ReadingKind::Group => Some(Reading::Missing),
    }
}
