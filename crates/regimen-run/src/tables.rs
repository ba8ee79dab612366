//! The tables of a run folder, each declared in the file of its name. What the writer writes, what `verify`
//! expects and what the page on the data format documents all follow from the list here.

mod actions;
mod attribution;
mod decisions;
mod figure;
mod holdings;
mod holds;
mod index;
mod nav;
mod orders;
mod reason;
mod regime;
mod signals;
mod supplies;
mod suspects;
mod transactions;
mod verdict;
mod yields;

use regimen_types::PriceJump;
use serde_json::Value;

use crate::table::{Column, RunTable, StepRecord};

pub(crate) use actions::ActionRow;
pub(crate) use attribution::AttributionRow;
pub(crate) use decisions::DecisionRow;
pub use decisions::{TradeLine, Undone};
pub(crate) use holdings::HoldingRow;
pub use holds::HoldReading;
pub(crate) use holds::HoldRow;
pub(crate) use index::IndexRow;
pub(crate) use nav::NavRow;
pub(crate) use orders::OrderRow;
pub use reason::{ReasonCode, VerdictReason};
pub(crate) use regime::RegimeRow;
pub(crate) use signals::{ReadingKind, SignalRow};
pub(crate) use supplies::SupplyRow;
pub(crate) use suspects::SuspectRow;
pub(crate) use transactions::Transactions;
pub use verdict::DecisionVerdict;
pub(crate) use yields::YieldRow;

macro_rules! run_tables {
    ($($table:ty),+ $(,)?) => {
        /// Every table of a run folder, in the order of the manifest.
        pub(crate) const TABLES: &[RunTableEntry] = &[$(RunTableEntry::of::<$table>()),+];
    };
}

run_tables![
    NavRow,
    IndexRow,
    RegimeRow<'static>,
    SignalRow<'static>,
    Transactions,
    OrderRow,
    HoldingRow,
    DecisionRow,
    HoldRow,
    ActionRow,
    YieldRow,
    AttributionRow,
    SuspectRow,
    SupplyRow,
];

/// What a table of a run folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableDescription {
    /// The file's name.
    pub file: &'static str,
    /// What has one row, as Markdown.
    pub one_row_per: &'static str,
    /// The columns in their order.
    pub columns: &'static [Column],
}

/// Iterates over the tables of run folders, those that not every methodology has included.
pub fn run_tables() -> impl Iterator<Item = TableDescription> {
    TABLES.iter().map(|table| table.description)
}

/// A table in the list, with its [`RunTable`] behind function pointers.
pub(crate) struct RunTableEntry {
    pub(crate) description: TableDescription,
    pub(crate) written_if: Option<fn(&Value) -> bool>,
    pub(crate) write_step: fn(&mut Vec<u8>, &StepRecord<'_>),
    pub(crate) write_suspect: fn(&mut Vec<u8>, &PriceJump),
}

impl RunTableEntry {
    const fn of<T: RunTable>() -> Self {
        Self {
            description: TableDescription { file: T::FILE, one_row_per: T::ONE_ROW_PER, columns: T::COLUMNS },
            written_if: T::WRITTEN_IF,
            write_step: T::write_step,
            write_suspect: T::write_suspect,
        }
    }

    /// Returns true if every run has the table.
    pub(crate) fn is_in_every_run(&self) -> bool {
        self.written_if.is_none()
    }

    /// Returns true if a run of a methodology has the table.
    pub(crate) fn is_written(&self, methodology: &Value) -> bool {
        self.written_if.is_none_or(|written_if| written_if(methodology))
    }
}
