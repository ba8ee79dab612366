//! What one reconstitution remembers for the next.

use std::collections::{BTreeMap, BTreeSet};

use regimen_types::{AssetId, CorporateAction};
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

    /// Carries the memory over a corporate action: a successor takes the place of the asset, and a delisted asset leaves.
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

    /// Says whether an asset is an incumbent: a constituent before this reconstitution.
    #[must_use]
    pub fn includes(&self, asset: &AssetId) -> bool {
        self.constituents.contains(asset)
    }
}
