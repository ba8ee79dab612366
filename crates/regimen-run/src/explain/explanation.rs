//! The explanation of one snapshot.

use regimen_types::{AsOf, IndexLevel, Money};
use serde::Serialize;

use super::asset::AssetExplanation;
use super::decision::{DecisionExplanation, TradeTotals};
use super::hold::HoldExplanation;
use super::regime::RegimeExplanation;

/// Why the portfolio is what it is at one snapshot of a run. It serialises; printed, it is the text that a
/// person reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The index's name.
    pub index: String,
    /// The currency of all amounts.
    pub currency: String,
    /// The snapshot.
    pub as_of: AsOf,
    /// What the portfolio is worth after it.
    pub nav: Money,
    /// The part that is cash.
    pub cash: Money,
    /// The part that is in positions.
    pub invested: Money,
    /// The level of the index.
    pub index_level: IndexLevel,
    /// The regime and its evaluation.
    pub regime: RegimeExplanation,
    /// What was booked at the snapshot; `None` if nothing was.
    pub booked: Option<TradeTotals>,
    /// The decision at the snapshot, or else the last one before it; `None` if there was none yet.
    pub decision: Option<DecisionExplanation>,
    /// Why the portfolio was left alone at the snapshot; `None` if it was rebalanced.
    pub hold: Option<HoldExplanation>,
    /// The first decision after the snapshot; `None` if the run has none.
    pub next_decision: Option<AsOf>,
    /// The asset asked for.
    pub asset: Option<AssetExplanation>,
}
