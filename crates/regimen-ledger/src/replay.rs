//! Verification of a written log, without the methodology that led to it.

use std::slice::Iter;

use regimen_types::{AsOf, Holdings, Money};

use crate::codes::LedgerRule;
use crate::error::{LedgerError, LogFault};
use crate::ledger::LedgerState;
use crate::log_line::{check_header, check_line, parse_entry};
use crate::transaction::Transaction;

/// Replays a log line by line.
///
/// Each row's event is booked by the rules of the ledger, and the line must be, byte for byte, the line that
/// the ledger writes for it: number, balances, hash and form follow from the rows before.
#[derive(Clone, Debug)]
pub struct LogReplay {
    state: LedgerState,
    line: u64,
    text: String,
}

impl LogReplay {
    /// Builds a replay before the header. The money scale is the run's, from its manifest.
    #[must_use]
    pub fn new(money_scale: u32) -> Self {
        Self { state: LedgerState::empty(money_scale), line: 0, text: String::new() }
    }

    /// Reads the next line, without its newline; the first one is the header and gives no transaction.
    ///
    /// # Errors
    /// [`LogFault`] if the line is not what a ledger writes after the lines before it. The replay cannot go
    /// on then.
    pub fn feed(&mut self, line: &[u8]) -> Result<Option<Transaction>, LogFault> {
        self.line = self.line.saturating_add(1);
        self.replay(line).map_err(|error| LogFault { line: self.line, error })
    }

    /// Returns the holdings after the lines read.
    #[must_use]
    pub fn holdings(&self) -> &Holdings {
        self.state.holdings()
    }

    /// Returns the state after the lines read, from which a ledger continues.
    #[must_use]
    pub fn state(&self) -> &LedgerState {
        &self.state
    }

    fn replay(&mut self, line: &[u8]) -> Result<Option<Transaction>, LedgerError> {
        if self.line == 1 {
            check_header(line)?;
            return Ok(None);
        }
        let entry = parse_entry(line)?;
        let transaction = self.state.book(entry, &mut self.text)?;
        self.text.clear();
        transaction.write_line(&mut self.text);
        check_line(line, &self.text)?;
        Ok(Some(transaction))
    }
}

/// A log that was replayed to its end without a fault.
#[derive(Clone, Debug)]
pub struct ReplayedLog {
    transactions: Vec<Transaction>,
    state: LedgerState,
}

impl ReplayedLog {
    /// Returns all transactions in order.
    #[must_use]
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// Returns the state after the last transaction.
    #[must_use]
    pub fn state(&self) -> &LedgerState {
        &self.state
    }

    /// Walks through the holdings from the start.
    #[must_use]
    pub fn holdings_over_time(&self) -> HoldingsCursor<'_> {
        HoldingsCursor::new(&self.transactions)
    }
}

/// Replays a whole log: its header and its rows, without their newlines.
///
/// ```
/// use regimen_ledger::{Ledger, TRANSACTION_COLUMNS, replay_log};
/// use regimen_types::AsOf;
/// let mut ledger = Ledger::new(2);
/// let row = ledger.deposit(AsOf::from_ymd(2021, 5, 19).unwrap(), "100".parse().unwrap()).unwrap().to_line();
/// let header = TRANSACTION_COLUMNS.join(",");
///
/// let log = replay_log([&header, &row], 2).unwrap();
/// assert_eq!(log.state(), ledger.state());
/// let fault = replay_log([&header, &row.replace("100", "101")], 2).unwrap_err();
/// assert_eq!((fault.line, fault.error.column), (2, "hash"));
/// ```
///
/// # Errors
/// [`LogFault`] names the first line that is not what a ledger writes after the lines before it.
pub fn replay_log<L: AsRef<[u8]>>(
    lines: impl IntoIterator<Item = L>,
    money_scale: u32,
) -> Result<ReplayedLog, LogFault> {
    let mut replay = LogReplay::new(money_scale);
    let mut transactions = Vec::new();
    for line in lines {
        transactions.extend(replay.feed(line.as_ref())?);
    }
    if replay.line == 0 {
        let error = LedgerError::new(LedgerRule::Header, "seq", "nothing", "a header");
        return Err(LogFault { line: 1, error });
    }
    Ok(ReplayedLog { transactions, state: replay.state })
}

/// The holdings of an empty portfolio as its transactions happen.
#[derive(Clone, Debug)]
pub struct HoldingsCursor<'a> {
    ahead: Iter<'a, Transaction>,
    holdings: Holdings,
}

impl<'a> HoldingsCursor<'a> {
    /// Starts before the first of all transactions of a portfolio.
    #[must_use]
    pub fn new(transactions: &'a [Transaction]) -> Self {
        Self { ahead: transactions.iter(), holdings: Holdings::of_cash(Money::ZERO) }
    }

    /// Goes on to the end of an instant and returns the holdings then. It never goes back.
    pub fn advance_to(&mut self, as_of: AsOf) -> &Holdings {
        while let Some(next) = self.ahead.as_slice().first().filter(|next| next.as_of <= as_of) {
            next.settle(&mut self.holdings);
            self.ahead.next();
        }
        &self.holdings
    }
}
