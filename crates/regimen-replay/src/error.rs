//! What stopped a replay.

use regimen::planning::UnknownGas;
use regimen::{BookError, DecideError, IndexError};
use regimen_types::{ArithmeticError, AsOf};

/// The reason why a replay stopped, with its snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The index has no decision.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The books do not add up, or there is no decision.
    #[error(transparent)]
    Book(#[from] BookError),
    /// A step was begun and did not end, as when its panic was caught.
    #[error("the step of {as_of} was interrupted")]
    Interrupted {
        /// The snapshot.
        as_of: AsOf,
    },
    /// The gas of a trade is not known.
    #[error("execution at {as_of}: {source}")]
    Gas {
        /// The snapshot.
        as_of: AsOf,
        /// The chain and asset whose gas is missing.
        source: UnknownGas,
    },
    /// An execution could not be computed.
    #[error("execution at {as_of}: {source}")]
    Fill {
        /// The snapshot.
        as_of: AsOf,
        /// The figure that does not fit.
        source: ArithmeticError,
    },
}

impl From<DecideError> for ReplayError {
    fn from(error: DecideError) -> Self {
        Self::Book(error.into())
    }
}
