//! Money that comes in and goes out: cash flows, and the management fee.

use std::borrow::Cow;

use regimen_ledger::{AccruedFee, Ledger, ManagementFee};
use regimen_types::{ArithmeticError, AsOf, Holdings, Money};
use serde::{Deserialize, Serialize};

use super::error::BookError;
use crate::definition::CashFlow;

/// How far the cash flows of a portfolio and its management fee are booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowState {
    /// The snapshot up to which flows are taken up; `None` before the first.
    pub until: Option<AsOf>,
    /// What is to be withdrawn but was not in cash yet. No purchase spends it.
    pub owed: Money,
    /// The management fee that accrued but was not in cash yet. No purchase spends it, and no withdrawal.
    #[serde(default)]
    pub fee: AccruedFee,
    /// The NAV of that snapshot, on which the fee accrues until the next.
    #[serde(default)]
    pub nav: Money,
}

impl FlowState {
    /// The state before the first snapshot.
    pub const START: Self = Self { until: None, owed: Money::ZERO, fee: AccruedFee::NONE, nav: Money::ZERO };

    /// Accrues the management fee since the last snapshot on its NAV, and pays what is owed of it from the
    /// cash there was.
    pub(super) fn charge(
        &mut self,
        fee: ManagementFee,
        ledger: &mut Ledger,
        as_of: AsOf,
    ) -> Result<(), BookError> {
        let failed = |source| BookError::Flows { as_of, source };
        let Some(until) = self.until else { return Ok(()) };
        let accrued = fee.accrued(self.nav, until, as_of).and_then(|accrued| self.fee.plus(accrued));
        self.fee = accrued.map_err(failed)?;
        let payable = self.fee_due(ledger.state().money_scale()).map_err(failed)?;
        let payable = payable.min(ledger.holdings().cash());
        if !payable.is_zero() {
            let charged = ledger.charge_management_fee(as_of, payable);
            charged.map_err(|source| BookError::Ledger { as_of, source })?;
            self.fee = self.fee.less(payable).map_err(failed)?;
        }
        Ok(())
    }

    /// Returns the management fee that is owed, to the last place of money.
    pub(super) fn fee_due(&self, money_scale: u32) -> Result<Money, ArithmeticError> {
        self.fee.due(money_scale)
    }

    /// Books the flows that are due at a snapshot: all since the last one. Flows from before the first
    /// snapshot are no part of the run.
    pub(super) fn take_up(
        &mut self,
        flows: &[CashFlow],
        ledger: &mut Ledger,
        as_of: AsOf,
    ) -> Result<(), BookError> {
        let due = |flow: AsOf| self.until.map_or(flow == as_of, |until| flow > until && flow <= as_of);
        let mut owed = self.owed;
        for flow in flows.iter().filter(|flow| due(flow.as_of)) {
            if flow.amount.is_negative() {
                owed = owed.minus(flow.amount).map_err(|source| BookError::Flows { as_of, source })?;
            } else {
                let deposited = ledger.deposit_later(as_of, flow.amount);
                deposited.map_err(|source| BookError::Ledger { as_of, source })?;
            }
        }
        *self = Self { until: Some(as_of), owed, ..*self };
        self.pay(ledger, as_of)
    }

    /// Pays what is to be withdrawn, as far as there is cash beside the fee that is owed.
    pub(super) fn pay(&mut self, ledger: &mut Ledger, as_of: AsOf) -> Result<(), BookError> {
        let failed = |source| BookError::Flows { as_of, source };
        let free = self.fee_due(ledger.state().money_scale());
        let free = free.and_then(|fee| ledger.holdings().cash().minus(fee));
        let amount = self.owed.min(free.map_err(failed)?);
        if amount.is_zero() || amount.is_negative() {
            return Ok(());
        }
        ledger.withdraw(as_of, amount).map_err(|source| BookError::Ledger { as_of, source })?;
        self.owed = self.owed.minus(amount).map_err(failed)?;
        Ok(())
    }

    /// Returns the holdings without what is owed: all that plans and purchases may count on. The cash may be
    /// negative.
    pub(super) fn without_owed<'h>(
        &self,
        holdings: &'h Holdings,
        money_scale: u32,
    ) -> Result<Cow<'h, Holdings>, ArithmeticError> {
        let owed = self.owed.plus(self.fee_due(money_scale)?)?;
        if owed.is_zero() {
            return Ok(Cow::Borrowed(holdings));
        }
        let mut free = holdings.clone();
        free.set_cash(holdings.cash().minus(owed)?);
        Ok(Cow::Owned(free))
    }
}
