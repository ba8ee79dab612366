//! The transaction log, replayed alone.

use memchr::memchr;
use regimen_ledger::{HoldingsCursor, LogReplay, Transaction};
use regimen_types::AsOf;

use super::faults::Faults;
use crate::codes::{LOG_END, TABLE_SHAPE, fault};
use crate::manifest::LogEntry;
use crate::table::RunTable;
use crate::tables::Transactions;

/// The transactions up to the first fault.
pub(super) struct Log {
    pub(super) transactions: Vec<Transaction>,
    /// True if the log was replayed to the end that the manifest names.
    pub(super) complete: bool,
}

impl Log {
    pub(super) fn replay(bytes: &[u8], end: &LogEntry, faults: &mut Faults) -> Self {
        let mut replay = LogReplay::new(end.money_scale);
        let mut log = Self { transactions: Vec::new(), complete: false };
        let mut rest = bytes;
        let mut line = 0;
        while let Some(length) = memchr(b'\n', rest) {
            line += 1;
            match replay.feed(&rest[..length]) {
                Ok(transaction) => log.transactions.extend(transaction),
                Err(found) => {
                    faults.add(found.diagnostic(Transactions::FILE));
                    return log;
                }
            }
            rest = &rest[length + 1..];
        }
        if !rest.is_empty() || line == 0 {
            let message = if line == 0 { "the file is empty" } else { "the last line has no line feed" };
            faults.add(fault(TABLE_SHAPE, Transactions::FILE, message).at_line(line + 1));
            return log;
        }
        log.check_end(end, line, replay.state().last_hash().to_string(), faults);
        log
    }

    fn check_end(&mut self, end: &LogEntry, line: u64, last_hash: String, faults: &mut Faults) {
        let count = self.transactions.len() as u64;
        if count != end.transactions {
            let message =
                format!("the log ends with transaction {count}, by the manifest with {}", end.transactions);
            faults.add(fault(LOG_END, Transactions::FILE, message).at_line(line).in_column("seq"));
        } else if last_hash != end.last_hash {
            let message = format!("the log's last hash should be {}, by the manifest", end.last_hash);
            faults.add(
                fault(LOG_END, Transactions::FILE, message)
                    .at_line(line)
                    .in_column("hash")
                    .quoting(&last_hash),
            );
        } else {
            self.complete = true;
        }
    }

    /// Returns true if all transactions up to the end of an instant are known.
    pub(super) fn covers(&self, as_of: AsOf) -> bool {
        self.complete || self.transactions.last().is_some_and(|last| as_of < last.as_of)
    }

    pub(super) fn holdings_over_time(&self) -> HoldingsCursor<'_> {
        HoldingsCursor::new(&self.transactions)
    }

    /// Returns the transactions of one instant.
    pub(super) fn at(&self, as_of: AsOf) -> &[Transaction] {
        let start = self.transactions.partition_point(|each| each.as_of < as_of);
        let later = &self.transactions[start..];
        &later[..later.partition_point(|each| each.as_of == as_of)]
    }
}

/// Returns the line of a transaction in the file: the header is line 1.
pub(super) fn line_of(transaction: &Transaction) -> u64 {
    transaction.seq + 1
}
