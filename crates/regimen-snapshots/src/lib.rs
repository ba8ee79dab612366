//! Snapshot CSVs in, run folders out.

mod run;

pub use run::{InputEntry, LogEntry, Manifest, OutputEntry, RunDescription, RunFolderError, RunWriter};
