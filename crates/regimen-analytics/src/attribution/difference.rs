//! The tracking difference at a snapshot, and at the end of a run.

use regimen_types::{ArithmeticError, AsOf, Money, Ratio};
use serde::{Deserialize, Serialize};

use super::terms::Terms;

/// The tracking difference at one snapshot, and what it changed by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    /// The snapshot.
    pub as_of: AsOf,
    /// The decision whose orders and skips explain the excess units; `None` before the first.
    pub decided_at: Option<AsOf>,
    /// The NAV.
    pub nav: Money,
    /// The value of the same money in the index itself.
    pub benchmark: Money,
    /// NAV less benchmark.
    pub difference: Money,
    /// The number of index units that the benchmark holds.
    pub benchmark_units: Ratio,
    /// The number of index units that the portfolio set out to hold at its last decision.
    pub followed_units: Ratio,
    /// The change of the difference since the snapshot before, by cause; the terms sum to it exactly.
    pub terms: Terms,
}

/// The tracking difference at the end of a run, by cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrackingDifference {
    /// The value of the money in the index itself.
    pub benchmark: Money,
    /// NAV less benchmark.
    pub difference: Money,
    /// The difference by cause; they sum to it exactly.
    pub terms: Terms,
}

impl TrackingDifference {
    /// Adds the next snapshot.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a sum needs more than 28 digits.
    pub fn add(&mut self, next: &Attribution) -> Result<(), ArithmeticError> {
        self.terms = self.terms.plus(&next.terms)?;
        (self.benchmark, self.difference) = (next.benchmark, next.difference);
        Ok(())
    }
}

/// Why the tracking difference of one snapshot is not explained.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttributionError {
    /// A figure does not fit.
    #[error("tracking difference at {as_of}: {source}")]
    Arithmetic {
        /// The snapshot.
        as_of: AsOf,
        /// The operation that failed.
        source: ArithmeticError,
    },
    /// The terms leave more than rounding can.
    #[error(
        "the tracking difference at {as_of} is not explained: the terms leave {rest}, rounding at most {bound}"
    )]
    Unexplained {
        /// The snapshot.
        as_of: AsOf,
        /// The part of the change that the terms leave.
        rest: Money,
        /// The most that rounding may leave.
        bound: Money,
    },
}
