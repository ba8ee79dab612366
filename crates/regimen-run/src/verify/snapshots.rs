//! The tables with one row per snapshot: NAV, regime and index.

use regimen::IndexDefinition;
use regimen_types::{AsOf, Diagnostic};

use super::faults::{Faults, Place, place};
use super::files::RunFiles;
use super::log::{self, Log};
use super::{regime, signals};
use crate::codes::{FIGURE, POSITION, REGIME, ROWS, fault};
use crate::table::{RunTable, Table, TableRow};
use crate::tables::{IndexRow, NavRow};
use crate::tables::{RegimeRow, SignalRow, Transactions};

/// The snapshots of a run.
pub(super) struct Snapshots {
    pub(super) nav: Vec<NavRow>,
    index: Vec<IndexRow>,
    /// The rows of `signals.csv`.
    pub(super) readings: u64,
}

impl Snapshots {
    /// Reads the three tables and compares them, or returns `None` if one is missing or `nav.csv` is not
    /// whole.
    pub(super) fn read(
        run: &RunFiles,
        log: &Log,
        definition: Option<&IndexDefinition>,
        faults: &mut Faults,
    ) -> Option<Self> {
        let mut found = Faults::of_a_part();
        let nav: Option<Vec<NavRow>> = rows(run, &mut found);
        let is_whole = found.is_empty();
        let (index, regime): (Option<Vec<IndexRow>>, Option<Vec<RegimeRow<'_>>>) =
            (rows(run, &mut found), rows(run, &mut found));
        let (Some(nav), Some(index), Some(regime)) = (nav, index, regime) else {
            faults.append(found);
            return None;
        };
        check_nav(&nav, log, &mut found);
        let mut readings = 0;
        if is_whole {
            check_index(&index, &nav, &mut found);
            check_regime(&regime, &nav, &mut found);
            if let Some(rows) = rows::<SignalRow<'_>>(run, &mut found) {
                readings = regime::check_signals(&rows, &regime, &mut found);
                signals::check(&rows, &regime, definition, &mut found);
            }
            check_transaction_instants(&nav, log, &mut found);
        }
        faults.append(found);
        is_whole.then_some(Self { nav, index, readings })
    }

    pub(super) fn at(&self, as_of: AsOf) -> Option<&NavRow> {
        let index = self.nav.binary_search_by(|row| row.as_of.cmp(&as_of)).ok()?;
        self.nav.get(index)
    }

    /// Iterates over the rows of `index.csv` after the first whose divisor or number of assets is new: the
    /// rebalances of the index. The number of assets alone also changes with corporate actions, which leave
    /// the divisor.
    pub(super) fn index_rebalances<'a>(
        &'a self,
        acts: impl Fn(AsOf) -> bool + 'a,
    ) -> impl Iterator<Item = &'a IndexRow> {
        let changes = move |pair: &&[IndexRow]| {
            let (before, now) = (&pair[0], &pair[1]);
            before.divisor != now.divisor || (before.assets != now.assets && !acts(now.as_of))
        };
        self.index.windows(2).filter(changes).map(|pair| &pair[1])
    }
}

fn rows<'a, R: TableRow<'a>>(run: &'a RunFiles, faults: &mut Faults) -> Option<Vec<R>> {
    let mut rows = Vec::new();
    for row in Table::<R>::new(run.content(R::FILE)?) {
        match row {
            Ok(row) => rows.push(row),
            Err(fault) => faults.add(fault),
        }
    }
    Some(rows)
}

fn check_nav(nav: &[NavRow], log: &Log, faults: &mut Faults) {
    let mut holdings = log.holdings_over_time();
    for row in nav {
        let at = |column| place(row, column);
        if log.covers(row.as_of) {
            let cash = holdings.advance_to(row.as_of).cash();
            faults.expect(at("cash"), POSITION, &row.cash, &cash, "by the transaction log");
        }
        match row.cash.plus(row.invested) {
            Ok(sum) => faults.expect(at("nav"), FIGURE, &row.nav, &sum, "the sum of cash and invested"),
            Err(error) => faults.add(at("nav").fault(FIGURE, error)),
        }
    }
    for pair in nav.windows(2).filter(|pair| pair[1].as_of <= pair[0].as_of) {
        faults.add(out_of_order(NavRow::FILE, pair[1].line, pair[1].as_of));
    }
}

fn check_index(index: &[IndexRow], nav: &[NavRow], faults: &mut Faults) {
    for (row, nav) in index.iter().zip(nav) {
        let at = |column| place(row, column);
        faults.expect(at("as_of"), ROWS, &row.as_of, &nav.as_of, "by nav.csv");
        faults.expect(at("level"), REGIME, &row.level, &nav.index_level, "by nav.csv");
    }
    check_count(IndexRow::FILE, index.len(), nav.len(), faults);
}

fn check_regime(regime: &[RegimeRow<'_>], nav: &[NavRow], faults: &mut Faults) {
    for (row, nav) in regime.iter().zip(nav) {
        let at = |column| place(row, column);
        faults.expect(at("as_of"), ROWS, &row.as_of, &nav.as_of, "by nav.csv");
        faults.expect(at("regime"), REGIME, &row.regime, &nav.regime, "by nav.csv");
    }
    check_count(RegimeRow::FILE, regime.len(), nav.len(), faults);
    regime::check_regime(regime, faults);
}

fn check_count(file: &'static str, found: usize, expected: usize, faults: &mut Faults) {
    if found != expected {
        let line = found.min(expected) as u64 + 2;
        let message = format!("the table has {found} rows, nav.csv has {expected}");
        faults.add(fault(ROWS, file, message).at_line(line));
    }
}

fn check_transaction_instants(nav: &[NavRow], log: &Log, faults: &mut Faults) {
    let mut snapshots = nav.iter().map(|row| row.as_of).peekable();
    for transaction in &log.transactions {
        while snapshots.next_if(|as_of| *as_of < transaction.as_of).is_some() {}
        if snapshots.peek() != Some(&transaction.as_of) {
            let place = Place { file: Transactions::FILE, line: log::line_of(transaction), column: "as_of" };
            let fault = place.fault(ROWS, "nav.csv has no snapshot at the instant of the transaction");
            faults.add(fault.quoting(&transaction.as_of.to_string()));
        }
    }
}

pub(super) fn out_of_order(file: &'static str, line: u64, as_of: AsOf) -> Diagnostic {
    let place = Place { file, line, column: "as_of" };
    place.fault(ROWS, "the row does not follow the one before it in time").quoting(&as_of.to_string())
}
