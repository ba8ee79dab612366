//! Snapshot files in, run folders out: all the reading and writing of CSV there is.

mod read;
mod run;

pub use read::{
    InputFile, Progress, READ_CODES, SnapshotInput, read_asset_list, read_snapshots, read_weights,
};
pub use run::{
    AssetExplanation, AssetOrder, AssetTransaction, AssetVerdictRow, Checked, DecisionExplanation,
    Explanation, InputEntry, LogEntry, Manifest, NamedCount, OutputEntry, RUN_CODES, RegimeEvaluation,
    RegimeExplanation, RunDescription, RunFolderError, RunWriter, SideTotal, Standing, TargetChange,
    TargetWeight, TradeLine, TradeTotals, Verification, explain, verify,
};
