//! Orders: each was decided, and each fill is a trade of the log.

use std::collections::{BTreeMap, HashMap};

use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{AsOf, AssetId, Cause, Quantity, Side};

use super::actions::Actions;
use super::decisions::PlannedOrders;
use super::faults::{Faults, place};
use super::log::{self, Log};
use super::snapshots::{Snapshots, out_of_order};
use crate::codes::{ORDER, PRICE, ROWS, fault};
use crate::table::{RunTable, Table};
use crate::tables::{DecisionRow, OrderRow, Transactions};

/// What the table of orders holds.
#[derive(Default)]
pub(super) struct Orders {
    pub(super) rows: u64,
    pub(super) shortfalls: u64,
    /// When the last order of each decision was closed.
    closed: BTreeMap<AsOf, AsOf>,
    /// The decision whose orders still wait when the run ends.
    open: Option<AsOf>,
}

impl Orders {
    /// Returns true if orders of an earlier decision wait after an instant.
    pub(super) fn wait_at(&self, as_of: AsOf) -> bool {
        self.open.is_some_and(|decided_at| decided_at < as_of)
            || self.closed.range(..as_of).next_back().is_some_and(|(_, closed_at)| *closed_at > as_of)
    }
}

/// Checks the table and returns what it holds.
pub(super) fn check(
    bytes: &[u8],
    snapshots: &Snapshots,
    log: &Log,
    actions: &Actions,
    planned: PlannedOrders,
) -> (Orders, Faults) {
    let trades = Trades::of(log);
    let mut check = OrderCheck { snapshots, planned, actions, trades, faults: Faults::of_a_part() };
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
        let closed = orders.closed.entry(row.decided_at).or_insert(row.closed_at);
        *closed = row.closed_at.max(*closed);
        check.row(&row);
        check.compare_with_decision(&row);
        if log.covers(row.closed_at) {
            check.compare_with_trade(&row);
        }
    }
    check.finish(log);
    let last = check.planned.last_decided_at;
    orders.open = last.filter(|last| check.planned.by_asset.keys().any(|(decided_at, _)| decided_at == last));
    (orders, check.faults)
}

struct OrderCheck<'a> {
    snapshots: &'a Snapshots,
    planned: PlannedOrders,
    actions: &'a Actions,
    trades: Trades<'a>,
    faults: Faults,
}

/// An order as it was decided.
struct Ordered<'a> {
    asset: &'a AssetId,
    side: Side,
    cause: Cause,
    units: Quantity,
}

type TradeKey = (AssetId, Side, Cause);

/// The trades that orders led to, with the units that no order accounts for yet; a vanished position is sold
/// without one.
struct Trades<'a>(HashMap<TradeKey, Vec<(&'a Transaction, Quantity)>>);

impl<'a> Trades<'a> {
    fn of(log: &'a Log) -> Self {
        let mut trades = HashMap::<TradeKey, Vec<_>>::new();
        for transaction in log.transactions.iter().filter(|each| each.cause != Cause::Vanished) {
            let side = match transaction.kind {
                TransactionKind::Buy => Side::Buy,
                TransactionKind::Sell => Side::Sell,
                _ => continue,
            };
            let Some(asset) = transaction.asset.clone() else { continue };
            let key = (asset, side, transaction.cause);
            trades.entry(key).or_default().push((transaction, transaction.units));
        }
        Self(trades)
    }

    /// Takes at most `most` units of the trades from one instant to another, both included.
    fn take(&mut self, key: &TradeKey, from: AsOf, until: AsOf, most: Quantity) -> Quantity {
        let Some(trades) = self.0.get_mut(key) else { return Quantity::ZERO };
        let mut missing = most;
        let start = trades.partition_point(|(trade, _)| trade.as_of < from);
        let trades = trades[start..].iter_mut().take_while(|(trade, _)| trade.as_of <= until);
        for (_, left) in trades {
            if missing.is_zero() {
                break;
            }
            // A fill belongs to one order whole, unless a swap led two orders to one asset.
            let part = missing.min(*left);
            *left = left.left_after(part);
            missing = missing.left_after(part);
        }
        most.left_after(missing)
    }

