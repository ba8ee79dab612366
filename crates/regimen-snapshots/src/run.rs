//! The folder that a run leaves behind: tables, summary and manifest, written whole or not at all.
//!
//! `docs/data-format.md` documents every file and column.

mod codes;
mod explain;
mod folder;
mod gains;
mod holds;
mod manifest;
mod output;
mod regime_tables;
mod rows;
mod supply_table;
mod table;
mod tables;
mod text;
mod verify;
mod writer;

pub use codes::CODES as RUN_CODES;
pub use explain::{
    AssetExplanation, AssetOrder, AssetTransaction, AssetVerdictRow, Crossed, DecisionExplanation,
    Explanation, NamedCount, RegimeEvaluation, RegimeExplanation, SideTotal, SignalEvaluation, TargetChange,
    TargetWeight, TradeTotals, explain,
};
pub use folder::RunFolderError;
pub use gains::{AssetGains, Gains, gains};
pub use holds::{HoldExplanation, HoldReading};
pub use manifest::{LogEntry, Manifest, OutputEntry};
pub use regimen_types::InputEntry;
pub use rows::{Standing, TradeLine, Undone};
pub use verify::{Checked, Verification, verify};
pub use writer::{FinishedRun, RunDescription, RunWriter};
