//! A market that was imported.

use crate::snapshots::SnapshotInput;

/// A market that was imported.
#[derive(Debug)]
pub struct Imported {
    /// The market, and the files that it was read from.
    pub snapshots: SnapshotInput,
    /// True if some row has a market cap.
    pub has_market_caps: bool,
    /// True if some row has a volume.
    pub has_volumes: bool,
}
