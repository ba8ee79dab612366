//! Why a portfolio cannot decide.

use regimen_planning::{PlanError, TargetError, UnknownGas};
use regimen_types::AsOf;

use crate::index::IndexError;

/// The reason why a portfolio has no decision at a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecideError {
    /// The index that the portfolio follows has no decision.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The portfolio has decided at the window's newest snapshot, or after it.
    #[error("the newest snapshot is of {newest}, but the portfolio has decided at {decided_at} already")]
    NothingNew {
        /// The window's reference instant.
        newest: AsOf,
        /// The instant of the last decision.
        decided_at: AsOf,
    },
    /// The index was advanced to another snapshot than the portfolio's newest.
    #[error("the newest snapshot is of {newest}, but the index was advanced to {index}")]
    OtherInstant {
        /// The window's reference instant.
        newest: AsOf,
        /// The instant of the index's decision.
        index: AsOf,
    },
    /// The definition has no portfolio that could follow the index.
    #[error("the definition has no portfolio: add `portfolio`, `costs` and `vanished`")]
    NoPortfolio,
    /// The present weights of the index make no target.
    #[error("target at {as_of}: {source}")]
    Target {
        /// The reference instant.
        as_of: AsOf,
        /// The fault of the weights.
        source: TargetError,
    },
    /// The gas of a trade is not known.
    #[error("gas at {as_of}: {source}")]
    Gas {
        /// The reference instant.
        as_of: AsOf,
        /// The chain and asset whose gas is missing.
        source: UnknownGas,
    },
    /// Planning failed.
    #[error("plan at {as_of}: {source}")]
    Plan {
        /// The reference instant.
        as_of: AsOf,
        /// The failure of the plan.
        source: PlanError,
    },
}
