//! The manifest: what made a run, and the hash of everything that it left.

use regimen_replay::Period;
use regimen_types::InputEntry;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::tables::{RunTableEntry, TABLES};
use crate::warning::RunWarning;

/// The manifest's name.
pub(crate) const MANIFEST: &str = "manifest.json";
/// The name of the manifest's checksum.
pub(crate) const MANIFEST_CHECKSUM: &str = "manifest.sha256";
/// The name of the summary.
pub(crate) const SUMMARY: &str = "summary.json";
/// The name of the regime report.
pub(crate) const REGIME_REPORT: &str = "regime_report.json";
/// The documents that a run writes beside its tables, in the order of the manifest.
pub(crate) const DOCUMENTS: [&str; 2] = [SUMMARY, REGIME_REPORT];

/// Returns the names of the files that the manifest of a run with this methodology lists, in its order.
pub(crate) fn outputs_of(methodology: &Value) -> Vec<&'static str> {
    let in_every_run = TABLES.iter().filter(|table| table.is_in_every_run());
    let further = TABLES.iter().filter(|table| !table.is_in_every_run() && table.is_written(methodology));
    let name = |table: &RunTableEntry| table.description.file;
    in_every_run.map(name).chain(DOCUMENTS).chain(further.map(name)).collect()
}

/// Returns true if a run may write a file of this name.
pub(crate) fn is_run_file(name: &str) -> bool {
    let is_table = || TABLES.iter().any(|table| table.description.file == name);
    name == MANIFEST || name == MANIFEST_CHECKSUM || DOCUMENTS.contains(&name) || is_table()
}

/// The version of the run folder's format.
pub(crate) const FORMAT: u32 = 3;

/// What made a run, and the hashes of its inputs and outputs. Written as `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the folder's format.
    pub format: u32,
    /// The version of the engine.
    pub regimen: String,
    /// How orders are executed, in words; a lag of 0 is called impossible in practice.
    pub execution: String,
    /// The resolved methodology, every default spelled out.
    pub methodology: Value,
    /// The SHA-256 of the resolved methodology's JSON without white space.
    pub methodology_sha256: String,
    /// The part of the history that was replayed.
    pub period: Period,
    /// The files that were read: definition, snapshots, asset list, weights, events.
    pub inputs: Vec<InputEntry>,
    /// What a person should look at before believing the run; left out if there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<RunWarning>,
    /// The files that were written, but for the manifest itself.
    pub outputs: Vec<OutputEntry>,
    /// The end of the transaction log.
    pub log: LogEntry,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputEntry {
    /// The file's name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// The first eight bytes of the SHA-256 of each 64 KiB, to place a change.
    pub blocks: Vec<String>,
}

/// The end of the transaction log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// The decimal places of money, which the replay of the log needs.
    pub money_scale: u32,
    /// The number of transactions.
    pub transactions: u64,
    /// The hash of the last one.
    pub last_hash: String,
}
