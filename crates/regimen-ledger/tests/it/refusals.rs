//! Every code is provoked, with the column, the text found and the text expected.

use std::collections::BTreeSet;

use regimen_ledger::{
    CODES, Grant, Index, Ledger, LedgerError, LedgerRule, TRANSACTION_COLUMNS, Transaction, ValuationError,
    replay_log,
};
use regimen_types::{AsOf, AssetId, Cause, Fill, Money, Price, Side, TradeCosts, Weight};
use rust_decimal::Decimal;

fn day() -> AsOf {
    AsOf::from_ymd(2021, 5, 19).unwrap()
}

pub(crate) fn buy(units: &str, price: &str, notional: &str, fee: &str, slippage: &str) -> Fill {
    Fill {
        as_of: day(),
        asset: AssetId::new("bitcoin").unwrap(),
        side: Side::Buy,
        units: units.parse().unwrap(),
        price: price.parse().unwrap(),
        notional: notional.parse().unwrap(),
        costs: TradeCosts {
            fee: fee.parse().unwrap(),
            slippage: slippage.parse().unwrap(),
            ..TradeCosts::NONE
        },
        cause: Cause::Schedule,
    }
}

fn sell(units: &str, price: &str, notional: &str) -> Fill {
    Fill { side: Side::Sell, ..buy(units, price, notional, "0", "0") }
}

/// A ledger at money scale 2 with 100 of cash and 10 units of bitcoin bought at 1.
fn ledger() -> Ledger {
    let mut ledger = Ledger::new(2);
    ledger.deposit(day(), "110".parse().unwrap()).unwrap();
    ledger.book(&buy("10", "1", "10", "0", "0")).unwrap();
    ledger
}

type Book = for<'a> fn(&'a mut Ledger, Grant) -> Result<&'a Transaction, LedgerError>;

pub(crate) fn token_swap(from: &str, units: &str) -> Grant {
    Grant {
        as_of: day(),
        from: AssetId::new(from).unwrap(),
        asset: AssetId::new("wrapped").unwrap(),
        units: units.parse().unwrap(),
        price: "0.01".parse().unwrap(),
        cause: Cause::Migration,
    }
}

/// Changes line 4 of a log, the swap of ten units of bitcoin for a thousand of another asset.
fn event_fault(from: &str, to: &str) -> LedgerError {
    let mut ledger = ledger();
    ledger.migrate(token_swap("bitcoin", "1000")).unwrap();
    fault_in_line_4(&ledger, from, to)
}

