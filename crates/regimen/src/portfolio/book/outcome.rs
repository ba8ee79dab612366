//! What each stage of a day booked and found out.

use regimen_ledger::{Index, Nav, Transaction};
use regimen_types::Money;

use super::accrual::Accrual;
use crate::portfolio::decision::Decision;
use crate::portfolio::working_order::OrderResult;

/// What happened before any order of the day was executed.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    /// What the sleeve and the cash earned since the last day.
    pub accruals: Vec<Accrual>,
    /// Orders that ended because their assets were delisted.
    pub order_results: Vec<OrderResult>,
    /// The transactions that were booked, in order.
    pub transactions: Vec<Transaction>,
}

/// What became of the orders that were due.
#[derive(Clone, Debug, PartialEq)]
pub struct Settling {
    /// Orders that ended, executed or not.
    pub order_results: Vec<OrderResult>,
    /// The transactions that were booked, in order; those of fills were returned with each.
    pub transactions: Vec<Transaction>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Deciding {
    /// The decision, and every stage that led to it.
    pub decision: Decision,
    /// The index, if its units or its divisor are others than on the last day.
    pub index_change: Option<Index>,
    /// Orders of an earlier decision that this one replaced.
    pub order_results: Vec<OrderResult>,
}

/// How a day ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Closing {
    /// Orders of today's decision that ended, if they were executed today.
    pub order_results: Vec<OrderResult>,
    /// The transactions that were booked, in order; those of fills were returned with each.
    pub transactions: Vec<Transaction>,
    /// The value of the holdings at last known prices.
    pub nav: Nav,
    /// What is to be withdrawn but was not in cash yet.
    pub owed: Money,
    /// The management fee that has accrued but was not in cash yet.
    pub fee_owed: Money,
}
