//! The value of one unit of a portfolio: its growth without the money that came in or went out.

use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{ArithmeticError, Exact, Money, Ratio};
use rust_decimal::Decimal;

/// The decimal places of a unit's value, or fewer where 28 digits end.
const UNIT_VALUE_SCALE: u32 = 20;

/// What one unit of the currency became, linked over the snapshots at which money came in or went out.
///
/// At such a snapshot the value before the flow is NAV − flow: the trades of that snapshot are charged to the
/// money that was there. The first deposit is there from the start, so its first trades are charged to it as
/// well.
#[derive(Clone, Debug)]
pub(super) struct UnitValue {
    /// The unit's value when money last came in or went out.
    linked: Decimal,
    /// The NAV then, after the flow.
    base: Money,
}

impl UnitValue {
    pub(super) const START: Self = Self { linked: Decimal::ONE, base: Money::ZERO };

    /// Returns the value of a unit at the next snapshot.
    pub(super) fn at(
        &mut self,
        nav: Money,
        transactions: &[Transaction],
    ) -> Result<Decimal, ArithmeticError> {
        let flow = flow_of(transactions)?;
        if flow.is_zero() {
            return self.value(nav);
        }
        if self.base.is_zero() {
            self.base = flow;
            return self.value(nav);
        }
        self.linked = self.value(nav.minus(flow)?)?;
        self.base = nav;
        Ok(self.linked)
    }

    fn value(&self, nav: Money) -> Result<Decimal, ArithmeticError> {
        if self.base.is_zero() {
            return Ok(self.linked);
        }
        Exact::product(self.linked, nav.decimal()).ratio_to_fit(self.base.decimal().into(), UNIT_VALUE_SCALE)
    }
}

/// Returns the money that came in, less the money that went out.
fn flow_of(transactions: &[Transaction]) -> Result<Money, ArithmeticError> {
    transactions.iter().try_fold(Money::ZERO, |sum, each| match each.kind {
        TransactionKind::Deposit => sum.plus(each.notional),
        TransactionKind::Withdrawal => sum.minus(each.notional),
        _ => Ok(sum),
    })
}

/// Returns what one became from `start` to `end`; one if there was nothing to begin with.
pub(super) fn growth(start: Decimal, end: Decimal) -> Result<Decimal, ArithmeticError> {
    if start.is_zero() {
        return Ok(Decimal::ONE);
    }
    Exact::from(end).ratio_to_fit(start.into(), UNIT_VALUE_SCALE)
}

/// Links two growths.
pub(super) fn linked(first: Decimal, second: Decimal) -> Result<Decimal, ArithmeticError> {
    Exact::product(first, second).ratio_to_fit(Decimal::ONE.into(), UNIT_VALUE_SCALE)
}

/// Returns the return of a growth: growth less one.
pub(super) fn return_of(growth: Decimal) -> Result<Ratio, ArithmeticError> {
    Ratio::quotient(Exact::from(growth).minus(Decimal::ONE.into())?, Decimal::ONE.into())
}
