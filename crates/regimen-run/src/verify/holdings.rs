//! Holdings: positions by the log, values and weights by the prices, NAV by the values.

use std::collections::HashMap;
use std::iter::Peekable;

use regimen_ledger::Transaction;
use regimen_types::{AsOf, AssetId, Exact, Money, Price, Quantity, Ratio, Rounding};

use super::faults::{Faults, Place, place};
use super::log::{self, Log};
use super::snapshots::{Snapshots, out_of_order};
use crate::codes::{FIGURE, POSITION, PRICE, ROWS, fault};
use crate::table::{RunTable, Table};
use crate::tables::{HoldingRow, NavRow, Transactions};

/// Checks the table and returns the number of its rows.
pub(super) fn check(bytes: &[u8], snapshots: &Snapshots, log: &Log, money_scale: u32) -> (u64, Faults) {
    let mut check = HoldingsCheck {
        rows: HoldingRows { table: Table::new(bytes).peekable(), line: 1 },
        count: 0,
        money_scale,
        last_prices: HashMap::new(),
        after_fault: false,
        faults: Faults::of_a_part(),
    };
    let mut holdings = log.holdings_over_time();
    for nav in &snapshots.nav {
        let rows = check.take_rows(nav.as_of);
        if log.covers(nav.as_of) {
            check.compare_positions(nav, &rows, holdings.advance_to(nav.as_of).positions());
            check.compare_trade_prices(&rows, log.at(nav.as_of));
        }
        check.value(nav, &rows);
    }
    let line = check.rows.line + 1;
    let rest = check.rows.by_ref().count();
    if rest > 0 {
        let message =
            format!("from here on {rest} rows belong to no snapshot of nav.csv, or stand in the wrong place");
        check.faults.add(fault(ROWS, HoldingRow::FILE, message).at_line(line));
    }
    (check.count, check.faults)
}

struct HoldingsCheck<'a> {
    rows: HoldingRows<'a>,
    count: u64,
    money_scale: u32,
    last_prices: HashMap<AssetId, (AsOf, Price)>,
    /// True if the row taken last could not be read.
    after_fault: bool,
    faults: Faults,
}

/// The rows of one snapshot.
struct SnapshotRows {
    rows: Vec<HoldingRow>,
    /// True if every row could be read.
    readable: bool,
    /// The line after the last row.
    next_line: u64,
}

