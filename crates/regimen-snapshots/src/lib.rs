//! Snapshot CSVs in, run folders out.
//!
//! [`read_snapshots`] reads a market's history from one long CSV or from a folder of one-date CSVs, each
//! optionally gzipped, in parallel and digit for digit; [`read_asset_list`], [`read_weights`], [`read_series`],
//! [`read_corporate_actions`] and [`read_cash_flows`] read the small tables beside it. A file is taken whole or not at
//! all: what is wrong with it comes back as diagnostics whose codes [`CODES`] lists. [`RunWriter`] writes the folder that
//! a run leaves behind, [`IndexTable`] the levels of an index alone.

mod codes;
mod level;
mod read;
mod run;

pub use codes::{CODES, CodeEntry};
pub use level::{IndexTable, TableFormat};
pub use read::{
    InputFile, SnapshotInput, read_asset_list, read_cash_flows, read_corporate_actions, read_rates,
    read_series, read_snapshots, read_weights,
};
pub use run::{
    AssetExplanation, AssetGains, AssetOrder, AssetTransaction, AssetVerdictRow, Checked, Crossed,
    DecisionExplanation, Explanation, FinishedRun, Gains, InputEntry, LogEntry, Manifest, NamedCount,
    OutputEntry, RUN_CODES, RegimeEvaluation, RegimeExplanation, RunDescription, RunFolderError, RunWriter,
    SideTotal, SignalEvaluation, Standing, TargetChange, TargetWeight, TradeLine, TradeTotals, Undone,
    Verification, explain, gains, verify,
};
