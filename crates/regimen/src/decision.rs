//! What was decided at one snapshot, and why.

use regimen_planning::{RebalancePlan, TargetPortfolio, TriggerReading};
use regimen_regime::{RegimeState, RegimeStep};
use regimen_types::{AsOf, AssetId, Cause, Divisor, IndexLevel, Price, Regime, Weight};
use regimen_weighting::AssetVerdict;
use serde::{Deserialize, Serialize};

use crate::advance::Crossing;
use crate::execution::PendingOrders;

/// Every stage of one decision. It prints, serialises and compares: it is the explanation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    /// What the index does.
    pub index: IndexDecision,
    /// What the portfolio that follows it does.
    pub action: Action,
    /// Orders of an earlier decision that this one replaces before they were executed.
    pub replaced: Option<PendingOrders>,
}

/// The index at one snapshot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndexDecision {
    /// The reference instant.
    pub as_of: AsOf,
    /// The regime and what it was told by.
    pub regime: RegimeDecision,
    /// The rebalance, if there is one.
    pub rebalance: Option<IndexRebalance>,
    /// The level; a rebalance leaves it as it is.
    pub level: IndexLevel,
    /// The divisor after the rebalance, if there is one.
    pub divisor: Divisor,
    /// The number of assets after the rebalance, if there is one.
    pub asset_count: usize,
}

/// A rebalance of the index, from constituents to weights.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndexRebalance {
    /// The snapshot at which the index takes the new basket: earlier than the decision's for a caller that skipped it.
    pub as_of: AsOf,
    /// The snapshot whose figures select and weigh: earlier than `as_of` for a basket that was announced, or that serves
    /// a scheduled day without a snapshot. Then the weights are those at the prices of `as_of`, to which they have drifted.
    pub reference: AsOf,
    /// Why.
    pub cause: Cause,
    /// What the target is made of.
    pub basis: Basis,
    /// The weights.
    pub target: TargetPortfolio,
    /// The crosses of thresholds that caused it, by asset.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub crossings: Vec<Crossing>,
}

/// The regime at one snapshot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegimeDecision {
    /// The regime before.
    pub before: Regime,
    /// The state after; its regime is the one in force.
    pub state: RegimeState,
    /// The evaluation of the rule at this snapshot; `None` if it was not evaluated.
    pub step: Option<RegimeStep>,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing, and why.
    Hold(HoldReason),
    /// The portfolio is rebalanced.
    Rebalance(Box<Rebalance>),
}

/// Why the portfolio is not rebalanced.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HoldReason {
    /// The index was not rebalanced, and nothing else makes the portfolio trade.
    NotDue,
    /// The index was rebalanced, but the portfolio does not follow its calendar.
    NotFollowed,
    /// Orders of an earlier decision wait for their execution.
    OrdersPending,
    /// No trigger fired.
    WithinLimits {
        /// What each trigger measured.
        readings: Vec<TriggerReading>,
    },
}

impl HoldReason {
    /// The name of the reason that triggers give.
    pub const WITHIN_LIMITS: &'static str = "within_limits";

    /// Returns the name that logs use.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.words().0
    }

    /// Returns the reason in words.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.words().1
    }

    /// Finds the name and the words of the reason that logs call `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<(&'static str, &'static str)> {
        let within = Self::WithinLimits { readings: Vec::new() };
        let all = [Self::NotDue, Self::NotFollowed, Self::OrdersPending, within];
        all.iter().map(Self::words).find(|(known, _)| *known == name)
    }

    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::NotDue => ("not_due", "no rebalance is due"),
            Self::NotFollowed => {
                ("not_followed", "the index was rebalanced, and its calendar is not followed")
            }
            Self::OrdersPending => ("orders_pending", "orders wait for their execution"),
            Self::WithinLimits { .. } => {
                (Self::WITHIN_LIMITS, "the portfolio is within the limits of its triggers")
            }
        }
    }
}

/// A rebalance of the portfolio.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rebalance {
    /// Why.
    pub cause: Cause,
    /// What each trigger measured, where triggers decided.
    pub readings: Vec<TriggerReading>,
    /// The weights that the portfolio is taken to.
    pub target: TargetPortfolio,
    /// The orders and skips.
    pub plan: RebalancePlan,
}

/// What a target is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Constituents that were screened, ranked and weighed: a verdict on every asset of the snapshot.
    Constituents(Vec<AssetVerdict>),
    /// Given weights: the defensive sleeve, or a file.
    Given {
        /// Where the weights come from.
        source: GivenSource,
        /// A verdict on every asset that has a weight.
        verdicts: Vec<GivenVerdict>,
    },
}

/// Where given weights come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GivenSource {
    /// The defensive sleeve of the definition.
    Sleeve,
    /// A file of weights.
    File,
}

/// What became of an asset with a given weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenVerdict {
    /// The asset.
    pub asset: AssetId,
    /// Its price in the snapshot, if known.
    pub price: Option<Price>,
    /// The weight that was given.
    pub given_weight: Weight,
    /// The weight in the target.
    pub weight: Weight,
    /// Why it is not bought; `None` if it is.
    pub exclusion: Option<GivenExclusion>,
}

/// Why an asset with a given weight is not bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GivenExclusion {
    /// The snapshot has no price of it.
    NoPrice,
    /// Its price is further from 1 than the peg tolerance.
    OffPeg,
    /// Its price is back within the peg tolerance, but not close or not long enough for re-entry.
    NotTrustedYet,
}

impl GivenExclusion {
    /// All reasons.
    pub const ALL: [Self; 3] = [Self::NoPrice, Self::OffPeg, Self::NotTrustedYet];

    /// Returns the name that logs use.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoPrice => "no_price",
            Self::OffPeg => "off_peg",
            Self::NotTrustedYet => "not_trusted_yet",
        }
    }

    /// Returns the reason in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoPrice => "no known price",
            Self::OffPeg => "off its peg by more than the tolerance",
            Self::NotTrustedYet => "back at its peg but not trusted yet",
        }
    }
}
