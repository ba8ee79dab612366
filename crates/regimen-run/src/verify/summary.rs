//! The summary, computed again from the tables.

use std::collections::{BTreeMap, BTreeSet};

use regimen_analytics::{RegimeCount, Summary, TimeWeighted, TrackingDifference, cash_flow};
use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{ArithmeticError, AsOf, Cause, Exact, Money, Ratio, Regime, Rounding};
use serde_json::Value;

use super::faults::Faults;
use super::log::Log;
use super::place::first_difference;
use crate::codes::{FIELD, SUMMARY, fault};
use crate::manifest;
use crate::tables::NavRow;
use crate::writer::json;

/// The decimal places of the value lost in write-offs, at least.
const WRITTEN_OFF_SCALE: u32 = 8;

/// What other tables and the manifest state: counts of decisions, orders and warnings, and the fee owed.
pub(super) struct Counts {
    pub(super) rebalances: u64,
    pub(super) shortfalls: u64,
    pub(super) management_fee_owed: Money,
    /// By code.
    pub(super) warnings: BTreeMap<String, u64>,
}

/// Compares the summary with the one that the tables give, figure by figure, and returns the latter.
pub(super) fn check(
    bytes: &[u8],
    nav: &[NavRow],
    log: &Log,
    counts: Counts,
    tracking_difference: Option<TrackingDifference>,
    faults: &mut Faults,
) -> Option<Summary> {
    let found: Summary = match serde_json::from_slice(bytes) {
        Ok(summary) => summary,
        Err(error) => {
            let fault = fault(FIELD, manifest::SUMMARY, format_args!("the summary does not read: {error}"));
            faults.add(fault.at_line(error.line() as u64).at_character(error.column() as u64));
            return None;
        }
    };
    let canonical = json(&found).unwrap_or_default();
    if canonical.as_bytes() != bytes {
        let line = first_difference(bytes, canonical.as_bytes());
        faults.add(
            fault(FIELD, manifest::SUMMARY, "the summary is not written in its canonical form").at_line(line),
        );
    }
    match recompute(nav, &log.transactions, counts, tracking_difference) {
        Ok(Some(expected)) => {
            compare(&found, &expected, &canonical, faults);
            return Some(expected);
        }
        Ok(None) => faults.add(fault(SUMMARY, manifest::SUMMARY, "there is no snapshot to sum up")),
        Err(error) => faults.add(fault(SUMMARY, manifest::SUMMARY, error)),
    }
    None
}

fn compare(found: &Summary, expected: &Summary, text: &str, faults: &mut Faults) {
    let object = |summary: &Summary| match serde_json::to_value(summary) {
        Ok(Value::Object(object)) => object,
        _ => serde_json::Map::new(),
    };
    let (found, expected) = (object(found), object(expected));
    let names: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    for name in names {
        let value = |object: &serde_json::Map<String, Value>| object.get(name).cloned().unwrap_or_default();
        let (value, expected) = (value(&found), value(&expected));
        if value == expected {
            continue;
        }
        let key = format!("  \"{name}\":");
        let line = text.lines().take_while(|line| !line.starts_with(&key)).count() as u64 + 1;
        let message = format!("{name} should be {expected}, by the tables");
        faults.add(
            fault(SUMMARY, manifest::SUMMARY, message)
                .at_line(line)
                .in_column(name.as_str())
                .quoting(&value.to_string()),
        );
    }
}

