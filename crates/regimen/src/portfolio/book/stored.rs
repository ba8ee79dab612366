//! A book as it is stored: at any stage.

use serde::{Deserialize, Serialize};

use super::Book;
use super::stage::{Closed, Decided, Open, Settled};

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