impl HoldingsCheck<'_> {
    fn take_rows(&mut self, as_of: AsOf) -> SnapshotRows {
        let mut taken = SnapshotRows { rows: Vec::new(), readable: !self.after_fault, next_line: 0 };
        while let Some(row) = self.rows.next_if(|row| row.as_ref().map_or(true, |row| row.as_of <= as_of)) {
            match row {
                Ok(row) if row.as_of < as_of => {
                    self.after_fault = false;
                    self.faults.add(out_of_order(HoldingRow::FILE, row.line, row.as_of));
                }
                Ok(row) => {
                    self.after_fault = false;
                    taken.rows.push(row);
                }
                Err(fault) => {
                    // The row may belong to this snapshot or to the next.
                    (taken.readable, self.after_fault) = (false, true);
                    self.faults.add(fault);
                }
            }
        }
        taken.next_line = self.rows.line + 1;
        self.count += taken.rows.len() as u64;
        taken
    }

    /// Compares rows with the positions that the log gives; both are sorted by identifier.
    fn compare_positions<'h>(
        &mut self,
        nav: &NavRow,
        taken: &SnapshotRows,
        positions: impl Iterator<Item = (&'h AssetId, Quantity)>,
    ) {
        let mut positions = positions.peekable();
        for row in &taken.rows {
            while let Some((asset, units)) = positions.next_if(|(asset, _)| **asset < row.asset) {
                self.missing(nav, taken, row.line, asset, units);
            }
            let at = |column| place(row, column);
            match positions.next_if(|(asset, _)| **asset == row.asset) {
                Some((_, units)) => {
                    self.faults.expect(at("units"), POSITION, &row.units, &units, "by the transaction log");
                }
                None => {
                    let message = "by the transaction log the asset is not held, or its row stands elsewhere";
                    self.faults.add(at("asset").fault(POSITION, message).quoting(row.asset.as_str()));
                }
            }
        }
        for (asset, units) in positions {
            self.missing(nav, taken, taken.next_line, asset, units);
        }
    }

    fn missing(&mut self, nav: &NavRow, taken: &SnapshotRows, line: u64, asset: &AssetId, units: Quantity) {
        // A row that could not be read is reported already.
        if taken.readable {
            let message = format!("the position of {units} {asset} at {} is missing", nav.as_of);
            self.faults.add(Place { file: HoldingRow::FILE, line, column: "asset" }.fault(POSITION, message));
        }
    }

    /// Checks that trades and write-offs use the price that values what is left.
    fn compare_trade_prices(&mut self, taken: &SnapshotRows, transactions: &[Transaction]) {
        for transaction in transactions {
            let (Some(asset), Some(price)) = (&transaction.asset, transaction.price) else { continue };
            let held = taken.rows.iter().find(|row| row.asset == *asset);
            if let Some(row) = held.filter(|row| row.price != price) {
                let place = place(row, "price");
                let line = log::line_of(transaction);
                let message = format!("{asset} traded at {price} in line {line} of {}", Transactions::FILE);
                self.faults.add(place.fault(PRICE, message).quoting(&row.price.to_string()));
            }
        }
    }

    /// Values the rows of a snapshot and compares the sum with `nav.csv`.
    fn value(&mut self, nav: &NavRow, taken: &SnapshotRows) {
        let mut sum = Ok(Exact::ZERO);
        for row in &taken.rows {
            sum = sum.and_then(|sum| sum.plus(row.units.value_at(row.price)));
            self.value_row(nav, row);
            self.compare_with_last_price(row);
        }
        let invested = sum.and_then(|sum| Money::rounded(sum, self.money_scale, Rounding::HalfEven));
        let place = place(nav, "invested");
        match invested {
            Ok(invested) if taken.readable => {
                self.faults.expect(place, FIGURE, &nav.invested, &invested, "by holdings.csv");
            }
            Ok(_) => {}
            Err(error) => self.faults.add(place.fault(FIGURE, error)),
        }
    }

    fn value_row(&mut self, nav: &NavRow, row: &HoldingRow) {
        let at = |column| place(row, column);
        match row.units.notional(row.price, self.money_scale, Rounding::HalfEven) {
            Ok(value) => self.faults.expect(at("value"), FIGURE, &row.value, &value, "units times price"),
            Err(error) => self.faults.add(at("value").fault(FIGURE, error)),
        }
        let weight = Ratio::of(row.value, nav.nav).ok();
        if row.weight != weight {
            let print = |weight: Option<Ratio>| weight.map_or_else(String::new, |weight| weight.to_string());
            let message = format!("weight should be {}, value over NAV", print(weight));
            self.faults.add(at("weight").fault(FIGURE, message).quoting(&print(row.weight)));
        }
    }

    /// Checks that a price dates from its snapshot or an earlier one, never goes back, and does not change
    /// without a new date.
    fn compare_with_last_price(&mut self, row: &HoldingRow) {
        let at = |column| place(row, column);
        if row.price_as_of > row.as_of {
            let fault = at("price_as_of").fault(PRICE, "the price is later than its snapshot");
            self.faults.add(fault.quoting(&row.price_as_of.to_string()));
        }
        let present = (row.price_as_of, row.price);
        let Some(last) = self.last_prices.get_mut(&row.asset) else {
            self.last_prices.insert(row.asset.clone(), present);
            return;
        };
        let (last_as_of, last_price) = std::mem::replace(last, present);
        if row.price_as_of < last_as_of {
            let message = format!("an earlier snapshot knew a price of {last_as_of}");
            let fault = at("price_as_of").fault(PRICE, message);
            self.faults.add(fault.quoting(&row.price_as_of.to_string()));
        } else if row.price_as_of == last_as_of {
            let source = "the price of the same instant in an earlier row";
            self.faults.expect(at("price"), PRICE, &row.price, &last_price, source);
        }
    }
}

/// The rows of the table, with the line of the one taken last.
struct HoldingRows<'a> {
    table: Peekable<Table<'a, HoldingRow>>,
    line: u64,
}

type ReadRow = <Table<'static, HoldingRow> as Iterator>::Item;

impl HoldingRows<'_> {
    fn next_if(&mut self, condition: impl FnOnce(&ReadRow) -> bool) -> Option<ReadRow> {
        let row = self.table.next_if(condition)?;
        self.line += 1;
        Some(row)
    }
}

impl Iterator for HoldingRows<'_> {
    type Item = ReadRow;

    fn next(&mut self) -> Option<ReadRow> {
        self.next_if(|_| true)
    }
}
