//! What happened at one snapshot of a replay.

use std::sync::Arc;

use regimen::{Accrual, Decision, Exposure, OrderResult};
use regimen_ledger::{Index, Nav, Transaction};
use regimen_types::{HistoryWindow, Holdings, Money};

/// What happened at one snapshot.
#[derive(Debug)]
pub struct Step<'a> {
    /// The snapshot and everything before it.
    pub window: HistoryWindow<'a>,
    /// What was decided, and why.
    pub decision: Decision,
    /// What the sleeve and the cash earned since the snapshot before.
    pub accruals: Vec<Accrual>,
    /// The transactions that were booked, in order.
    pub transactions: Vec<Transaction>,
    /// What became of orders: executed at this snapshot, or replaced before they were.
    pub order_results: Vec<OrderResult>,
    /// The holdings after all transactions; those of the step before if there were none.
    pub holdings: Arc<Holdings>,
    /// The value of the holdings at last known prices.
    pub nav: Nav,
    /// The index, if its units or its divisor are others than at the step before.
    pub index_change: Option<Index>,
    /// What is to be withdrawn but was not in cash yet.
    pub owed: Money,
    /// The management fee that has accrued but was not in cash yet.
    pub fee_owed: Money,
}

impl Step<'_> {
    /// Returns what the portfolio aims to hold in the regime in force.
    #[must_use]
    pub fn exposure(&self) -> Exposure {
        Exposure::of(self.decision.index.regime.state.regime)
    }
}
