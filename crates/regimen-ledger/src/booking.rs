//! The rules of booking. The ledger that writes and the replay that verifies share them.

use regimen_types::{Holdings, MAGNITUDE_LIMIT, Money, Quantity, Rounding};
use rust_decimal::Decimal;

use crate::codes::LedgerRule;
use crate::entry::{Entry, Moved, Movement};
use crate::error::LedgerError;
use crate::transaction::Source;

/// Checks what can be known without the holdings.
pub(crate) fn check_entry(entry: &Entry, money_scale: u32) -> Result<(), LedgerError> {
    for (column, amount) in std::iter::once(("notional", entry.notional)).chain(entry.costs.named()) {
        check_amount(column, amount, money_scale)?;
    }
    if let Some(moved) = entry.movement.moved() {
        check_digits("units", moved.units.decimal())?;
        check_digits("price", moved.price.decimal())?;
        if moved.units.is_zero() {
            return Err(LedgerError::new(LedgerRule::AmountRange, "units", moved.units, "more than zero"));
        }
    }
    match &entry.movement {
        Movement::Deposit | Movement::Withdrawal | Movement::ManagementFee | Movement::Interest => {
            check_costless(entry)?;
            check_some_cash(entry)
        }
        Movement::Buy(moved) => check_notional(entry, rounded(moved, money_scale, Rounding::Up)?),
        Movement::Sell(moved) => check_notional(entry, rounded(moved, money_scale, Rounding::Down)?),
        Movement::WriteOff(moved) => {
            check_costless(entry)?;
            check_recovered(entry, rounded(moved, money_scale, Rounding::Down)?)
        }
        Movement::Migration(_, source) | Movement::Distribution(_, source) | Movement::Yield(_, source) => {
            check_costless(entry)?;
            check_digits("from_units", source.units.decimal())?;
            check_no_cash(entry)
        }
    }
}

/// Returns the cash after the entry.
pub(crate) fn cash_after(entry: &Entry, cash: Money) -> Result<Money, LedgerError> {
    let gross = match &entry.movement {
        Movement::Buy(_) | Movement::Withdrawal | Movement::ManagementFee => cash.minus(entry.notional),
        _ => cash.plus(entry.notional),
    };
    let after = gross
        .and_then(|gross| gross.minus(entry.costs.total()?))
        .map_err(LedgerError::overflow("cash_after"))?;
    if after.is_negative() {
        return Err(LedgerError::new(LedgerRule::CashSuffices, "cash_after", after, "zero or more"));
    }
    Ok(after)
}

/// Returns the units of the entry's asset after the entry; zero if cash alone moves.
pub(crate) fn units_after(entry: &Entry, holdings: &Holdings) -> Result<Quantity, LedgerError> {
    let Some(moved) = entry.movement.moved() else {
        return Ok(Quantity::ZERO);
    };
    let held = holdings.units(&moved.asset);
    let added = |held: Quantity| held.plus(moved.units).map_err(LedgerError::overflow("units_after"));
    match &entry.movement {
        Movement::Buy(_) => return added(held),
        Movement::Migration(_, source) => {
            check_source(source, holdings)?;
            return added(if source.asset == moved.asset { Quantity::ZERO } else { held });
        }
        Movement::Distribution(_, source) | Movement::Yield(_, source) => {
            check_source(source, holdings)?;
            return added(held);
        }
        _ => {}
    }
    if moved.units > held {
        let expected = format_args!("at most {held}");
        return Err(LedgerError::new(LedgerRule::UnitsSuffice, "units", moved.units, expected));
    }
    let after = held.minus(moved.units).map_err(LedgerError::overflow("units_after"))?;
    match entry.movement {
        Movement::WriteOff(_) if !after.is_zero() => {
            Err(LedgerError::new(LedgerRule::WholeWriteOff, "units", moved.units, held))
        }
        _ => Ok(after),
    }
}

fn check_amount(column: &'static str, amount: Money, money_scale: u32) -> Result<(), LedgerError> {
    check_digits(column, amount.decimal())?;
    if amount.is_negative() {
        return Err(LedgerError::new(LedgerRule::AmountRange, column, amount, "zero or more"));
    }
    // Trailing zeros are no digits; most amounts have none, so they are counted only where they matter.
    if amount.decimal().scale() > money_scale && amount.decimal().normalize().scale() > money_scale {
        let expected = format_args!("at most {money_scale} decimal places");
        return Err(LedgerError::new(LedgerRule::MoneyScale, column, amount, expected));
    }
    Ok(())
}

fn check_digits(column: &'static str, decimal: Decimal) -> Result<(), LedgerError> {
    if decimal.mantissa().unsigned_abs() < MAGNITUDE_LIMIT {
        return Ok(());
    }
    Err(LedgerError::new(LedgerRule::Digits, column, decimal, "at most 28 digits"))
}

fn check_costless(entry: &Entry) -> Result<(), LedgerError> {
    for (column, cost) in entry.costs.named() {
        if !cost.is_zero() {
            return Err(LedgerError::new(LedgerRule::AmountRange, column, cost, "0"));
        }
    }
    Ok(())
}

fn check_some_cash(entry: &Entry) -> Result<(), LedgerError> {
    if !entry.notional.is_zero() {
        return Ok(());
    }
    Err(LedgerError::new(LedgerRule::AmountRange, "notional", entry.notional, "more than zero"))
}

fn check_no_cash(entry: &Entry) -> Result<(), LedgerError> {
    if entry.notional.is_zero() {
        return Ok(());
    }
    Err(LedgerError::new(LedgerRule::AmountRange, "notional", entry.notional, "0"))
}

/// What comes from units comes from all that are held.
fn check_source(source: &Source, holdings: &Holdings) -> Result<(), LedgerError> {
    let held = holdings.units(&source.asset);
    if !held.is_zero() && source.units == held {
        return Ok(());
    }
    Err(LedgerError::new(LedgerRule::WholeSource, "from_units", source.units, held))
}

fn check_notional(entry: &Entry, expected: Money) -> Result<(), LedgerError> {
    if entry.notional == expected {
        return Ok(());
    }
    Err(LedgerError::new(LedgerRule::Notional, "notional", entry.notional, expected))
}

fn check_recovered(entry: &Entry, most: Money) -> Result<(), LedgerError> {
    if entry.notional <= most {
        return Ok(());
    }
    let expected = format_args!("at most {most}");
    Err(LedgerError::new(LedgerRule::Notional, "notional", entry.notional, expected))
}

fn rounded(moved: &Moved, money_scale: u32, rounding: Rounding) -> Result<Money, LedgerError> {
    moved.units.notional(moved.price, money_scale, rounding).map_err(LedgerError::overflow("notional"))
}
