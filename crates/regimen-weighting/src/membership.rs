//! What one reconstitution remembers for the next.

use std::collections::{BTreeMap, BTreeSet};

use regimen_types::AssetId;
use serde::{Deserialize, Serialize};

/// The outcome of past reconstitutions that rules with hysteresis ask for. Small and serialisable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// How many reconstitutions there were.
    pub reconstitutions: u32,
    /// The constituents that the last one selected.
    pub constituents: BTreeSet<AssetId>,
    /// The assets next in line, by rank.
    pub reserve: Vec<AssetId>,
    /// In how many reconstitutions in a row, the last included, each asset came as far as the screen that counts
    /// them. Empty without such a screen.
    pub periods: BTreeMap<AssetId, u32>,
}

impl Membership {
    /// No reconstitution yet.
    pub const START: Self = Self {
        reconstitutions: 0,
        constituents: BTreeSet::new(),
        reserve: Vec::new(),
        periods: BTreeMap::new(),
    };

    /// Says whether an asset is an incumbent: a constituent before this reconstitution.
    #[must_use]
    pub fn includes(&self, asset: &AssetId) -> bool {
        self.constituents.contains(asset)
    }
}
