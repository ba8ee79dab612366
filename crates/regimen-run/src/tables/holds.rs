//! `holds.csv`: when the portfolio was left alone, and why.

use regimen::{Action, HoldReason};
use regimen_types::{AsOf, AssetId, Cause, Ratio};
use serde::Serialize;

use crate::codes::{Fault, TABLE_SHAPE};
use crate::row_text::{RowText, quoted};
use crate::table::{Cells, Column, RunTable, StepRecord, TableRow, column};

/// What one trigger read at a snapshot at which the portfolio was left alone.
pub(crate) struct HoldRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    /// The name of the reason.
    pub(crate) reason: &'static str,
    pub(crate) reading: Option<HoldReading>,
}

/// What a trigger measured when it did not fire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoldReading {
    /// What its rebalance would have been called.
    pub trigger: Cause,
    /// The asset that is nearest to what is allowed; `None` for a trigger about the whole.
    pub asset: Option<AssetId>,
    /// What was measured.
    pub measured: Ratio,
    /// What is allowed.
    pub allowed: Ratio,
}

impl RunTable for HoldRow {
    const FILE: &'static str = "holds.csv";
    const ONE_ROW_PER: &'static str = "snapshot at which the portfolio was left alone, or trigger read there";
    const COLUMNS: &'static [Column] = &[
        column("as_of", "the snapshot"),
        column("reason_code", "why: `not_due`, `not_followed`, `orders_pending` or `within_limits`"),
        column("reason", "the same in words"),
        column(
            "trigger",
            "the cause that a rebalance would have had: `forced_exit`, or `drift`, of a position or of \
             the whole",
        ),
        column(
            "asset",
            "the asset that came nearest to what is allowed; empty for a trigger about the whole",
        ),
        column("measured", "what the trigger measured"),
        column("allowed", "what is allowed: above it the trigger fires"),
    ];

    /// Writes a row for each trigger that was read, or one row where none was.
    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let step = record.step;
        let Action::Hold(reason) = &step.decision.action else { return };
        let as_of = step.window.as_of();
        let readings = match reason {
            HoldReason::WithinLimits { readings } => readings.as_slice(),
            _ => &[],
        };
        let words = quoted(reason.as_str());
        let head = format!("{as_of},{},{words}", reason.name());
        for reading in readings {
            let row = RowText::new(text).plain(&head).value(reading.cause);
            let row = match &reading.asset {
                Some(asset) => row.asset(asset),
                None => row.optional(None::<Ratio>),
            };
            row.number(reading.measured.decimal()).number(reading.allowed.decimal()).end();
        }
        if readings.is_empty() {
            let row = RowText::new(text).plain(&head);
            (0..4).fold(row, |row, _| row.optional(None::<Ratio>)).end();
        }
    }
}

impl TableRow<'_> for HoldRow {
    fn line(&self) -> u64 {
        self.line
    }

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        let (line, as_of) = (cells.line(), cells.instant()?);
        let (reason, words) = cells.named(HoldReason::named)?;
        cells.words(words)?;
        let (trigger, asset) = (cells.optional_name(Cause::from_name)?, cells.optional()?);
        let reading = match (trigger, cells.optional()?, cells.optional()?) {
            (Some(trigger), Some(measured), Some(allowed)) => {
                Some(HoldReading { trigger, asset, measured, allowed })
            }
            (None, None, None) if asset.is_none() => None,
            _ => {
                return Err(
                    cells.fault(TABLE_SHAPE, "a trigger goes with what it measured and what is allowed")
                );
            }
        };
        Ok(Self { line, as_of, reason, reading })
    }
}
