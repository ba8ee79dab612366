//! Why a stage of a day cannot be booked.

use regimen_ledger::{LedgerError, ValuationError};
use regimen_types::{ArithmeticError, AsOf, AssetId, Quantity, Side};

use crate::portfolio::error::DecideError;

/// The reason why a stage of a day cannot be booked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BookError {
    /// There is no decision.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// A fill that was reported is no execution of an open order.
    #[error(transparent)]
    Fill(#[from] FillReportError),
    /// The window ends at another snapshot than the one whose day is open.
    #[error("the day of {open} is open, but the newest snapshot is of {newest}")]
    OtherDay {
        /// The instant of the open day.
        open: AsOf,
        /// The window's reference instant.
        newest: AsOf,
    },
    /// The ledger refused a transaction.
    #[error("booking at {as_of}: {source}")]
    Ledger {
        /// The instant of the transaction.
        as_of: AsOf,
        /// The refusal.
        source: LedgerError,
    },
    /// The portfolio could not be valued.
    #[error("valuation at {as_of}: {source}")]
    Valuation {
        /// The snapshot.
        as_of: AsOf,
        /// The failure of the valuation.
        source: ValuationError,
    },
    /// What was earned does not fit a decimal.
    #[error("accrual at {as_of}: {source}")]
    Accrual {
        /// The snapshot.
        as_of: AsOf,
        /// The figure that does not fit.
        source: ArithmeticError,
    },
    /// What is owed does not fit a decimal.
    #[error("cash flows at {as_of}: {source}")]
    Flows {
        /// The snapshot.
        as_of: AsOf,
        /// The figure that does not fit.
        source: ArithmeticError,
    },
}

/// The reason why a fill is no execution of an open order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FillReportError {
    /// No open order trades the asset on this side.
    #[error("no order is open to {side} {asset}")]
    NotOrdered {
        /// The asset.
        asset: AssetId,
        /// The side.
        side: Side,
    },
    /// More is filled than was left to trade.
    #[error("{units} {asset} are more than the {rest} that are left of the order")]
    TooMuch {
        /// The asset.
        asset: AssetId,
        /// The units filled.
        units: Quantity,
        /// The units left.
        rest: Quantity,
    },
}