fn booking_refusals() -> Vec<(LedgerError, LedgerRule, &'static str, &'static str, &'static str)> {
    use LedgerRule as Rule;
    let book = |fill: Fill| ledger().book(&fill).cloned().unwrap_err();
    let deposit = |amount: &str| ledger().deposit(day(), amount.parse().unwrap()).cloned().unwrap_err();
    let withdraw = |amount: &str| ledger().withdraw(day(), amount.parse().unwrap()).cloned().unwrap_err();
    let grant = |from: &str, units: &str, book: Book| {
        book(&mut ledger(), token_swap(from, units)).cloned().unwrap_err()
    };
    let early = AsOf::from_ymd(2021, 5, 18).unwrap();
    let late_deposit = ledger().deposit(early, "1".parse().unwrap()).cloned().unwrap_err();
    let nothing_held = AssetId::new("ether").unwrap();
    let write_off =
        ledger().write_off(day(), &nothing_held, "1".parse().unwrap(), Weight::ZERO).cloned().unwrap_err();
    let long = TradeCosts { fee: Money::new(Decimal::MAX).unwrap(), ..TradeCosts::NONE };
    let long = Fill { costs: long, ..buy("1", "1", "1", "0", "0") };
    let large = "9999999999999999999999999999";
    vec![
        (late_deposit, Rule::TimeOrder, "as_of", "2021-05-18", "2021-05-19 or later"),
        (deposit("0"), Rule::AmountRange, "notional", "0", "more than zero"),
        (deposit("-5"), Rule::AmountRange, "notional", "-5", "zero or more"),
        (book(buy("0", "1", "0", "0", "0")), Rule::AmountRange, "units", "0", "more than zero"),
        (book(buy("1", "1", "1", "-0.01", "0")), Rule::AmountRange, "fee", "-0.01", "zero or more"),
        (book(buy("1", "1", "1", "0", "-1")), Rule::AmountRange, "slippage", "-1", "zero or more"),
        (write_off, Rule::AmountRange, "units", "0", "more than zero"),
        (deposit("0.001"), Rule::MoneyScale, "notional", "0.001", "at most 2 decimal places"),
        (
            book(buy("1", "1", "1", "0.005", "0")),
            Rule::MoneyScale,
            "fee",
            "0.005",
            "at most 2 decimal places",
        ),
        (book(long), Rule::Digits, "fee", "79228162514264337593543950335", "at most 28 digits"),
        (deposit(large), Rule::Digits, "cash_after", "rounding to a decimal overflows", "at most 28 digits"),
        (book(buy("3", "0.333", "0.99", "0", "0")), Rule::Notional, "notional", "0.99", "1"),
        (book(sell("3", "0.333", "1")), Rule::Notional, "notional", "1", "0.99"),
        (
            book(buy("100", "1", "100", "0.01", "0")),
            Rule::CashSuffices,
            "cash_after",
            "-0.01",
            "zero or more",
        ),
        (book(sell("10.1", "1", "10.1")), Rule::UnitsSuffice, "units", "10.1", "at most 10"),
        (withdraw("100.01"), Rule::CashSuffices, "cash_after", "-0.01", "zero or more"),
        (withdraw("0"), Rule::AmountRange, "notional", "0", "more than zero"),
        (grant("ether", "1", Ledger::migrate), Rule::WholeSource, "from_units", "0", "0"),
        (grant("bitcoin", "0", Ledger::distribute), Rule::AmountRange, "units", "0", "more than zero"),
        (event_fault("10,migration", "9,migration"), Rule::WholeSource, "from_units", "9", "10"),
        (event_fault(",0,0,0,0,0,0,0,100,", ",1,0,0,0,0,0,0,100,"), Rule::AmountRange, "notional", "1", "0"),
        (event_fault("bitcoin,10", ",10"), Rule::Field, "from_asset", "", "an asset identifier is empty"),
    ]
}

/// Changes line 4 of a log, a write-off of ten units of bitcoin at 1 that recovers 5.
fn log_fault(from: &str, to: &str) -> LedgerError {
    let mut ledger = ledger();
    let bitcoin = AssetId::new("bitcoin").unwrap();
    ledger.write_off(day(), &bitcoin, "1".parse().unwrap(), "0.5".parse().unwrap()).unwrap();
    fault_in_line_4(&ledger, from, to)
}

fn fault_in_line_4(ledger: &Ledger, from: &str, to: &str) -> LedgerError {
    let header = TRANSACTION_COLUMNS.join(",");
    let mut lines: Vec<_> = ledger.transactions().iter().map(regimen_ledger::Transaction::to_line).collect();
    lines.insert(0, header);
    assert!(lines[3].contains(from), "{} has no {from}", lines[3]);
    lines[3] = lines[3].replacen(from, to, 1);
    let fault = replay_log(lines, 2).unwrap_err();
    assert_eq!(fault.line, 4);
    fault.error
}

fn log_refusals() -> Vec<(LedgerError, LedgerRule, &'static str, &'static str, &'static str)> {
    use LedgerRule as Rule;
    let headless = replay_log(["seq,as_of"], 2).unwrap_err().error;
    let header = "seq,as_of,kind,asset,side,units,price,notional,fee,slippage,spread,impact,gas,platform_fee,\
        cash_after,units_after,from_asset,from_units,cause,hash";
    vec![
        (headless, Rule::Header, "seq", "seq,as_of", header),
        (log_fault(",10,1,5,", ",9,1,5,"), Rule::WholeWriteOff, "units", "9", "10"),
        (log_fault(",10,1,5,", ",10,1,11,"), Rule::Notional, "notional", "11", "at most 10"),
        (log_fault("5,0,0,0,", "5,1,0,0,"), Rule::AmountRange, "fee", "1", "0"),
        (log_fault(",vanished", ""), Rule::ColumnCount, "hash", "19 columns", "20 columns"),
        (log_fault("vanished", "vanish"), Rule::Field, "cause", "vanish", "a cause of a transaction"),
        (log_fault(",5,", ",5x,"), Rule::Field, "notional", "5x", "not a number"),
        (
            log_fault("2021-05-19", "2021-02-29"),
            Rule::Field,
            "as_of",
            "2021-02-29",
            "this date or time does not exist",
        ),
        (log_fault("3,", "4,"), Rule::Sequence, "seq", "4", "3"),
        (log_fault("105,0,,,", "105,0,ether,,"), Rule::CanonicalForm, "from_asset", "ether", ""),
        (log_fault("105,0,", "106,0,"), Rule::Balance, "cash_after", "106", "105"),
        (log_fault("105,0,", "105,1,"), Rule::Balance, "units_after", "1", "0"),
        (log_fault(",5,", ",5.0,"), Rule::CanonicalForm, "notional", "5.0", "5"),
        (log_fault("105,0,", "105.00,0,"), Rule::CanonicalForm, "cash_after", "105.00", "105"),
        (log_fault("bitcoin,,", "bitcoin,sell,"), Rule::CanonicalForm, "side", "sell", ""),
        (log_fault(",vanished", ",schedule"), Rule::HashChain, "hash", "", ""),
    ]
}

