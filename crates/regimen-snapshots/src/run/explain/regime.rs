//! The regime at a snapshot, and the evaluation that told it.

use regimen::definition::{PriceAboveAverage, RegimeDefinition};
use regimen_types::{AsOf, Regime};
use serde::Serialize;

use super::logs::Logs;
use crate::run::codes::{Fault, ROWS, fault};
use crate::run::rows::RegimeRow;
use crate::run::table::{Table, TableRow};

/// The regime at a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegimeExplanation {
    /// The regime in force.
    pub regime: Regime,
    /// When it began.
    pub since: AsOf,
    /// The rule; `None` if the regime is always bullish.
    pub rule: Option<PriceAboveAverage>,
    /// The rule's last evaluation; `None` if there was none yet.
    pub evaluation: Option<RegimeEvaluation>,
}

/// One evaluation of the regime's rule. The figures are the log's, which are floats printed digit for digit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegimeEvaluation {
    /// The snapshot.
    pub as_of: AsOf,
    /// The relative distance, `missing`, or `warming_up` with the observations that there are and that are needed.
    pub reading: String,
    /// The price; empty without a reading.
    pub observed: String,
    /// Its average; empty without a reading.
    pub benchmark: String,
    /// The regime that the reading votes for.
    pub vote: Option<Regime>,
    /// Another regime that the last evaluations voted for, and how many did so in a row.
    pub contender: Option<(Regime, u32)>,
}

pub(super) fn explain(logs: &Logs, at: AsOf, rule: &RegimeDefinition) -> Result<RegimeExplanation, Fault> {
    let rule = match rule {
        RegimeDefinition::AlwaysBullish => None,
        RegimeDefinition::PriceAboveAverage(rule) => Some(rule.clone()),
    };
    let mut evaluation = None;
    for row in Table::<RegimeRow<'_>>::new(&logs.read(RegimeRow::FILE)?) {
        let row = row?;
        if row.evaluated {
            evaluation = Some(RegimeEvaluation::of(&row));
        }
        if row.as_of == at {
            return Ok(RegimeExplanation { regime: row.regime, since: row.since, rule, evaluation });
        }
    }
    Err(fault(ROWS, RegimeRow::FILE, format_args!("the table has no row of {at}")).into())
}

impl RegimeEvaluation {
    fn of(row: &RegimeRow<'_>) -> Self {
        Self {
            as_of: row.as_of,
            reading: row.reading.to_owned(),
            observed: row.observed.to_owned(),
            benchmark: row.benchmark.to_owned(),
            vote: row.vote,
            contender: row.contender,
        }
    }
}
