//! `nav.csv`: what the portfolio is worth.

use regimen_types::{AsOf, IndexLevel, Money, Regime};

use crate::codes::Fault;
use crate::row_text::RowText;
use crate::table::{Cells, Column, RunTable, StepRecord, TableRow, column};

/// The worth of the portfolio at the end of one snapshot.
pub(crate) struct NavRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) nav: Money,
    pub(crate) cash: Money,
    pub(crate) invested: Money,
    pub(crate) regime: Regime,
    pub(crate) index_level: IndexLevel,
}

impl RunTable for NavRow {
    const FILE: &'static str = "nav.csv";
    const ONE_ROW_PER: &'static str = "snapshot";
    const COLUMNS: &'static [Column] = &[
        column("as_of", "the snapshot, ascending"),
        column("nav", "cash + invested"),
        column("cash", "the cash, at the money scale"),
        column("invested", "Σ units × price, exact and then rounded once, half to even, at the money scale"),
        column("regime", "`bullish`, `bearish` or `undetermined`"),
        column("index_level", "the level of the index, rounded half to even at 12 decimal places"),
    ];

    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let step = record.step;
        RowText::new(text)
            .value(step.window.as_of())
            .number(step.nav.total.decimal())
            .number(step.nav.cash.decimal())
            .number(step.nav.invested.decimal())
            .plain(step.decision.index.regime.state.regime.as_str())
            .number(step.decision.index.level.decimal())
            .end();
    }
}

impl TableRow<'_> for NavRow {
    fn line(&self) -> u64 {
        self.line
    }

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        Ok(Self {
            line: cells.line(),
            as_of: cells.instant()?,
            nav: cells.value()?,
            cash: cells.value()?,
            invested: cells.value()?,
            regime: cells.named(Regime::from_name)?,
            index_level: cells.value()?,
        })
    }
}
