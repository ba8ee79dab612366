//! Orders: each was decided, and each fill is a trade of the log.

use std::collections::HashMap;

use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{AsOf, AssetId, Cause, Quantity, Side};

use super::decisions::PlannedOrders;
use super::faults::{Faults, Place};
use super::log::{self, Log};
use super::snapshots::{Snapshots, out_of_order};
use crate::run::codes::{ORDER, PRICE, ROWS, fault};
use crate::run::rows::{DecisionRow, OrderRow};
use crate::run::table::{Table, TableRow};

/// What the table of orders holds.
#[derive(Default)]
pub(super) struct Orders {
    pub(super) rows: u64,
    pub(super) shortfalls: u64,
}

/// Checks the table and returns what it holds.
pub(super) fn check(
    bytes: &[u8],
    snapshots: &Snapshots,
    log: &Log,
    planned: PlannedOrders,
) -> (Orders, Faults) {
    let mut check = OrderCheck { snapshots, planned, trades: trades(log), faults: Faults::of_a_part() };
    let mut orders = Orders::default();
    let mut closed_at = None;
    for row in Table::<OrderRow>::new(bytes) {
        let row = match row {
            Ok(row) => row,
            Err(fault) => {
                check.faults.add(fault);
                continue;
            }
        };
        if closed_at.is_some_and(|last| row.closed_at < last) {
            check.faults.add(out_of_order(OrderRow::FILE, row.line, row.closed_at));
        }
        closed_at = Some(row.closed_at);
        orders.rows += 1;
        orders.shortfalls += u64::from(row.shortfall.is_some());
        check.row(&row);
        check.compare_with_decision(&row);
        if log.covers(row.closed_at) {
            check.compare_with_trade(&row);
        }
    }
    check.finish(log);
    (orders, check.faults)
}

type TradeKey = (AsOf, AssetId, Side, Cause);

struct OrderCheck<'a> {
    snapshots: &'a Snapshots,
    planned: PlannedOrders,
    /// Trades that no order accounts for yet.
    trades: HashMap<TradeKey, &'a Transaction>,
    faults: Faults,
}

/// Returns the trades that orders led to; a vanished position is sold without one.
fn trades(log: &Log) -> HashMap<TradeKey, &Transaction> {
    let trade = |transaction: &'_ Transaction| {
        let side = match transaction.kind {
            TransactionKind::Buy => Side::Buy,
            TransactionKind::Sell => Side::Sell,
            _ => return None,
        };
        let asset = transaction.asset.clone()?;
        (transaction.cause != Cause::Vanished).then_some((transaction.as_of, asset, side, transaction.cause))
    };
    log.transactions.iter().filter_map(|transaction| Some((trade(transaction)?, transaction))).collect()
}

impl OrderCheck<'_> {
    fn row(&mut self, row: &OrderRow) {
        let rules = [
            ("closed_at", row.decided_at <= row.closed_at, "an order is closed after it was decided"),
            (
                "closed_at",
                self.snapshots.at(row.closed_at).is_some(),
                "an order is closed at a snapshot of nav.csv",
            ),
            ("filled_units", row.filled <= row.units, "no more is filled than was ordered"),
            (
                "shortfall",
                row.shortfall.is_some() == (row.filled < row.units),
                "an order has a shortfall if it is not filled in full",
            ),
            (
                "decision_price_as_of",
                row.decision_price_as_of <= row.decided_at,
                "a price is known when it is decided on",
            ),
        ];
        for (column, holds, rule) in rules {
            if !holds {
                self.faults.add(place(row, column).fault(ORDER, rule));
            }
        }
    }

    fn compare_with_decision(&mut self, row: &OrderRow) {
        let at = |column| place(row, column);
        let Some(planned) = self.planned.by_asset.remove(&(row.decided_at, row.asset.clone())) else {
            let message = format!("{} has no such order, or it is closed twice", DecisionRow::FILE);
            self.faults.add(at("asset").fault(ORDER, message).quoting(row.asset.as_str()));
            return;
        };
        let source = format!("by line {} of {}", planned.line, DecisionRow::FILE);
        self.faults.expect(at("cause"), ORDER, &row.cause, &planned.cause, &source);
        self.faults.expect(at("side"), ORDER, &row.side, &planned.side, &source);
        self.faults.expect(at("units"), ORDER, &row.units, &planned.units, &source);
        // The row of an asset that is only held does not repeat the snapshot's price.
        if let Some(price) = planned.price {
            self.faults.expect(at("decision_price"), PRICE, &row.decision_price, &price, &source);
            let instant = at("decision_price_as_of");
            self.faults.expect(instant, PRICE, &row.decision_price_as_of, &row.decided_at, &source);
        }
    }

    fn compare_with_trade(&mut self, row: &OrderRow) {
        let key = (row.closed_at, row.asset.clone(), row.side, row.cause);
        let traded = if row.filled.is_zero() { None } else { self.trades.remove(&key) };
        let units = traded.map_or(Quantity::ZERO, |transaction| transaction.units);
        let source = match traded {
            Some(transaction) => format!("by line {} of {}", log::line_of(transaction), log::FILE),
            None => format!("since {} has no such trade", log::FILE),
        };
        self.faults.expect(place(row, "filled_units"), ORDER, &row.filled, &units, &source);
    }

    /// Reports trades without an order, and orders that were neither filled nor replaced.
    fn finish(&mut self, log: &Log) {
        let mut unordered: Vec<_> = self.trades.values().filter(|trade| log.covers(trade.as_of)).collect();
        unordered.sort_unstable_by_key(|trade| trade.seq);
        for trade in unordered {
            let message = format!("no order in {} accounts for the trade", OrderRow::FILE);
            self.faults.add(fault(ORDER, log::FILE, message).at_line(log::line_of(trade)));
        }
        let last = self.planned.last_decided_at;
        let open = self.planned.by_asset.iter().filter(|((decided_at, _), _)| Some(*decided_at) != last);
        let mut open: Vec<_> = open.map(|((_, asset), order)| (order.line, asset)).collect();
        open.sort_unstable();
        for (line, asset) in open {
            let message = format!("the order of {asset} is missing in {}", OrderRow::FILE);
            self.faults.add(fault(ROWS, DecisionRow::FILE, message).at_line(line).in_column("action"));
        }
    }
}

fn place(row: &OrderRow, column: &'static str) -> Place {
    Place { file: OrderRow::FILE, line: row.line, column }
}
