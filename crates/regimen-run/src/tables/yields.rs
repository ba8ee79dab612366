//! `yields.csv`: what the sleeve and the cash earned.

use regimen_types::{AnnualRate, AsOf, AssetId, Quantity};

use crate::codes::Fault;
use crate::row_text::RowText;
use crate::table::{Cells, Column, RunTable, StepRecord, TableRow, column};

/// What a position, or the cash, earned between two snapshots.
pub(crate) struct YieldRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) from: AsOf,
    /// `None` for cash.
    pub(crate) asset: Option<AssetId>,
    pub(crate) held: Quantity,
    pub(crate) annual_rate: AnnualRate,
    pub(crate) accrued: Quantity,
    pub(crate) booked: Quantity,
}

impl RunTable for YieldRow {
    const FILE: &'static str = "yields.csv";
    const ONE_ROW_PER: &'static str = "accrual of yield";
    const COLUMNS: &'static [Column] = &[
        column("as_of", "the snapshot"),
        column("from", "the snapshot before: what was held at its end earned until now"),
        column("asset", "the asset, which earns units of itself; empty for cash"),
        column("held", "the units, or the cash, that were held"),
        column("annual_rate", "the rate"),
        column(
            "accrued",
            "what the row before of the same asset left unbooked, and held × rate × days ÷ 365, rounded \
             down at 20 decimal places",
        ),
        column(
            "booked",
            "what of it is booked: rounded down at the units scale, or at the money scale for cash. It \
             is a transaction with the cause `interest`",
        ),
    ];

    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let step = record.step;
        for accrual in &step.accruals {
            RowText::new(text)
                .value(step.window.as_of())
                .value(accrual.from)
                .optional(accrual.asset.as_ref())
                .number(accrual.held.decimal())
                .number(accrual.annual_rate.decimal())
                .number(accrual.accrued.decimal())
                .number(accrual.booked.decimal())
                .end();
        }
    }
}

impl TableRow<'_> for YieldRow {
    fn line(&self) -> u64 {
        self.line
    }

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        Ok(Self {
            line: cells.line(),
            as_of: cells.instant()?,
            from: cells.value()?,
            asset: cells.optional()?,
            held: cells.value()?,
            annual_rate: cells.value()?,
            accrued: cells.value()?,
            booked: cells.value()?,
        })
    }
}
