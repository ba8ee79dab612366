//! The regime at a snapshot, and the evaluation behind it.

use regimen::definition::RegimeDefinition;
use regimen_regime::Combination;
use regimen_types::{AsOf, Regime};
use serde::Serialize;

use super::logs::Logs;
use crate::codes::{Fault, ROWS, fault};
use crate::table::{RunTable, Table};
use crate::tables::{ReadingKind, RegimeRow, SignalRow};

/// The regime at a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegimeExplanation {
    /// The regime in force.
    pub regime: Regime,
    /// When it began.
    pub since: AsOf,
    /// The rule.
    pub rule: RegimeDefinition,
    /// The rule's last evaluation; `None` if there was none yet.
    pub evaluation: Option<RegimeEvaluation>,
}

/// One evaluation of the regime's rule. The figures are the log's, which are floats printed digit for digit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegimeEvaluation {
    /// The snapshot.
    pub as_of: AsOf,
    /// How the signals combine.
    pub combination: Combination,
    /// The combined score from 0 to 100; empty if a signal had none.
    pub gauge: String,
    /// The gauge above which a bullish regime begins; empty without a gauge.
    pub enter_above: String,
    /// The gauge at or below which it ends; empty without a gauge.
    pub exit_below: String,
    /// The regime that the gauge votes for.
    pub vote: Option<Regime>,
    /// Another regime that the last evaluations voted for, and how many did so in a row.
    pub contender: Option<(Regime, u32)>,
    /// What the signals said, and groups of them before their signals.
    pub signals: Vec<SignalEvaluation>,
}

/// What one signal said, or a group of signals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignalEvaluation {
    /// The name.
    pub name: String,
    /// The group that the signal is in.
    pub group: Option<String>,
    /// How a group's signals combine; `None` for a signal.
    pub combination: Option<Combination>,
    /// The reading: a number, `missing`, `warming_up` with the observations that there are and that are
    /// needed, or `stale` with the instant of the newest value and what becomes of the signal. Empty for a
    /// group.
    pub reading: String,
    /// What the reading says.
    #[serde(skip)]
    pub(super) kind: ReadingKind,
    /// What was observed, such as the price; empty without a number.
    pub observed: String,
    /// What it was compared with, such as the average; empty without a number.
    pub benchmark: String,
    /// The score from -1 to 1; empty without one.
    pub score: String,
    /// The vote of the score.
    pub vote: Option<Regime>,
}

pub(super) fn explain(logs: &Logs, at: AsOf, rule: &RegimeDefinition) -> Result<RegimeExplanation, Fault> {
    let mut evaluation = None;
    for row in Table::<RegimeRow<'_>>::new(&logs.read(RegimeRow::FILE)?) {
        let row = row?;
        evaluation = RegimeEvaluation::of(&row).or(evaluation);
        if row.as_of == at {
            if let Some(evaluation) = &mut evaluation {
                evaluation.signals = signals_at(logs, evaluation.as_of)?;
            }
            return Ok(RegimeExplanation {
                regime: row.regime,
                since: row.since,
                rule: rule.clone(),
                evaluation,
            });
        }
    }
    Err(fault(ROWS, RegimeRow::FILE, format_args!("the table has no row of {at}")).into())
}

fn signals_at(logs: &Logs, at: AsOf) -> Result<Vec<SignalEvaluation>, Fault> {
    let text = logs.read(SignalRow::FILE)?;
    let mut signals = Vec::new();
    for row in Table::<SignalRow<'_>>::new(&text) {
        let row = row?;
        if row.as_of > at {
            break;
        }
        if row.as_of == at {
            signals.push(SignalEvaluation::of(&row));
        }
    }
    Ok(signals)
}

impl RegimeEvaluation {
    /// Returns the evaluation of a row, still without its signals; `None` if there was none.
    fn of(row: &RegimeRow<'_>) -> Option<Self> {
        let cell = |part: Option<(&str, f64)>| part.map_or_else(String::new, |(text, _)| text.to_owned());
        Some(Self {
            as_of: row.as_of,
            combination: row.combination?,
            gauge: cell(row.gauge.map(|gauge| gauge.value)),
            enter_above: cell(row.gauge.map(|gauge| gauge.enter_above)),
            exit_below: cell(row.gauge.map(|gauge| gauge.exit_below)),
            vote: row.vote,
            contender: row.contender,
            signals: Vec::new(),
        })
    }
}

impl SignalEvaluation {
    fn of(row: &SignalRow<'_>) -> Self {
        Self {
            name: row.name.to_owned(),
            group: (!row.group.is_empty()).then(|| row.group.to_owned()),
            combination: row.combination,
            reading: row.reading.to_owned(),
            kind: row.kind,
            observed: row.observed.to_owned(),
            benchmark: row.benchmark.to_owned(),
            score: row.score.map_or_else(String::new, |(text, _)| text.to_owned()),
            vote: row.vote,
        }
    }
}
