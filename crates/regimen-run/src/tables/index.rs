//! `index.csv`: the level of the index.

use regimen_types::{AsOf, Divisor, IndexLevel};

use crate::codes::Fault;
use crate::row_text::RowText;
use crate::table::{Cells, Column, RunTable, StepRecord, TableRow, column};

/// The index after one snapshot.
pub(crate) struct IndexRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) level: IndexLevel,
    pub(crate) divisor: Divisor,
    pub(crate) assets: u64,
}

impl RunTable for IndexRow {
    const FILE: &'static str = "index.csv";
    const ONE_ROW_PER: &'static str = "snapshot";
    const COLUMNS: &'static [Column] = &[
        column("as_of", "the snapshot"),
        column("level", "the level, as in `nav.csv`"),
        column(
            "divisor",
            "the divisor after the snapshot; it changes when the index is rebalanced, so that the level \
             does not",
        ),
        column("assets", "the number of assets in the index after the snapshot"),
    ];

    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let step = record.step;
        RowText::new(text)
            .value(step.window.as_of())
            .number(step.decision.index.level.decimal())
            .number(step.decision.index.divisor.decimal())
            .value(step.decision.index.asset_count)
            .end();
    }
}

impl TableRow<'_> for IndexRow {
    fn line(&self) -> u64 {
        self.line
    }

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        Ok(Self {
            line: cells.line(),
            as_of: cells.instant()?,
            level: cells.value()?,
            divisor: cells.value()?,
            assets: cells.value()?,
        })
    }
}
