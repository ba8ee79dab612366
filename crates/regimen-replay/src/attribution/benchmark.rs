//! The benchmark of a portfolio: the index, in units that cash flows buy and sell.

use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{ArithmeticError, Exact, IndexLevel, Money, Ratio, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The most decimal places of units.
pub(super) const FINEST_SCALE: u32 = 28;

/// The portfolio's money in the index itself: each cash flow buys or sells units of the index at its level, without cost.
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

    /// Takes a transaction: deposits buy, withdrawals sell, others leave the benchmark alone. Returns the change of units.
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
        self.units = ratio(sum([self.units.decimal(), change])?);
        Ok(ratio(change))
    }

    /// Returns the value at a level, rounded half to even at the money scale.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the value does not fit a decimal.
    pub fn value(&self, level: IndexLevel, money_scale: u32) -> Result<Money, ArithmeticError> {
        Money::rounded(Exact::product(self.units.decimal(), level.decimal()), money_scale, Rounding::HalfEven)
    }
}

/// Returns the units of the index that an amount is worth.
pub(super) fn units_for(amount: Exact, level: IndexLevel) -> Result<Decimal, ArithmeticError> {
    amount.ratio_to_fit(Exact::from(level.decimal()), FINEST_SCALE)
}

/// Adds decimals, rounded toward zero where 28 digits end.
pub(super) fn sum(terms: impl IntoIterator<Item = Decimal>) -> Result<Decimal, ArithmeticError> {
    // Most causes have no units.
    let mut terms = terms.into_iter().filter(|term| !term.is_zero()).map(Exact::from);
    let Some(first) = terms.next() else { return Ok(Decimal::ZERO) };
    to_decimal(terms.try_fold(first, Exact::plus)?)
}

/// Brings an exact value to 28 digits, rounded toward zero.
pub(super) fn to_decimal(value: Exact) -> Result<Decimal, ArithmeticError> {
    value.ratio_to_fit(Exact::from(Decimal::ONE), FINEST_SCALE)
}

/// Calls a decimal a ratio, which may be any.
pub(super) fn ratio(decimal: Decimal) -> Ratio {
    Ratio::new(decimal).unwrap_or(Ratio::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimals() -> impl Strategy<Value = Decimal> {
        let mantissas = prop_oneof![1 - 10_i128.pow(28)..10_i128.pow(28), -1_000_i128..1_000];
        (mantissas, 0_u32..=28).prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa, scale))
    }

    proptest! {
        #[test]
        fn a_sum_is_the_decimal_of_the_exact_sum(terms in prop::collection::vec(decimals(), 0..6)) {
            let exact = terms.iter().try_fold(Exact::ZERO, |sum, term| sum.plus(Exact::from(*term)));
            prop_assert_eq!(sum(terms), exact.and_then(to_decimal));
        }
    }
}
