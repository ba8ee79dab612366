//! Input files in: snapshots, the tables beside them, and a definition with all that it names.
//!
//! [`read_snapshots`] reads a market's history from one long CSV or from a folder of one-date CSVs, each
//! optionally gzipped, in parallel and digit for digit. [`read_asset_list`], [`read_weights`],
//! [`read_series`], [`read_gas`], [`read_rates`], [`read_corporate_actions`] and [`read_cash_flows`] read the
//! small tables beside it. A file is used whole or not at all: its faults come back as diagnostics whose
//! codes [`CODES`] lists.
//!
//! [`open`] does all of it for a definition: it reads the definition, the snapshots and every file that the
//! definition names, and returns a methodology with the history to decide on.

mod codes;
mod import;
mod input_file;
mod inspect;
mod open;
mod snapshots;
mod tables;
mod text;

pub use codes::{CODES, OPEN_CODES};
pub use import::{
    ImportKind, ImportOptions, Imported, StartingFiles, import, starting_files, write_snapshots,
};
pub use input_file::InputFile;
pub use inspect::{Inspection, inspect};
pub use open::{DefinitionSource, OpenError, Opened, ReadDefinition, open};
pub use snapshots::{SnapshotInput, read_snapshots};
pub use tables::{
    read_asset_list, read_cash_flows, read_corporate_actions, read_gas, read_rates, read_series, read_weights,
};
