//! What was decided at one snapshot, and why.

use std::fmt;

use regimen_planning::{RebalancePlan, TargetPortfolio, TriggerReading};
use regimen_types::Cause;
use serde::{Deserialize, Serialize};

use super::orders::PendingOrders;
use crate::index::IndexDecision;

/// Every stage of one decision. It prints, serialises and compares: it is the explanation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What the index does.
    pub index: IndexDecision,
    /// What the portfolio that follows it does.
    pub action: Action,
    /// Orders of an earlier decision that this one replaces before they were executed.
    pub replaced: Option<PendingOrders>,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing, and why.
    Hold(HoldReason),
    /// The portfolio is rebalanced.
    Rebalance(Box<Rebalance>),
}

/// Why the portfolio is not rebalanced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rebalance {
    /// The cause of the rebalance.
    pub cause: Cause,
    /// What each trigger measured, where triggers decided.
    pub readings: Vec<TriggerReading>,
    /// The weights that the portfolio is taken to.
    pub target: TargetPortfolio,
    /// The orders and skips.
    pub plan: RebalancePlan,
}

impl fmt::Display for HoldReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
