//! The benchmark of a portfolio: the index, in units that cash flows buy and sell.

use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{ArithmeticError, Exact, IndexLevel, Money, Ratio, Rounding};
use serde::{Deserialize, Serialize};

use super::decimals::{sum, units_for};

/// The portfolio's money in the index itself: each cash flow buys or sells units of the index at its level,
/// without cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benchmark {
    units: Ratio,
}

impl Benchmark {
    /// The benchmark before any money came in.
    pub const START: Self = Self { units: Ratio::ZERO };

    /// Returns how many times the index is held.
    #[must_use]
    pub fn units(&self) -> Ratio {
        self.units
    }

    /// Books a transaction and returns the change of units: deposits buy, withdrawals sell, others leave the
    /// benchmark alone.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the level is zero or the units do not fit a decimal.
    pub fn take(&mut self, transaction: &Transaction, level: IndexLevel) -> Result<Ratio, ArithmeticError> {
        let amount = Exact::from(transaction.notional.decimal());
        let amount = match transaction.kind {
            TransactionKind::Deposit => amount,
            TransactionKind::Withdrawal => Exact::ZERO.minus(amount)?,
            _ => return Ok(Ratio::ZERO),
        };
        let change = units_for(amount, level)?;
        self.units = Ratio::from(sum([self.units.decimal(), change])?);
        Ok(Ratio::from(change))
    }

    /// Returns the value at a level, rounded half to even at the money scale.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the value does not fit a decimal.
    pub fn value(&self, level: IndexLevel, money_scale: u32) -> Result<Money, ArithmeticError> {
        Money::rounded(Exact::product(self.units.decimal(), level.decimal()), money_scale, Rounding::HalfEven)
    }
}
