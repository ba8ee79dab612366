//! What a file beside the snapshots names: assets, chains and instants.

use std::collections::BTreeSet;

use regimen_regime::OutsideSeries;
use regimen_types::{AsOf, AssetId};

/// A file beside the snapshots, and what it names.
#[derive(Debug)]
pub(in crate::open) struct FileContent {
    /// The file's name without its folder.
    pub(in crate::open) file: String,
    pub(in crate::open) role: FileRole,
}

/// What a file is for, and the names and instants in it.
#[derive(Debug)]
pub(in crate::open) enum FileRole {
    /// The asset list.
    AssetList { assets: BTreeSet<AssetId> },
    /// Target weights.
    Weights { assets: BTreeSet<AssetId>, instants: BTreeSet<AsOf> },
    /// Gas by chain.
    Gas { chains: BTreeSet<String>, instants: BTreeSet<AsOf> },
    /// Annual rates.
    Yields { instants: BTreeSet<AsOf> },
    /// The series of a signal.
    Series { signal: String, delay_hours: Option<u32>, series: OutsideSeries },
}
