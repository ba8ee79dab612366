//! The accounts behind a book: what the portfolio remembers, holds, owes and has earned.

use std::borrow::Cow;

use regimen_ledger::{Ledger, LedgerState, Transaction};
use regimen_types::{ArithmeticError, AsOf, Fill, HistoryWindow, Holdings, Money, Weight};
use serde::{Deserialize, Serialize};

use super::accrual::{Accrual, AccrualState, Accruing, HeldSince};
use super::actions::book_action;
use super::error::BookError;
use super::flows::FlowState;
use crate::definition::CashFlow;
use crate::methodology::PortfolioRules;
use crate::methodology::YieldTable;
use crate::portfolio::orders::PendingOrders;
use crate::portfolio::state::State;
use crate::portfolio::vanished::VanishedPosition;

/// All that a book carries from one stage to the next.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Accounts {
    pub(super) state: State,
    #[serde(with = "stored_ledger")]
    ledger: Ledger,
    pub(super) flows: FlowState,
    accruals: AccrualState,
}

impl PartialEq for Accounts {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
            && self.ledger() == other.ledger()
            && self.flows == other.flows
            && self.accruals == other.accruals
    }
}

impl Accounts {
    /// Builds the accounts of an empty portfolio.
    pub(super) fn new(money_scale: u32) -> Self {
        let (ledger, accruals) = (Ledger::new(money_scale), AccrualState::default());
        Self { state: State::START, ledger, flows: FlowState::START, accruals }
    }

    pub(super) fn ledger(&self) -> &LedgerState {
        self.ledger.state()
    }

    pub(super) fn holdings(&self) -> &Holdings {
        self.ledger.holdings()
    }

    /// Deposits the initial cash if nothing is booked yet.
    pub(super) fn begin(&mut self, initial_cash: Money, as_of: AsOf) -> Result<(), BookError> {
        if self.ledger().last_seq() > 0 {
            return Ok(());
        }
        self.ledger.deposit(as_of, initial_cash).map(drop).map_err(refused(as_of))
    }

    /// Returns the windows of the snapshots since the last day, oldest first; on the first day, of the newest
    /// alone.
    pub(super) fn since_last_day<'a>(&self, window: &HistoryWindow<'a>) -> Vec<HistoryWindow<'a>> {
        let Some(last) = self.flows.until else { return vec![*window] };
        let since = std::iter::successors(Some(*window), HistoryWindow::previous);
        let mut since: Vec<HistoryWindow<'a>> = since.take_while(|each| each.as_of() > last).collect();
        since.reverse();
        since
    }

    /// Returns what is held now, and was held since an instant.
    pub(super) fn held_since(&self, as_of: AsOf) -> HeldSince {
        HeldSince::new(as_of, self.holdings().clone())
    }

    pub(super) fn charge_management_fee(
        &mut self,
        rules: &PortfolioRules<'_>,
        as_of: AsOf,
    ) -> Result<(), BookError> {
        let Some(fee) = rules.management_fee() else { return Ok(()) };
        self.flows.charge(fee, &mut self.ledger, as_of)
    }

    /// Books the corporate actions that came into force at some snapshots, and returns their transactions.
    pub(super) fn book_actions(
        &mut self,
        windows: &[HistoryWindow<'_>],
        as_of: AsOf,
    ) -> Result<&[Transaction], BookError> {
        let before = self.ledger.transactions().len();
        for window in windows {
            for action in window.corporate_actions() {
                book_action(&mut self.ledger, as_of, window, action).map_err(refused(as_of))?;
            }
        }
        Ok(self.ledger.transactions().get(before..).unwrap_or_default())
    }

    /// Books what was earned on what is held since the last day.
    pub(super) fn accrue(
        &mut self,
        held: HeldSince,
        yields: &YieldTable,
        window: &HistoryWindow<'_>,
        units_scale: u32,
    ) -> Result<Vec<Accrual>, BookError> {
        let accruing = Accruing { yields, window, units_scale };
        self.accruals.accrue(&mut self.ledger, held, accruing)
    }

    pub(super) fn take_up_flows(&mut self, flows: &[CashFlow], as_of: AsOf) -> Result<(), BookError> {
        self.flows.take_up(flows, &mut self.ledger, as_of)
    }

    pub(super) fn pay_withdrawals(&mut self, as_of: AsOf) -> Result<(), BookError> {
        self.flows.pay(&mut self.ledger, as_of)
    }

    pub(super) fn write_off(
        &mut self,
        as_of: AsOf,
        position: &VanishedPosition,
        recovery: Weight,
    ) -> Result<(), BookError> {
        let booked = self.ledger.write_off(as_of, &position.asset, position.last.value, recovery);
        booked.map(drop).map_err(refused(as_of))
    }

    /// Books a fill, and returns its transaction, which is taken.
    pub(super) fn book(&mut self, fill: &Fill) -> Result<Transaction, BookError> {
        let booked = self.ledger.book(fill).cloned().map_err(refused(fill.as_of))?;
        self.ledger.take_transactions();
        Ok(booked)
    }

    /// Takes the transactions that a stage booked.
    pub(super) fn take_transactions(&mut self) -> Vec<Transaction> {
        self.ledger.take_transactions()
    }

    pub(super) fn free_holdings(&self) -> Result<Cow<'_, Holdings>, ArithmeticError> {
        self.flows.without_owed(self.holdings(), self.ledger().money_scale())
    }

    /// Returns the orders of the decision of an instant.
    pub(super) fn decided_on(&self, as_of: AsOf) -> Option<&PendingOrders> {
        self.state.pending.as_ref().filter(|pending| pending.decided_at == as_of)
    }

    /// Remembers the NAV of the day, and returns the management fee that is owed.
    pub(super) fn close(&mut self, nav: Money, as_of: AsOf) -> Result<Money, BookError> {
        self.flows.nav = nav;
        let due = self.flows.fee_due(self.ledger().money_scale());
        due.map_err(|source| BookError::Flows { as_of, source })
    }
}

fn refused(as_of: AsOf) -> impl Fn(regimen_ledger::LedgerError) -> BookError {
    move |source| BookError::Ledger { as_of, source }
}

/// A ledger is stored as its state: between two stages its transactions are taken.
mod stored_ledger {
    use regimen_ledger::{Ledger, LedgerState};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(ledger: &Ledger, serializer: S) -> Result<S::Ok, S::Error> {
        ledger.state().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ledger, D::Error> {
        LedgerState::deserialize(deserializer).map(Ledger::resume)
    }
}