    /// Returns the trades that have units left, in order.
    fn left(&self) -> Vec<&'a Transaction> {
        let left = self.0.values().flatten().filter(|(_, left)| !left.is_zero());
        let mut left: Vec<_> = left.map(|(trade, _)| *trade).collect();
        left.sort_unstable_by_key(|trade| trade.seq);
        left
    }
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
            ("filled_units", row.filled <= row.due_units(), "no more is filled than was ordered"),
            (
                "reason_code",
                row.shortfall.is_some() == (row.filled < row.due_units()),
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
        let order = Ordered { asset: &row.asset, side: row.side, cause: row.cause, units: row.units };
        let (asset, due, filled) = self.follow(&order, row.decided_at, row.closed_at);
        let source = format!("by {} from {} to {}", Transactions::FILE, row.decided_at, row.closed_at);
        self.faults.expect(place(row, "filled_units"), ORDER, &row.filled, &filled, &source);
        let source = "what the order became by actions.csv";
        self.faults.expect(place(row, "due_asset"), ORDER, row.due_asset(), &asset, source);
        self.faults.expect(place(row, "due_units"), ORDER, &row.due_units(), &due, source);
    }

    /// Follows an order through corporate actions and trades from its decision to an instant: what it trades
    /// then, how many units are due, and how many are filled.
    fn follow(
        &mut self,
        order: &Ordered<'_>,
        decided_at: AsOf,
        until: AsOf,
    ) -> (AssetId, Quantity, Quantity) {
        let (mut asset, mut due, mut filled) = (order.asset.clone(), order.units, Quantity::ZERO);
        let mut from = decided_at;
        let mut trade = |asset: &AssetId, from, until, due: Quantity, filled: Quantity| {
            let key = (asset.clone(), order.side, order.cause);
            let rest = due.left_after(filled);
            let more = self.trades.take(&key, from, until, rest);
            // An exact sum may need more than 28 digits; what is left then gives the filled units.
            filled.plus(more).unwrap_or_else(|_| due.left_after(rest.left_after(more)))
        };
        for (as_of, action) in self.actions.between(decided_at, until) {
            let Some((successor, ratio)) = action.successor().filter(|_| *action.asset() == asset) else {
                continue;
            };
            filled = trade(&asset, from, before(as_of), due, filled);
            let both = due.at_ratio(ratio).and_then(|due| Ok((due, filled.at_ratio(ratio)?)));
            let Ok((new_due, new_filled)) = both else { continue };
            (due, filled, asset, from) = (new_due, new_filled, successor.clone(), as_of);
        }
        filled = trade(&asset, from, until, due, filled);
        (asset, due, filled)
    }

    /// Takes the trades of the orders that the last decision placed and that still wait when the run ends.
    fn take_open_orders(&mut self) {
        let Some(last) = self.planned.last_decided_at else { return };
        let Some(end) = self.snapshots.nav.last().map(|row| row.as_of) else { return };
        let open = self.planned.by_asset.iter().filter(|((decided_at, _), _)| *decided_at == last);
        let mut open: Vec<_> = open
            .map(|((_, asset), order)| (order.line, asset.clone(), order.side, order.cause, order.units))
            .collect();
        open.sort_unstable_by_key(|(line, ..)| *line);
        for (_, asset, side, cause, units) in open {
            self.follow(&Ordered { asset: &asset, side, cause, units }, last, end);
        }
    }

    /// Reports trades without an order, and orders that were neither filled nor replaced.
    fn finish(&mut self, log: &Log) {
        self.take_open_orders();
        for trade in self.trades.left().into_iter().filter(|trade| log.covers(trade.as_of)) {
            let message = format!("no order in {} accounts for the trade", OrderRow::FILE);
            self.faults.add(fault(ORDER, Transactions::FILE, message).at_line(log::line_of(trade)));
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

/// Returns the last millisecond before an instant.
fn before(as_of: AsOf) -> AsOf {
    AsOf::from_unix_millis(as_of.unix_millis().saturating_sub(1)).unwrap_or(as_of)
}
