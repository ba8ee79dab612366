//! Money that comes in and goes out.

use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{ArithmeticError, Cause, Money};

/// Returns the money that a transaction brings in from outside after the start, below zero if it takes money
/// out.
///
/// # Errors
/// [`ArithmeticError`] if the amount does not fit a decimal.
pub fn cash_flow(transaction: &Transaction) -> Result<Money, ArithmeticError> {
    match transaction.kind {
        TransactionKind::Deposit if transaction.cause != Cause::Inception => Ok(transaction.notional),
        TransactionKind::Withdrawal => Money::ZERO.minus(transaction.notional),
        _ => Ok(Money::ZERO),
    }
}
