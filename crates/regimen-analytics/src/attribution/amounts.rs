//! Exact amounts by cause, before they are rounded.

use std::collections::BTreeMap;

use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{ArithmeticError, Cause as TradeCause, Exact, Money};

use super::excess::plus;
use super::terms::Term;

/// Exact amounts by cause.
#[derive(Clone, Debug, Default)]
pub(super) struct Amounts(BTreeMap<Term, Exact>);

impl Amounts {
    fn of(&self, term: Term) -> Exact {
        self.0.get(&term).copied().unwrap_or(Exact::ZERO)
    }

    pub(super) fn add(&mut self, term: Term, amount: Exact) -> Result<(), ArithmeticError> {
        let sum = plus(self.of(term), amount)?;
        self.0.insert(term, sum);
        Ok(())
    }

    fn take(&mut self, term: Term, amount: Money) -> Result<(), ArithmeticError> {
        self.add(term, Exact::ZERO.minus(Exact::from(amount.decimal()))?)
    }

    /// Iterates over the causes that have an amount.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Term, Exact)> {
        self.0.iter().map(|(term, amount)| (*term, *amount))
    }

    /// Adds what a transaction costs or brings in that the index neither pays nor gets.
    pub(super) fn book(&mut self, transaction: &Transaction) -> Result<(), ArithmeticError> {
        for (term, amount) in booked(transaction)? {
            self.add(term, amount)?;
        }
        Ok(())
    }
}

/// Returns what a transaction costs or brings in that the index neither pays nor gets, by cause.
///
/// # Errors
/// [`ArithmeticError`] if an amount does not fit.
pub fn booked(transaction: &Transaction) -> Result<Vec<(Term, Exact)>, ArithmeticError> {
    let mut amounts = Amounts::default();
    let costs = &transaction.costs;
    for (term, amount) in [
        (Term::Fee, costs.fee),
        (Term::Slippage, costs.slippage),
        (Term::Spread, costs.spread),
        (Term::Impact, costs.impact),
        (Term::Gas, costs.gas),
        (Term::PlatformFee, costs.platform_fee),
    ] {
        if !amount.is_zero() {
            amounts.take(term, amount)?;
        }
    }
    let value = transaction.price.map_or(Exact::ZERO, |price| transaction.units.value_at(price));
    match transaction.kind {
        TransactionKind::ManagementFee => amounts.take(Term::ManagementFee, transaction.notional)?,
        TransactionKind::Yield if transaction.cause == TradeCause::Interest => {
            amounts.add(Term::Interest, value)?;
        }
        TransactionKind::Yield => amounts.add(Term::Yield, value)?,
        TransactionKind::Interest => {
            amounts.add(Term::Interest, Exact::from(transaction.notional.decimal()))?;
        }
        TransactionKind::WriteOff if transaction.cause == TradeCause::Vanished => {
            let lost = Exact::from(transaction.notional.decimal()).minus(value)?;
            amounts.add(Term::StaleAndWriteOffs, lost)?;
        }
        _ => {}
    }
    Ok(amounts.0.into_iter().collect())
}
