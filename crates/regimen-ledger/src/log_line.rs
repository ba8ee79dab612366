//! Reading the lines of a log.

use std::fmt::Display;
use std::str::FromStr;

use regimen_types::{AssetId, Cause, Quantity, TradeCosts};

use crate::codes::LedgerRule;
use crate::entry::{Entry, Moved, Movement};
use crate::error::LedgerError;
use crate::transaction::{Source, TRANSACTION_COLUMNS, TransactionKind};

const COLUMN_COUNT: usize = TRANSACTION_COLUMNS.len();

pub(crate) fn check_header(line: &[u8]) -> Result<(), LedgerError> {
    let header = TRANSACTION_COLUMNS.join(",");
    if line == header.as_bytes() {
        return Ok(());
    }
    Err(LedgerError::new(LedgerRule::Header, "seq", String::from_utf8_lossy(line), header))
}

/// Reads the event of a row. Number, balances and hash are left to [`check_line`]: they follow from the
/// event.
pub(crate) fn parse_entry(line: &[u8]) -> Result<Entry, LedgerError> {
    let fields = split(line)?;
    // The columns in order; those that a ledger derives are not read.
    let [_, as_of, kind, asset, _, units, price, notional, rest @ ..] = fields;
    let [fee, slippage, spread, impact, gas, platform_fee, _, _, from_asset, from_units, cause, _] = rest;
    let kind = parse_with("kind", kind, "a kind of transaction", TransactionKind::from_name)?;
    let moved = || -> Result<Moved, LedgerError> {
        Ok(Moved {
            asset: parse::<AssetId>("asset", asset)?,
            units: parse("units", units)?,
            price: parse("price", price)?,
        })
    };
    let source = || -> Result<Source, LedgerError> {
        Ok(Source {
            asset: parse::<AssetId>("from_asset", from_asset)?,
            units: parse("from_units", from_units)?,
        })
    };
    Ok(Entry {
        as_of: parse("as_of", as_of)?,
        movement: match kind {
            TransactionKind::Deposit => Movement::Deposit,
            TransactionKind::Withdrawal => Movement::Withdrawal,
            TransactionKind::ManagementFee => Movement::ManagementFee,
            TransactionKind::Buy => Movement::Buy(moved()?),
            TransactionKind::Sell => Movement::Sell(moved()?),
            TransactionKind::WriteOff => Movement::WriteOff(moved()?),
            TransactionKind::Migration => Movement::Migration(moved()?, source()?),
            TransactionKind::Distribution => Movement::Distribution(moved()?, source()?),
            TransactionKind::Yield => Movement::Yield(moved()?, source()?),
            TransactionKind::Interest => Movement::Interest,
        },
        notional: parse("notional", notional)?,
        costs: TradeCosts {
            fee: parse("fee", fee)?,
            slippage: parse("slippage", slippage)?,
            spread: parse("spread", spread)?,
            impact: parse("impact", impact)?,
            gas: parse("gas", gas)?,
            platform_fee: parse("platform_fee", platform_fee)?,
        },
        cause: parse_with("cause", cause, "a cause of a transaction", Cause::from_name)?,
    })
}

/// Checks that a line is byte for byte the expected one, and names the first column that is not.
pub(crate) fn check_line(line: &[u8], expected: &str) -> Result<(), LedgerError> {
    if line == expected.as_bytes() {
        return Ok(());
    }
    let (found, expected) = (split(line)?, split(expected.as_bytes())?);
    let columns = TRANSACTION_COLUMNS.into_iter().zip(found.into_iter().zip(expected));
    for (column, (found, expected)) in columns {
        if found != expected {
            return Err(LedgerError::new(broken_rule(column, found, expected), column, found, expected));
        }
    }
    Ok(())
}

/// Returns the rule that is broken where a field differs from the expected one.
fn broken_rule(column: &str, found: &str, expected: &str) -> LedgerRule {
    match column {
        "seq" if is_another_number(found, expected) => LedgerRule::Sequence,
        "cash_after" | "units_after" if is_another_number(found, expected) => LedgerRule::Balance,
        "hash" => LedgerRule::HashChain,
        _ => LedgerRule::CanonicalForm,
    }
}

fn is_another_number(found: &str, expected: &str) -> bool {
    found.parse::<Quantity>() != expected.parse()
}

fn split(line: &[u8]) -> Result<[&str; COLUMN_COUNT], LedgerError> {
    let text = str::from_utf8(line).map_err(|_| {
        let found = String::from_utf8_lossy(line);
        LedgerError::new(LedgerRule::Field, column_of_first_bad_byte(line), found, "UTF-8 text")
    })?;
    let mut fields = [""; COLUMN_COUNT];
    let mut count = 0_usize;
    for (index, field) in text.split(',').enumerate() {
        if let Some(slot) = fields.get_mut(index) {
            *slot = field;
        }
        count = index.saturating_add(1);
    }
    if count == COLUMN_COUNT {
        return Ok(fields);
    }
    let (found, expected) = (format_args!("{count} columns"), format_args!("{COLUMN_COUNT} columns"));
    Err(LedgerError::new(LedgerRule::ColumnCount, "hash", found, expected))
}

fn column_of_first_bad_byte(line: &[u8]) -> &'static str {
    let valid = line.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let index = valid.matches(',').count().min(COLUMN_COUNT.saturating_sub(1));
    TRANSACTION_COLUMNS.get(index).copied().unwrap_or_default()
}

fn parse<T>(column: &'static str, text: &str) -> Result<T, LedgerError>
where
    T: FromStr,
    T::Err: Display,
{
    text.parse().map_err(|error: T::Err| unreadable(column, text, error))
}

fn parse_with<T>(
    column: &'static str,
    text: &str,
    expected: &str,
    from_name: impl Fn(&str) -> Option<T>,
) -> Result<T, LedgerError> {
    from_name(text).ok_or_else(|| unreadable(column, text, expected))
}

fn unreadable(column: &'static str, text: &str, expected: impl Display) -> LedgerError {
    LedgerError::new(LedgerRule::Field, column, text, expected)
}
