//! What happens to a portfolio without a trade: corporate actions, and money that comes in and goes out.

use std::borrow::Cow;

use regimen::Methodology;
use regimen_ledger::{Grant, Ledger, LedgerError};
use regimen_types::{
    ActionEffect, ActionKind, ArithmeticError, AsOf, CorporateAction, HistoryWindow, Holdings, Money, Weight,
};
use serde::{Deserialize, Serialize};

use crate::replayer::ReplayError;

/// How far the cash flows of a portfolio are booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowState {
    /// The snapshot up to which flows are taken up; `None` before the first.
    pub until: Option<AsOf>,
    /// What is to be withdrawn but was not in cash yet. No purchase spends it.
    pub owed: Money,
}

impl FlowState {
    /// The state before the first snapshot.
    pub const START: Self = Self { until: None, owed: Money::ZERO };

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
        *self = Self { until: Some(as_of), owed };
        self.pay(ledger, as_of)
    }

    /// Pays what is owed, as far as there is cash.
    pub(crate) fn pay(&mut self, ledger: &mut Ledger, as_of: AsOf) -> Result<(), ReplayError> {
        let amount = self.owed.min(ledger.holdings().cash());
        if amount.is_zero() {
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
    ) -> Result<Cow<'h, Holdings>, ArithmeticError> {
        if self.owed.is_zero() {
            return Ok(Cow::Borrowed(holdings));
        }
        let mut free = holdings.clone();
        free.set_cash(holdings.cash().minus(self.owed)?);
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
