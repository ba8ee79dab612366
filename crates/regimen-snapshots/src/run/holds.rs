//! The table of holds: when the portfolio was left alone, and why.

use std::fmt::Write;

use regimen::{Action, HoldReason};
use regimen_replay::Step;
use regimen_types::{AsOf, AssetId, Cause, Ratio};
use serde::Serialize;

use super::codes::{Fault, TABLE_SHAPE};
use super::table::{Cells, TableRow};
use super::text::RowText;

pub(crate) const HOLDS_COLUMNS: &str = "as_of,reason,trigger,asset,measured,allowed";

/// Writes a row for each trigger that was read, or one row where none was.
pub(crate) fn write_holds(text: &mut Vec<u8>, step: &Step<'_>) {
    let Action::Hold(reason) = &step.decision.action else { return };
    let as_of = step.window.as_of();
    let readings = match reason {
        HoldReason::WithinLimits { readings } => readings.as_slice(),
        _ => &[],
    };
    for reading in readings {
        let row = RowText::new(text).value(as_of).value(reason.name()).value(reading.cause);
        let row = match &reading.asset {
            Some(asset) => row.asset(asset),
            None => row.optional(None::<Ratio>),
        };
        row.number(reading.measured.decimal()).number(reading.allowed.decimal()).end();
    }
    if readings.is_empty() {
        let row = RowText::new(text).value(as_of).value(reason.name());
        (0..4).fold(row, |row, _| row.optional(None::<Ratio>)).end();
    }
}

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

impl TableRow<'_> for HoldRow {
    const FILE: &'static str = "holds.csv";
    const COLUMNS: &'static str = HOLDS_COLUMNS;

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        let (line, as_of) = (cells.line(), cells.instant()?);
        let reason = cells.named(|name| HoldReason::named(name).map(|(name, _)| name))?;
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

/// Why the portfolio was left alone at a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoldExplanation {
    /// The name of the reason.
    pub reason: &'static str,
    /// What each trigger measured, where triggers decided.
    pub readings: Vec<HoldReading>,
}

impl HoldExplanation {
    /// Explains the rows of one instant; `None` if there are none.
    pub(crate) fn of(rows: impl IntoIterator<Item = HoldRow>) -> Option<Self> {
        let mut rows = rows.into_iter();
        let HoldRow { reason, reading, .. } = rows.next()?;
        Some(Self {
            reason,
            readings: reading.into_iter().chain(rows.filter_map(|row| row.reading)).collect(),
        })
    }

    /// Returns the reason in words, with what came nearest to firing.
    pub(crate) fn in_words(&self) -> String {
        let mut text = HoldReason::named(self.reason).map_or("", |(_, words)| words).to_owned();
        for HoldReading { trigger, asset, measured, allowed } in &self.readings {
            let trigger = trigger.as_str().replace('_', " ");
            let of = asset.as_ref().map_or_else(String::new, |asset| format!(" of {asset}"));
            let _ = write!(text, "; {trigger}{of} {measured}, allowed {allowed}");
        }
        text
    }
}