fn valuation_refusals() -> Vec<(ValuationError, LedgerRule, &'static str)> {
    use LedgerRule as Rule;
    let one = |_: &AssetId| Price::new(Decimal::ONE).ok();
    let rebalance = |weights: &[(&str, &str)], priced: bool| {
        let mut index = Index::new("1000".parse().unwrap()).unwrap();
        let weights = weights.iter().map(|(id, weight)| (AssetId::new(id).unwrap(), weight.parse().unwrap()));
        index.rebalance(weights, |asset| one(asset).filter(|_| priced)).unwrap_err()
    };
    vec![
        (rebalance(&[("a", "0.5")], false), Rule::PriceKnown, "a has no price"),
        (rebalance(&[("a", "0.5"), ("a", "0.5")], true), Rule::WeightsDistinct, "a has two weights"),
        (rebalance(&[("a", "0.5"), ("b", "0.51")], true), Rule::WeightsSum, "the weights sum to more than 1"),
        (
            Index::new("0".parse().unwrap()).unwrap_err(),
            Rule::Continuity,
            "no divisor keeps the index level 0",
        ),
    ]
}

#[test]
fn every_refusal_names_rule_column_found_and_expected() {
    for (error, rule, column, found, expected) in booking_refusals().into_iter().chain(log_refusals()) {
        assert_eq!((error.rule, error.column), (rule, column), "{error}");
        if rule != LedgerRule::HashChain {
            assert_eq!((error.found.as_str(), error.expected.as_str()), (found, expected), "{error}");
        }
    }
    for (error, rule, text) in valuation_refusals() {
        assert_eq!((error.rule(), error.to_string().as_str()), (rule, text));
    }
}

#[test]
fn every_code_is_provoked() {
    let mut provoked: BTreeSet<_> =
        booking_refusals().into_iter().chain(log_refusals()).map(|refusal| refusal.1.code()).collect();
    // Provoked where gains are tested.
    provoked.insert(LedgerRule::LotsSuffice.code());
    provoked.extend(valuation_refusals().into_iter().map(|refusal| refusal.1.code()));
    assert_eq!(provoked, CODES.iter().map(|entry| entry.code).collect());
}

#[test]
fn bytes_that_are_no_text_are_a_fault() {
    let fault =
        replay_log([TRANSACTION_COLUMNS.join(",").as_bytes(), b"1,2021-05-19,dep\xFFsit"], 2).unwrap_err();
    assert_eq!((fault.line, fault.error.rule, fault.error.column), (2, LedgerRule::Field, "kind"));
    assert_eq!(replay_log([""; 0], 2).unwrap_err().error.rule, LedgerRule::Header);
}

#[test]
fn a_fault_reads_as_a_diagnostic() {
    let fault = replay_log([TRANSACTION_COLUMNS.join(",").as_str(), "1,2"], 2).unwrap_err();
    assert_eq!(
        fault.diagnostic("transactions.csv").to_string(),
        "error[LOG010]: a row has another number of columns than the header; expected 20 columns\n  \
         --> transactions.csv:2, column hash, text \"2 columns\"\n  \
         help: restore the log from the run that wrote it"
    );
}
