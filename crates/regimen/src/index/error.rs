//! Why an index cannot be advanced.

use regimen_ledger::ValuationError;
use regimen_planning::TargetError;
use regimen_types::AsOf;
use regimen_weighting::WeightingError;

/// The reason why an index has no decision at a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The window ends at the snapshot of the last decision, or before it.
    #[error("the newest snapshot is of {newest}, but the state has decided at {decided_at} already")]
    NothingNew {
        /// The window's reference instant.
        newest: AsOf,
        /// The instant of the last decision.
        decided_at: AsOf,
    },
    /// The window ends before the base date of the index.
    #[error("the newest snapshot is of {newest}, and the index begins on {base}")]
    BeforeBase {
        /// The window's reference instant.
        newest: AsOf,
        /// The base date.
        base: AsOf,
    },
    /// The weighting rule failed.
    #[error("weighting at {as_of}: {source}")]
    Weighting {
        /// The reference instant.
        as_of: AsOf,
        /// The failure of the rule.
        source: WeightingError,
    },
    /// The target could not be built.
    #[error("target at {as_of}: {source}")]
    Target {
        /// The reference instant.
        as_of: AsOf,
        /// The fault of the weights.
        source: TargetError,
    },
    /// The index has no level, or cannot take its new basket.
    #[error("index level at {as_of}: {source}")]
    Level {
        /// The reference instant.
        as_of: AsOf,
        /// The failure of the valuation.
        source: ValuationError,
    },
}
