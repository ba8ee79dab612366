//! Transactions, holdings, NAV, the hash chain and the index level with its divisor.
//!
//! The [`Ledger`] is append-only: it checks each fill to the last digit and refuses what does not add up.
//! Each [`Transaction`] prints as one row of the log and carries the hash of the row before it, so
//! [`replay_log`] verifies a written log without knowing the methodology. The [`Index`] is the object that
//! the portfolio follows: a level without costs, kept continuous by its divisor.
#![deny(clippy::arithmetic_side_effects)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

mod accrual;
mod booking;
mod codes;
mod entry;
mod error;
mod events;
mod gains;
mod index;
mod ledger;
mod log_line;
mod nav;
mod replay;
mod transaction;

pub use accrual::{AccruedFee, ManagementFee};
pub use codes::{CODES, LedgerRule};
pub use error::{LedgerError, LogFault, ValuationError};
pub use events::Grant;
pub use gains::{Disposal, Lot, LotMethod, Lots};
pub use index::{Index, IndexPosition, ProForma, Reinvestment, Successor};
pub use ledger::{Ledger, LedgerState};
pub use nav::{Nav, nav};
pub use replay::{HoldingsCursor, LogReplay, ReplayedLog, replay_log};
pub use transaction::{RowHash, RowHashError, Source, TRANSACTION_COLUMNS, Transaction, TransactionKind};