/// Sums up the run, or returns `None` if it has no snapshot.
fn recompute(
    nav: &[NavRow],
    transactions: &[Transaction],
    counts: Counts,
    tracking_difference: Option<TrackingDifference>,
) -> Result<Option<Summary>, ArithmeticError> {
    let (Some(first), Some(last)) = (nav.first(), nav.last()) else { return Ok(None) };
    let sum = |amount: fn(&Transaction) -> Money| {
        transactions.iter().try_fold(Money::ZERO, |sum, transaction| sum.plus(amount(transaction)))
    };
    let count =
        |counted: fn(&Transaction) -> bool| transactions.iter().filter(|each| counted(each)).count() as u64;
    let initial_cash =
        sum(
            |each| {
                if each.cause == Cause::Inception && !is_trade(each) { each.notional } else { Money::ZERO }
            },
        )?;
    let later = |kind| {
        let flows =
            transactions.iter().filter(move |each| each.kind == kind && each.cause == Cause::CashFlow);
        flows.into_iter().try_fold(Money::ZERO, |sum, each| sum.plus(each.notional))
    };
    let (nav_multiple, worst_drawdown, worst_drawdown_at) = returns(nav, transactions, initial_cash, first)?;
    Ok(Some(Summary {
        from: first.as_of,
        to: last.as_of,
        snapshots: nav.len() as u64,
        initial_cash,
        deposited: later(TransactionKind::Deposit)?,
        withdrawn: later(TransactionKind::Withdrawal)?,
        final_nav: last.nav,
        nav_multiple,
        worst_drawdown,
        worst_drawdown_at,
        final_index_level: last.index_level,
        rebalances: counts.rebalances,
        transactions: transactions.len() as u64,
        trades: count(is_trade),
        write_offs: count(|each| each.kind == TransactionKind::WriteOff),
        traded_notional: sum(traded)?,
        turnover: turnover(nav, transactions)?,
        fees: sum(|each| each.costs.fee)?,
        slippage: sum(|each| each.costs.slippage)?,
        spread: sum(|each| each.costs.spread)?,
        impact: sum(|each| each.costs.impact)?,
        gas: sum(|each| each.costs.gas)?,
        platform_fees: sum(|each| each.costs.platform_fee)?,
        management_fees: sum(|each| {
            if each.kind == TransactionKind::ManagementFee { each.notional } else { Money::ZERO }
        })?,
        management_fee_owed: counts.management_fee_owed,
        written_off: written_off(transactions)?,
        shortfalls: counts.shortfalls,
        regime_flips: regime_flips(nav),
        snapshots_in_regime: snapshots_in_regime(nav),
        tracking_difference,
        warnings: counts.warnings,
    }))
}

fn is_trade(transaction: &Transaction) -> bool {
    matches!(transaction.kind, TransactionKind::Buy | TransactionKind::Sell)
}

fn traded(transaction: &Transaction) -> Money {
    if is_trade(transaction) { transaction.notional } else { Money::ZERO }
}

/// Chains the returns between cash flows, and finds their worst drawdown.
fn returns(
    nav: &[NavRow],
    transactions: &[Transaction],
    initial_cash: Money,
    first: &NavRow,
) -> Result<(Ratio, Ratio, AsOf), ArithmeticError> {
    let mut multiple = TimeWeighted::starting_with(initial_cash);
    let mut found = (Ratio::ZERO, Ratio::ZERO, first.as_of);
    let mut rest = transactions;
    for row in nav {
        let (now, later) = rest.split_at(rest.partition_point(|each| each.as_of <= row.as_of));
        rest = later;
        let flow = now.iter().try_fold(Money::ZERO, |sum, each| sum.plus(cash_flow(each)?))?;
        let standing = multiple.add(row.nav, flow)?;
        found.0 = standing.multiple;
        if standing.drawdown < found.1 {
            (found.1, found.2) = (standing.drawdown, row.as_of);
        }
    }
    Ok(found)
}

/// Sums half the traded notional over NAV, snapshot by snapshot.
fn turnover(nav: &[NavRow], transactions: &[Transaction]) -> Result<Ratio, ArithmeticError> {
    let mut rest = transactions;
    nav.iter().try_fold(Ratio::ZERO, |sum, row| {
        let (now, later) = rest.split_at(rest.partition_point(|each| each.as_of <= row.as_of));
        rest = later;
        let notional = now.iter().try_fold(Money::ZERO, |sum, each| sum.plus(traded(each)))?;
        sum.plus(ratio(notional, row.nav.plus(row.nav)?)?)
    })
}

fn written_off(transactions: &[Transaction]) -> Result<Money, ArithmeticError> {
    let write_offs = transactions.iter().filter(|each| each.kind == TransactionKind::WriteOff);
    write_offs.filter_map(|each| Some((each, each.price?))).try_fold(Money::ZERO, |sum, (each, price)| {
        let recovered = each.notional.decimal();
        let lost = each.units.value_at(price).minus(Exact::from(recovered))?;
        sum.plus(Money::rounded(lost, recovered.scale().max(WRITTEN_OFF_SCALE), Rounding::HalfEven)?)
    })
}

fn regime_flips(nav: &[NavRow]) -> u64 {
    let determined = nav.iter().map(|row| row.regime).filter(|regime| *regime != Regime::Undetermined);
    let determined: Vec<Regime> = determined.collect();
    determined.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64
}

fn snapshots_in_regime(nav: &[NavRow]) -> RegimeCount {
    let count = |regime| nav.iter().filter(|row| row.regime == regime).count() as u64;
    RegimeCount {
        undetermined: count(Regime::Undetermined),
        bullish: count(Regime::Bullish),
        bearish: count(Regime::Bearish),
    }
}

/// Divides; a divisor of zero, the value of an empty portfolio, gives zero.
fn ratio(amount: Money, divisor: Money) -> Result<Ratio, ArithmeticError> {
    if divisor.is_zero() { Ok(Ratio::ZERO) } else { Ratio::of(amount, divisor) }
}
