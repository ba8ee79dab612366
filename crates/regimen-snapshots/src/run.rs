//! The folder that a run leaves behind: tables, summary and manifest, written whole or not at all.
//!
//! `docs/data-format.md` documents every file and column.

mod folder;
mod manifest;
mod output;
mod tables;
mod text;
mod writer;

pub use folder::RunFolderError;
pub use manifest::{InputEntry, LogEntry, Manifest, OutputEntry};
pub(crate) use output::hex;
pub use writer::{RunDescription, RunWriter};
