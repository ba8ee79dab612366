//! The memory that one reconstitution passes to the next.

use std::collections::{BTreeMap, BTreeSet};

use regimen_types::{AssetId, CorporateAction};
use serde::{Deserialize, Serialize};

/// The outcome of past reconstitutions, for rules with hysteresis. Small and serialisable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The number of reconstitutions so far.
    pub reconstitutions: u32,
    /// The constituents of the last reconstitution.
    pub constituents: BTreeSet<AssetId>,
    /// The assets next in line, in order of rank.
    pub reserve: Vec<AssetId>,
    /// For each asset, the number of consecutive reconstitutions, including the last, in which it reached the
    /// screen that counts them. Empty without such a screen.
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

    /// Updates the memory for a corporate action: a successor replaces the asset, and a delisted asset
    /// leaves.
    pub fn carry_over(&mut self, action: &CorporateAction) {
        if !action.retires_asset() {
            return;
        }
        let successor = action.successor().map(|(asset, _)| asset);
        if self.constituents.remove(action.asset()) {
            self.constituents.extend(successor.cloned());
        }
        if let Some(place) = self.reserve.iter().position(|asset| asset == action.asset()) {
            self.reserve.remove(place);
            match successor {
                Some(successor) if !self.reserve.contains(successor) => {
                    self.reserve.insert(place, successor.clone());
                }
                _ => {}
            }
        }
        if let (Some(periods), Some(successor)) = (self.periods.remove(action.asset()), successor) {
            let of_successor = self.periods.entry(successor.clone()).or_default();
            *of_successor = periods.max(*of_successor);
        }
    }

    /// Returns true if an asset is an incumbent: a constituent before this reconstitution.
    #[must_use]
    pub fn includes(&self, asset: &AssetId) -> bool {
        self.constituents.contains(asset)
    }
}
