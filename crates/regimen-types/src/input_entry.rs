//! The record of an input file: what was read, and the checksum that proves it.

use serde::{Deserialize, Serialize};

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputEntry {
    /// What the file serves for: `definition`, `snapshots`, `asset_list`, `weights`, `corporate_actions`,
    /// `cash_flows`, `gas`, `yields`, or the series of a signal.
    pub role: String,
    /// The file's name without its folder.
    pub name: String,
    /// The file's size in bytes.
    pub bytes: u64,
    /// The SHA-256 of the bytes as stored, in lower-case hexadecimal.
    pub sha256: String,
}
