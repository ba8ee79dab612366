//! What happens to a portfolio without a trade: corporate actions, and money that comes in and goes out.

use std::borrow::Cow;

use regimen::Methodology;
use regimen_ledger::{AccruedFee, Grant, Ledger, LedgerError, ManagementFee};
use regimen_types::{
    ActionEffect, ActionKind, ArithmeticError, AsOf, CorporateAction, HistoryWindow, Holdings, Money, Weight,
};
use serde::{Deserialize, Serialize};

use crate::replayer::ReplayError;

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

    /// Accrues the management fee since the last snapshot on its NAV, and pays what is owed of it from the cash there was.
    pub(crate) fn charge(
        &mut self,
        fee: ManagementFee,
        ledger: &mut Ledger,
        as_of: AsOf,
    ) -> Result<(), ReplayError> {
        let failed = |source| ReplayError::Fill { as_of, source };
        let Some(until) = self.until else { return Ok(()) };
        let accrued = fee.accrued(self.nav, until, as_of).and_then(|accrued| self.fee.plus(accrued));
        self.fee = accrued.map_err(failed)?;
        let payable = self.fee_due(ledger.state().money_scale()).map_err(failed)?;
        let payable = payable.min(ledger.holdings().cash());
        if !payable.is_zero() {
            let charged = ledger.charge_management_fee(as_of, payable);
            charged.map_err(|source| ReplayError::Ledger { as_of, source })?;
            self.fee = self.fee.less(payable).map_err(failed)?;
        }
        Ok(())
    }

    /// Returns the management fee that is owed, to the last place of money.
    pub(crate) fn fee_due(&self, money_scale: u32) -> Result<Money, ArithmeticError> {
        self.fee.due(money_scale)
    }

    /// Books the flows that are due at a snapshot: all since the last one. Flows from before the first snapshot are no
    /// part of the run.
    pub(crate) fn take_up(
        &mut self,
        methodology: &Methodology,
        ledger: &mut Ledger,
        as_of: AsOf,
    ) -> Result<(), ReplayError> {
        let booked = |source| ReplayError::Ledger { as_of, source };
        let due = |flow: AsOf| self.until.map_or(flow == as_of, |until| flow > until && flow <= as_of);
        let mut owed = self.owed;
        for flow in methodology.cash_flows().iter().filter(|flow| due(flow.as_of)) {
            if flow.amount.is_negative() {
                owed = owed.minus(flow.amount).map_err(|source| ReplayError::Fill { as_of, source })?;
            } else {
                ledger.deposit_later(as_of, flow.amount).map_err(booked)?;
            }
        }
        *self = Self { until: Some(as_of), owed, ..*self };
        self.pay(ledger, as_of)
    }

    /// Pays what is to be withdrawn, as far as there is cash beside the fee that is owed.
    pub(crate) fn pay(&mut self, ledger: &mut Ledger, as_of: AsOf) -> Result<(), ReplayError> {
        let free = self.fee_due(ledger.state().money_scale());
        let free = free.and_then(|fee| ledger.holdings().cash().minus(fee));
        let amount = self.owed.min(free.map_err(|source| ReplayError::Fill { as_of, source })?);
        if amount.is_zero() || amount.is_negative() {
            return Ok(());
        }
        ledger.withdraw(as_of, amount).map_err(|source| ReplayError::Ledger { as_of, source })?;
        self.owed = self.owed.minus(amount).map_err(|source| ReplayError::Fill { as_of, source })?;
        Ok(())
    }

    /// Returns the holdings without what is owed: all that plans and purchases may count on. The cash may be negative.
    pub(crate) fn without_owed<'h>(
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

/// Books the corporate actions that come into force at the newest snapshot, where the portfolio holds the asset.
pub(crate) fn book_actions(ledger: &mut Ledger, window: &HistoryWindow<'_>) -> Result<(), ReplayError> {
    let as_of = window.as_of();
    for action in window.corporate_actions() {
        if !ledger.holdings().units(action.asset()).is_zero() {
            book_action(ledger, window, action).map_err(|source| ReplayError::Ledger { as_of, source })?;
        }
    }
    Ok(())
}

fn book_action(
    ledger: &mut Ledger,
    window: &HistoryWindow<'_>,
    action: &CorporateAction,
) -> Result<(), LedgerError> {
    let (as_of, from) = (window.as_of(), action.asset());
    let (asset, ratio) = match action.effect() {
        ActionEffect::End { recovery } => {
            let Some(last) = window.last_price(from) else { return Ok(()) };
            return ledger.delist(as_of, from, last.value, *recovery).map(drop);
        }
        ActionEffect::Successor { asset, ratio } | ActionEffect::Grant { asset, ratio } => (asset, *ratio),
    };
    let held = ledger.holdings().units(from);
    // What comes in has a price: without one the action would not be in force.
    let Some(price) = window.last_price(asset) else { return Ok(()) };
    let units = held.at_ratio(ratio).map_err(|error| LedgerError::beyond_digits("units", error))?;
    let is_swap = matches!(action.effect(), ActionEffect::Successor { .. });
    if units.is_zero() {
        // Less than the smallest unit there is: nothing comes in, and what was swapped is gone.
        return if is_swap {
            ledger.delist(as_of, from, price.value, Weight::ZERO).map(drop)
        } else {
            Ok(())
        };
    }
    let (from, asset, price) = (from.clone(), asset.clone(), price.value);
    let grant = Grant { as_of, from, asset, units, price, cause: action.kind().cause() };
    let booked = match action.kind() {
        ActionKind::Staking => ledger.earn(grant),
        _ if is_swap => ledger.migrate(grant),
        _ => ledger.distribute(grant),
    };
    booked.map(drop)
}
