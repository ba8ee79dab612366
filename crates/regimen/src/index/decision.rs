//! What the index does at one snapshot, and why.

use regimen_planning::TargetPortfolio;
use regimen_regime::{RegimeState, RegimeStep};
use regimen_types::{AsOf, Cause, Divisor, IndexLevel, Regime};
use serde::{Deserialize, Serialize};

use super::basis::Basis;
use super::crossing::Crossing;

/// The index at one snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexDecision {
    /// The reference instant.
    pub as_of: AsOf,
    /// The regime, and the readings that decided it.
    pub regime: RegimeDecision,
    /// The rebalance, if there is one: the last one, if there are several.
    pub rebalance: Option<IndexRebalance>,
    /// The rebalances at the same snapshot that came before `rebalance`, in their order: of a scheduled day
    /// that turned out to have no snapshot, of a deletion, or of an announced basket.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<IndexRebalance>,
    /// The level; a rebalance leaves it as it is.
    pub level: IndexLevel,
    /// The divisor after the rebalance, if there is one.
    pub divisor: Divisor,
    /// The number of assets after the rebalance, if there is one.
    pub asset_count: usize,
}

impl IndexDecision {
    /// Iterates over all rebalances at this snapshot, in their order.
    pub fn rebalances(&self) -> impl Iterator<Item = &IndexRebalance> {
        self.earlier.iter().chain(&self.rebalance)
    }
}

/// A rebalance of the index, from constituents to weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexRebalance {
    /// The snapshot at which the index takes the new basket: earlier than the decision's for a caller that
    /// skipped it.
    pub as_of: AsOf,
    /// The snapshot whose figures select and weigh: earlier than `as_of` for a basket that was announced, or
    /// that serves a scheduled day without a snapshot. Then the weights are those at the prices of `as_of`,
    /// to which they have drifted.
    pub reference: AsOf,
    /// The cause of the rebalance.
    pub cause: Cause,
    /// What the target is made of.
    pub basis: Basis,
    /// The weights.
    pub target: TargetPortfolio,
    /// The crosses of thresholds that caused it, by asset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crossings: Vec<Crossing>,
}

/// The regime at one snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegimeDecision {
    /// The regime before.
    pub before: Regime,
    /// The state after; its regime is the one in force.
    pub state: RegimeState,
    /// The evaluation of the rule at this snapshot; `None` if it was not evaluated.
    pub step: Option<RegimeStep>,
}
