//! Snapshot files in, run folders out: all the reading and writing of CSV there is.

mod read;
mod run;

pub use read::{
    InputFile, Progress, READ_CODES, SnapshotInput, read_asset_list, read_snapshots, read_weights,
};
pub use run::{
    Checked, InputEntry, LogEntry, Manifest, OutputEntry, RUN_CODES, RunDescription, RunFolderError,
    RunWriter, Verification, verify,
};
