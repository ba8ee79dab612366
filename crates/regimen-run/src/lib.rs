//! The folder that a run leaves behind: tables, summary and manifest, written whole or not at all, verified
//! and explained.
//!
//! [`RunWriter`] writes a folder, [`verify`] checks one from its bytes to every figure, [`explain`] says why
//! the portfolio is what it is at a snapshot, and [`gains`] matches disposals with purchases. Each table is
//! declared in one place, and [`run_tables`] lists them. [`IndexTable`] writes the levels of an index alone.
//!
//! `docs/data-format.md` documents every file and column.

mod codes;
mod effects;
mod explain;
mod folder;
mod gains;
mod level;
mod manifest;
mod output;
mod row_text;
mod table;
mod tables;
mod verify;
mod warning;
mod writer;

pub use codes::CODES;
pub use effects::Effects;
pub use explain::{
    AssetExplanation, AssetOrder, AssetTransaction, AssetVerdictRow, Crossed, DecisionExplanation,
    Explanation, HoldExplanation, NamedCount, RegimeEvaluation, RegimeExplanation, SideTotal,
    SignalEvaluation, TargetChange, TargetWeight, TradeTotals, explain,
};
pub use folder::RunFolderError;
pub use gains::{AssetGains, Gains, gains};
pub use level::{IndexTable, TableFormat};
pub use manifest::{LogEntry, Manifest, OutputEntry};
pub use table::Column;
pub use tables::{
    DecisionVerdict, HoldReading, ReasonCode, TableDescription, TradeLine, Undone, VerdictReason, run_tables,
};
pub use verify::{Checked, Verification, verify};
pub use warning::RunWarning;
pub use writer::{FinishedRun, RunDescription, RunWriter};
