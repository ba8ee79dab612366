//! What was earned, computed again from what was held; and booked, or carried to the next snapshot.

use std::collections::BTreeMap;

use regimen::IndexDefinition;
use regimen::definition::Yields;
use regimen_ledger::{Transaction, TransactionKind};
use regimen_replay::{Accrual, AccruingPosition};
use regimen_types::{AnnualRate, AssetId, Cause, Holdings, Quantity};

use super::actions::Actions;
use super::faults::{Faults, Place, place};
use super::log::{self, Log};
use super::snapshots::{Snapshots, out_of_order};
use crate::codes::{ROWS, YIELD, fault};
use crate::table::{RunTable, Table};
use crate::tables::{Transactions, YieldRow};

/// Checks the table against the snapshots and the log.
pub(super) fn check(
    bytes: &[u8],
    snapshots: &Snapshots,
    log: &Log,
    actions: &Actions,
    definition: Option<&IndexDefinition>,
    money_scale: u32,
    faults: &mut Faults,
) {
    let mut rows = Vec::new();
    for row in Table::<YieldRow>::new(bytes) {
        match row {
            Ok(row) => rows.push(row),
            Err(fault) => return faults.add(fault),
        }
    }
    let portfolio = definition.and_then(|definition| definition.portfolio.as_ref());
    let mut check = YieldCheck {
        money_scale,
        units_scale: portfolio.map_or(0, |portfolio| portfolio.units_scale),
        actions,
        stated: definition.and_then(|definition| definition.defensive.yields.as_ref()),
        carried: BTreeMap::new(),
    };
    let mut rest = rows.as_slice();
    let mut holdings = log.holdings_over_time();
    for pair in snapshots.nav.windows(2) {
        let (before, now) = (&pair[0], &pair[1]);
        while let Some((row, later)) = rest.split_first().filter(|(row, _)| row.as_of < now.as_of) {
            faults.add(out_of_order(YieldRow::FILE, row.line, row.as_of));
            rest = later;
        }
        let (of_now, later) = rest.split_at(rest.partition_point(|row| row.as_of == now.as_of));
        rest = later;
        if !log.covers(now.as_of) {
            return;
        }
        let held = holdings.advance_to(before.as_of);
        check.carried.retain(|asset, _| asset.as_ref().is_none_or(|asset| !held.units(asset).is_zero()));
        for row in of_now {
            let place = place(row, "from");
            faults.expect(place, YIELD, &row.from, &before.as_of, "the snapshot before, by nav.csv");
            check.row(row, held, faults);
        }
        check_booked(of_now, log.at(now.as_of), faults);
        // What is too fine to be booked does not survive a new basis of units.
        let migrations = log.at(now.as_of).iter().filter(|each| each.kind == TransactionKind::Migration);
        for source in migrations.filter_map(|each| each.source.as_ref()) {
            check.carried.remove(&Some(source.asset.clone()));
        }
    }
    if let Some(row) = rest.first() {
        let message = "from here on rows belong to no snapshot of nav.csv but the first";
        faults.add(fault(ROWS, YieldRow::FILE, message).at_line(row.line));
    }
}

struct YieldCheck<'a> {
    money_scale: u32,
    units_scale: u32,
    actions: &'a Actions,
    stated: Option<&'a Yields>,
    /// What was earned and not booked; `None` is cash.
    carried: BTreeMap<Option<AssetId>, Quantity>,
}

impl YieldCheck<'_> {
    fn row(&mut self, row: &YieldRow, holdings: &Holdings, faults: &mut Faults) {
        let at = |column| place(row, column);
        let (held, scale) = match &row.asset {
            None => match Quantity::new(holdings.cash().decimal()) {
                Ok(cash) => (cash, self.money_scale),
                Err(error) => return faults.add(at("held").fault(YIELD, error)),
            },
            Some(asset) => (holdings.units(asset), self.units_scale),
        };
        faults.expect(at("held"), YIELD, &row.held, &held, "by the transaction log");
        if let Some(rate) = self.stated_rate(row) {
            faults.expect(at("annual_rate"), YIELD, &row.annual_rate, &rate, "by the methodology");
        }
        let carried = self.carried.get(&row.asset).copied().unwrap_or(Quantity::ZERO);
        let position = AccruingPosition { asset: row.asset.as_ref(), held, carried, scale };
        match Accrual::of(&position, row.annual_rate, row.from, row.as_of) {
            Ok(accrual) => {
                let source = "by what was held, the rate and the time";
                faults.expect(at("accrued"), YIELD, &row.accrued, &accrual.accrued, source);
                faults.expect(at("booked"), YIELD, &row.booked, &accrual.booked, "accrued, rounded down");
            }
            Err(error) => faults.add(at("accrued").fault(YIELD, error)),
        }
        self.carried.insert(row.asset.clone(), row.accrued.left_after(row.booked));
    }

    /// Returns the rate that the methodology states; `None` if rates come from a file.
    fn stated_rate(&self, row: &YieldRow) -> Option<AnnualRate> {
        let Some(Yields::Constant { cash, assets }) = self.stated else { return None };
        let Some(asset) = &row.asset else { return Some(*cash) };
        let renamed = assets.iter().filter(|each| self.actions.present_name(&each.asset, row.as_of) == asset);
        let first = renamed.min_by(|left, right| left.asset.cmp(&right.asset));
        Some(first.map_or(AnnualRate::ZERO, |each| each.annual_rate))
    }
}

/// Compares what is booked by the table with the transactions of a snapshot, in their order.
fn check_booked(rows: &[YieldRow], transactions: &[Transaction], faults: &mut Faults) {
    let booked = rows.iter().filter(|row| !row.booked.is_zero());
    let mut earned = transactions.iter().filter(|each| each.cause == Cause::Interest);
    for row in booked {
        let place = place(row, "booked");
        match earned.next() {
            Some(transaction) if is_of(row, transaction) => {}
            Some(transaction) => {
                let line = log::line_of(transaction);
                let message = format!("line {line} of {} books something else", Transactions::FILE);
                faults.add(place.fault(YIELD, message).quoting(&row.booked.to_string()));
            }
            None => {
                let message = format!("{} books nothing of it", Transactions::FILE);
                faults.add(place.fault(YIELD, message).quoting(&row.booked.to_string()));
            }
        }
    }
    for transaction in earned {
        let place = Place { file: Transactions::FILE, line: log::line_of(transaction), column: "cause" };
        faults.add(place.fault(YIELD, format_args!("{} has no row of it", YieldRow::FILE)));
    }
}

fn is_of(row: &YieldRow, transaction: &Transaction) -> bool {
    let amount = match transaction.kind {
        TransactionKind::Interest => transaction.notional.decimal(),
        TransactionKind::Yield => transaction.units.decimal(),
        _ => return false,
    };
    transaction.asset == row.asset && amount == row.booked.decimal()
}
