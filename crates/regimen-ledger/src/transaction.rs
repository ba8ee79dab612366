//! Transactions and their rows in the log.

use std::fmt::{self, Write};
use std::str::FromStr;

use regimen_types::{AsOf, AssetId, Cause, Holdings, Money, Price, Quantity, TradeCosts, bytes_of_hex, hex};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// The columns of the transaction log, in order. Its header is these names, joined by commas.
pub const TRANSACTION_COLUMNS: [&str; 20] = [
    "seq",
    "as_of",
    "kind",
    "asset",
    "side",
    "units",
    "price",
    "notional",
    "fee",
    "slippage",
    "spread",
    "impact",
    "gas",
    "platform_fee",
    "cash_after",
    "units_after",
    "from_asset",
    "from_units",
    "cause",
    "hash",
];

regimen_types::named! {
    /// What a transaction does.
    #[non_exhaustive]
    pub enum TransactionKind {
        /// Money comes in.
        Deposit = "deposit",
        /// Money goes out.
        Withdrawal = "withdrawal",
        /// Units come in, cash goes out.
        Buy = "buy",
        /// Units go out, cash comes in.
        Sell = "sell",
        /// All units of an asset go out; what is recovered comes in as cash.
        WriteOff = "write_off",
        /// The fee for managing the portfolio goes out of the cash.
        ManagementFee = "management_fee",
        /// All units of an asset become units of its successor, or of itself on a new basis.
        Migration = "migration",
        /// Units come in beside those of another asset that are held: a fork, an airdrop.
        Distribution = "distribution",
        /// Units come in because units are held: staking, lending.
        Yield = "yield",
        /// Money comes in because cash is held.
        Interest = "interest",
    }
}

impl TransactionKind {
    /// Returns the text of the log's column `side`: empty unless the transaction is a trade.
    #[must_use]
    pub fn side(self) -> &'static str {
        match self {
            Self::Buy | Self::Sell => self.as_str(),
            _ => "",
        }
    }

    /// Returns true if the transaction is a trade: a buy or a sell.
    #[must_use]
    pub fn is_trade(self) -> bool {
        matches!(self, Self::Buy | Self::Sell)
    }
}

/// A booked event. Only a ledger or the replay of a log makes one.
///
/// As a row of the log it depends on all rows before it: through the balances, and through the hash.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transaction {
    /// The number of the transaction, from 1.
    pub seq: u64,
    /// The instant at which it was booked.
    pub as_of: AsOf,
    /// The kind: it determines which balances move.
    pub kind: TransactionKind,
    /// The asset whose units move; `None` if cash alone does.
    pub asset: Option<AssetId>,
    /// The units that move; zero if cash alone does.
    pub units: Quantity,
    /// The price of the units, for a write-off the last known one; `None` if cash alone moves.
    pub price: Option<Price>,
    /// Units times price of a trade, rounded against the portfolio; the amount of a deposit, a withdrawal or
    /// a fee; what a write-off recovers; zero where units alone move.
    pub notional: Money,
    /// The costs of the transaction, kind by kind.
    pub costs: TradeCosts,
    /// The cash after the transaction.
    pub cash_after: Money,
    /// The units of the asset after the transaction; zero if cash alone moves.
    pub units_after: Quantity,
    /// What the units come from, and how many of it were held; `None` unless the transaction is a migration,
    /// a distribution or a yield. A migration takes them away, the others leave them.
    pub source: Option<Source>,
    /// The reason for it.
    pub cause: Cause,
    /// The hash of the previous transaction's hash and this one's row.
    pub hash: RowHash,
}

/// Units from which other units come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The asset.
    pub asset: AssetId,
    /// All units of it that were held.
    pub units: Quantity,
}

impl Transaction {
    /// Returns the row of the log in canonical form: all columns but the hash, without a newline.
    ///
    /// Nothing needs quotes, because identifiers hold neither commas nor quotes.
    #[must_use]
    pub fn to_row(&self) -> String {
        let mut row = String::with_capacity(192);
        self.write_row(&mut row);
        row
    }

    /// Returns the line of the log: the row and the hash, without a newline.
    #[must_use]
    pub fn to_line(&self) -> String {
        let mut line = String::with_capacity(256);
        self.write_line(&mut line);
        line
    }

    /// Appends the line of the log to `text`: the row and the hash, without a newline.
    pub fn write_line(&self, text: &mut String) {
        self.write_row(text);
        // Writing to a string never fails.
        let _ = write!(text, ",{}", self.hash);
    }

    /// Sets holdings to what they are after this transaction.
    pub(crate) fn settle(&self, holdings: &mut Holdings) {
        holdings.set_cash(self.cash_after);
        if let (TransactionKind::Migration, Some(source)) = (self.kind, &self.source) {
            holdings.set_units(&source.asset, Quantity::ZERO);
        }
        if let Some(asset) = &self.asset {
            holdings.set_units(asset, self.units_after);
        }
    }

    pub(crate) fn write_row(&self, text: &mut String) {
        let asset = self.asset.as_ref().map_or("", AssetId::as_str);
        // Writing to a string never fails.
        let _ = write!(
            text,
            "{},{},{},{asset},{},{},",
            self.seq,
            self.as_of,
            self.kind,
            self.kind.side(),
            self.units
        );
        if let Some(price) = self.price {
            let _ = write!(text, "{price}");
        }
        let _ = write!(text, ",{}", self.notional);
        for amount in self.costs.amounts() {
            // Most kinds of cost are nothing in most runs.
            if amount.is_zero() {
                text.push_str(",0");
            } else {
                let _ = write!(text, ",{amount}");
            }
        }
        let _ = write!(text, ",{},{},", self.cash_after, self.units_after);
        let _ = match &self.source {
            Some(Source { asset, units }) => write!(text, "{asset},{units},{}", self.cause),
            None => write!(text, ",,{}", self.cause),
        };
    }
}

/// The SHA-256 that chains a row of the log to the row before it; 64 lower-case hexadecimal digits as text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowHash([u8; 32]);

/// The text is not a valid hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 hexadecimal digits in lower case")]
pub struct RowHashError;

impl RowHash {
    /// The hash that the first row is chained to: 32 zero bytes.
    pub const START: Self = Self([0; 32]);

    /// Returns the hash of the row that follows: SHA-256 of the previous hash's 32 bytes and the row's text.
    #[must_use]
    pub fn of_next(self, row: &str) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(row).finalize().into())
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for RowHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&hex(&self.0))
    }
}

impl fmt::Debug for RowHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RowHash({self})")
    }
}

impl FromStr for RowHash {
    type Err = RowHashError;

    fn from_str(text: &str) -> Result<Self, RowHashError> {
        bytes_of_hex(text).map(Self).ok_or(RowHashError)
    }
}

impl Serialize for RowHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RowHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
