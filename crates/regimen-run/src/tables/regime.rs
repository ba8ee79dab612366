//! `regime.csv`: the regime and its gauge.

use regimen_regime::Combination;
use regimen_types::{AsOf, Regime};

use super::figure::optional_figure;
use crate::codes::{Fault, TABLE_SHAPE};
use crate::row_text::RowText;
use crate::table::{Cells, Column, RunTable, StepRecord, TableRow, column};

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

impl RunTable for RegimeRow<'_> {
    const FILE: &'static str = "regime.csv";
    const ONE_ROW_PER: &'static str = "snapshot";
    const COLUMNS: &'static [Column] = &[
        column("as_of", "the snapshot"),
        column("regime", "the regime in force"),
        column("since", "the snapshot at which it began"),
        column("evaluated", "`yes` if the rule was evaluated at this snapshot, otherwise `no`"),
        column(
            "combination",
            "how the signals combine: `all`, `any`, `majority` or `weighted`; empty if nothing was \
             evaluated",
        ),
        column("gauge", "the combined score from 0 to 100; empty if a signal had none"),
        column("enter_above", "the gauge above which a bullish regime begins; empty without a gauge"),
        column("exit_below", "the gauge at or below which it ends; empty without a gauge"),
        column("vote", "the regime that the gauge votes for"),
        column("contender", "another regime that the last evaluations voted for"),
        column("contender_votes", "how many did so in a row"),
    ];

    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let step = record.step;
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
}

impl<'a> TableRow<'a> for RegimeRow<'a> {
    fn line(&self) -> u64 {
        self.line
    }

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

fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}
