//! A book as it is stored: at any stage.

use regimen_ledger::{LedgerState, Transaction};
use regimen_types::Fill;
use serde::{Deserialize, Serialize};

use super::Book;
use super::error::BookError;
use super::stage::{Closed, Decided, Open, Settled};
use crate::portfolio::state::State;
use crate::portfolio::venue::VenueOrder;

/// A book at the stage at which it was stored. A service that starts matches on it, and goes on there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoredBook {
    /// Between two days.
    Closed(Book<Closed>),
    /// After `open_day`.
    Open(Book<Open>),
    /// After `settle_orders`.
    Settled(Book<Settled>),
    /// After `decide`.
    Decided(Book<Decided>),
}

/// Evaluates an expression for the book of any stage.
macro_rules! at_any_stage {
    ($stored:expr, $book:ident => $value:expr) => {
        match $stored {
            StoredBook::Closed($book) => $value,
            StoredBook::Open($book) => $value,
            StoredBook::Settled($book) => $value,
            StoredBook::Decided($book) => $value,
        }
    };
}

impl StoredBook {
    /// Books an execution as [`Book::report_fill`] does.
    ///
    /// # Errors
    /// As [`Book::report_fill`].
    pub fn report_fill(&mut self, fill: &Fill) -> Result<Transaction, BookError> {
        at_any_stage!(self, book => book.report_fill(fill))
    }

    /// Books executions as [`Book::report_fills`] does.
    ///
    /// # Errors
    /// As [`Book::report_fills`].
    pub fn report_fills(&mut self, fills: &[Fill]) -> Result<Vec<Transaction>, BookError> {
        at_any_stage!(self, book => book.report_fills(fills))
    }

    /// Lists the orders that are not done, as they are placed at a venue, sells first.
    #[must_use]
    pub fn venue_orders(&self) -> Vec<VenueOrder> {
        at_any_stage!(self, book => book.venue_orders())
    }

    /// Returns what the next decision depends on.
    #[must_use]
    pub fn state(&self) -> &State {
        at_any_stage!(self, book => book.state())
    }

    /// Returns cash, units, and the end of the hash chain.
    #[must_use]
    pub fn ledger(&self) -> &LedgerState {
        at_any_stage!(self, book => book.ledger())
    }
}

impl From<Book<Closed>> for StoredBook {
    fn from(book: Book<Closed>) -> Self {
        Self::Closed(book)
    }
}

impl From<Book<Open>> for StoredBook {
    fn from(book: Book<Open>) -> Self {
        Self::Open(book)
    }
}

impl From<Book<Settled>> for StoredBook {
    fn from(book: Book<Settled>) -> Self {
        Self::Settled(book)
    }
}

impl From<Book<Decided>> for StoredBook {
    fn from(book: Book<Decided>) -> Self {
        Self::Decided(book)
    }
}
