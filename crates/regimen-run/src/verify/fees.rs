//! Management fees: each is what accrued on the NAV before, as far as there was cash.

use crate::table::RunTable;
use crate::tables::Transactions;
use regimen_ledger::{AccruedFee, ManagementFee, Transaction, TransactionKind};
use regimen_types::{ArithmeticError, Money};

use super::faults::{Faults, Place};
use super::log::{self, Log};
use super::snapshots::Snapshots;
use crate::codes::{MANAGEMENT_FEE, fault};

/// Accrues the fee over the snapshots again, compares what was booked, and returns what is owed at the end.
///
/// Without a fee none may be booked.
pub(super) fn check(
    fee: Option<ManagementFee>,
    snapshots: &Snapshots,
    log: &Log,
    money_scale: u32,
    faults: &mut Faults,
) -> Option<Money> {
    match recompute(fee, snapshots, log, money_scale, faults) {
        Ok(owed) => Some(owed),
        Err(error) => {
            faults.add(fault(MANAGEMENT_FEE, Transactions::FILE, error));
            None
        }
    }
}

fn recompute(
    fee: Option<ManagementFee>,
    snapshots: &Snapshots,
    log: &Log,
    money_scale: u32,
    faults: &mut Faults,
) -> Result<Money, ArithmeticError> {
    let mut owed = AccruedFee::NONE;
    let mut before = None;
    for row in &snapshots.nav {
        let payable = match (fee, before) {
            (Some(fee), Some((as_of, nav, cash))) => {
                owed = owed.plus(fee.accrued(nav, as_of, row.as_of)?)?;
                owed.due(money_scale)?.min(cash)
            }
            _ => Money::ZERO,
        };
        owed = owed.less(payable)?;
        compare(log.at(row.as_of), payable, faults);
        before = Some((row.as_of, row.nav, row.cash));
    }
    owed.due(money_scale)
}

/// Compares the fee with the first transaction of its snapshot: a fee is paid from the cash before any trade.
fn compare(transactions: &[Transaction], payable: Money, faults: &mut Faults) {
    let is_fee = |each: &&Transaction| each.kind == TransactionKind::ManagementFee;
    let first = transactions.first();
    let charged = first.filter(is_fee).map_or(Money::ZERO, |each| each.notional);
    if let Some(first) = first.filter(|_| charged != payable) {
        let place = Place { file: Transactions::FILE, line: log::line_of(first), column: "notional" };
        let message = format!("the management fee should be {payable}, by what accrued on the NAV before");
        faults.add(place.fault(MANAGEMENT_FEE, message).quoting(&charged.to_string()));
    } else if first.is_none() && !payable.is_zero() {
        let message = format!("a management fee of {payable} is missing");
        faults.add(fault(MANAGEMENT_FEE, Transactions::FILE, message));
    }
    for other in transactions.iter().skip(1).filter(is_fee) {
        let place = Place { file: Transactions::FILE, line: log::line_of(other), column: "kind" };
        faults.add(place.fault(MANAGEMENT_FEE, "a management fee comes first at its snapshot"));
    }
}
