//! What holds of gains by every method, and worked examples.

use proptest::prelude::*;
use regimen_ledger::{
    Disposal, Grant, Ledger, LedgerRule, Lot, LotMethod, Lots, Transaction, TransactionKind,
};
use regimen_types::{AsOf, Cause, Exact, Fill, Money, Rounding, Side, TradeCosts};

use crate::script::{MONEY_SCALE, run, scripts};

fn matched(transactions: &[Transaction], method: LotMethod, money_scale: u32) -> (Vec<Disposal>, Lots) {
    matched_if_it_fits(transactions, method, money_scale).unwrap()
}

/// Returns `None` if the rest of a lot needs more digits than a decimal has: some 10¹² units less some 10⁻¹⁶.
fn matched_if_it_fits(
    transactions: &[Transaction],
    method: LotMethod,
    money_scale: u32,
) -> Option<(Vec<Disposal>, Lots)> {
    let mut lots = Lots::new(method, money_scale);
    let mut disposals = Vec::new();
    for transaction in transactions {
        match lots.take(transaction) {
            Ok(taken) => disposals.extend(taken),
            Err(error) => {
                assert_eq!(error.rule, LedgerRule::Digits, "{error}");
                return None;
            }
        }
    }
    Some((disposals, lots))
}

/// Adds exactly: a sum of random amounts may need more digits than money has.
fn sum(amounts: impl IntoIterator<Item = Money>) -> Exact {
    amounts.into_iter().fold(Exact::ZERO, |sum, amount| sum.plus(amount.decimal().into()).unwrap())
}

fn equal(left: Exact, right: Exact) -> bool {
    left.compare(right).unwrap().is_eq()
}

fn open_lots(lots: &Lots) -> impl Iterator<Item = &Lot> {
    lots.open().flat_map(|(_, lots)| lots)
}

/// Sells all that a ledger holds at a price of 1.
fn sell_all(ledger: &mut Ledger) {
    let positions: Vec<_> =
        ledger.holdings().positions().map(|(asset, units)| (asset.clone(), units)).collect();
    let as_of = ledger.state().last_as_of().unwrap();
    for (asset, units) in positions {
        let price = "1".parse().unwrap();
        let Ok(notional) = units.notional(price, MONEY_SCALE, Rounding::Down) else { continue };
        let sale = Fill {
            as_of,
            asset,
            side: Side::Sell,
            units,
            price,
            notional,
            costs: TradeCosts::NONE,
            cause: Cause::Schedule,
        };
        // A position that is worth more than money can say stays.
        let _ = ledger.book(&sale);
    }
}

proptest! {
    #[test]
    fn costs_are_conserved_and_lots_are_the_holdings(steps in scripts()) {
        let mut ledger = Ledger::new(MONEY_SCALE);
        run(&mut ledger, &steps);
        let of_kind = |kind| ledger.transactions().iter().filter(move |each| each.kind == kind);
        let paid = sum(of_kind(TransactionKind::Buy).map(|each| each.notional.plus(each.costs.total().unwrap()).unwrap()));
        let brought = sum([TransactionKind::Sell, TransactionKind::WriteOff].into_iter().flat_map(of_kind)
            .map(|each| each.notional.minus(each.costs.total().unwrap()).unwrap()));
        for method in LotMethod::ALL {
            let matched = matched_if_it_fits(ledger.transactions(), method, MONEY_SCALE);
            prop_assume!(matched.is_some());
            let (disposals, lots) = matched.unwrap();
            let disposed = sum(disposals.iter().map(|each| each.cost));
            prop_assert!(equal(sum(open_lots(&lots).map(|lot| lot.cost)).plus(disposed).unwrap(), paid));
            prop_assert!(equal(sum(disposals.iter().map(|each| each.proceeds)), brought));
            for (asset, units) in ledger.holdings().positions() {
                prop_assert_eq!(lots.holding(asset).unwrap().0, units, "{}", asset);
            }
            prop_assert_eq!(lots.open().count(), ledger.holdings().positions().len());
            prop_assert!(open_lots(&lots).all(|lot| !lot.units.is_zero() && !lot.cost.is_negative()));
        }
    }

    #[test]
    fn all_methods_agree_when_all_is_sold(steps in scripts()) {
        let mut ledger = Ledger::new(MONEY_SCALE);
        run(&mut ledger, &steps);
        sell_all(&mut ledger);
        prop_assume!(ledger.holdings().positions().len() == 0);
        let mut gains = Vec::new();
        for method in LotMethod::ALL {
            let matched = matched_if_it_fits(ledger.transactions(), method, MONEY_SCALE);
            prop_assume!(matched.is_some());
            let (disposals, lots) = matched.unwrap();
            prop_assert_eq!(lots.open().count(), 0);
            let proceeds = sum(disposals.iter().map(|each| each.proceeds));
            gains.push(proceeds.minus(sum(disposals.iter().map(|each| each.cost))).unwrap());
        }
        prop_assert!(gains.iter().all(|gain| equal(*gain, gains[0])), "{:?}", gains);
        // Nothing but trades, write-offs, fees, deposits and withdrawals moves the cash.
        let outside = ledger.transactions().iter().fold(Exact::ZERO, |sum, each| {
            let amount = Exact::from(each.notional.decimal());
            match each.kind {
                TransactionKind::Deposit => sum.plus(amount).unwrap(),
                TransactionKind::Withdrawal | TransactionKind::ManagementFee => sum.minus(amount).unwrap(),
                _ => sum,
            }
        });
        let gained = Exact::from(ledger.holdings().cash().decimal()).minus(outside).unwrap();
        prop_assert!(equal(gained, gains[0]));
    }
}

fn day(number: u32) -> AsOf {
    AsOf::from_ymd(2021, 1, number).unwrap()
}

fn trade(as_of: AsOf, side: Side, units: &str, price: &str, notional: &str, fee: &str) -> Fill {
    Fill {
        as_of,
        asset: "BTC".parse().unwrap(),
        side,
        units: units.parse().unwrap(),
        price: price.parse().unwrap(),
        notional: notional.parse().unwrap(),
        costs: TradeCosts { fee: fee.parse().unwrap(), ..TradeCosts::NONE },
        cause: Cause::Schedule,
    }
}

/// Two bought at 10, two at 30, two at 20; three sold at 40.
fn ledger() -> Ledger {
    let mut ledger = Ledger::new(2);
    ledger.deposit(day(1), "1000".parse().unwrap()).unwrap();
    ledger.book(&trade(day(1), Side::Buy, "2", "10", "20", "0.5")).unwrap();
    ledger.book(&trade(day(2), Side::Buy, "2", "30", "60", "0")).unwrap();
    ledger.book(&trade(day(3), Side::Buy, "2", "20", "40", "0")).unwrap();
    ledger.book(&trade(day(4), Side::Sell, "3", "40", "120", "1")).unwrap();
    ledger
}

#[test]
fn each_method_takes_its_lots() {
    let text = |method| {
        let (disposals, lots) = matched(ledger().transactions(), method, 2);
        let part = |each: &Disposal| {
            format!(
                "{}: {} for {} less {}",
                each.acquired_at.map_or("-".into(), |at| at.to_string()),
                each.units,
                each.proceeds,
                each.cost
            )
        };
        let parts: Vec<_> = disposals.iter().map(part).collect();
        (
            parts.join(", "),
            lots.unrealised(&"BTC".parse().unwrap(), "40".parse().unwrap()).unwrap().to_string(),
        )
    };
    // 119 for three: 79.33 for two, 39.67 for one.
    assert_eq!(
        text(LotMethod::Fifo),
        ("2021-01-01: 2 for 79.33 less 20.5, 2021-01-02: 1 for 39.67 less 30".into(), "50".into())
    );
    assert_eq!(
        text(LotMethod::Lifo),
        ("2021-01-03: 2 for 79.33 less 40, 2021-01-02: 1 for 39.67 less 30".into(), "69.5".into())
    );
    assert_eq!(
        text(LotMethod::Hifo),
        ("2021-01-02: 2 for 79.33 less 60, 2021-01-03: 1 for 39.67 less 20".into(), "79.5".into())
    );
    assert_eq!(text(LotMethod::Average), ("-: 3 for 119 less 60.25".into(), "59.75".into()));
}

#[test]
fn a_swap_carries_cost_and_time_over_and_a_fork_costs_nothing() {
    let mut ledger = ledger();
    let grant = |from: &str, asset: &str, units: &str, cause| Grant {
        as_of: day(5),
        from: from.parse().unwrap(),
        asset: asset.parse().unwrap(),
        units: units.parse().unwrap(),
        price: "1".parse().unwrap(),
        cause,
    };
    ledger.migrate(grant("BTC", "XBT", "3000", Cause::Migration)).unwrap();
    ledger.distribute(grant("XBT", "BCH", "3", Cause::Fork)).unwrap();
    let (_, lots) = matched(ledger.transactions(), LotMethod::Fifo, 2);
    let open: Vec<_> = lots.open().map(|(asset, lots)| (asset.to_string(), lots.to_vec())).collect();
    let lot = |at, units: &str, cost: &str| Lot {
        acquired_at: Some(day(at)),
        units: units.parse().unwrap(),
        cost: cost.parse().unwrap(),
    };
    assert_eq!(
        open,
        [
            ("BCH".to_owned(), vec![lot(5, "3", "0")]),
            ("XBT".to_owned(), vec![lot(2, "1000", "30"), lot(3, "2000", "40")])
        ]
    );
}

#[test]
fn a_log_without_its_start_has_no_gains() {
    let ledger = ledger();
    let error = Lots::new(LotMethod::Fifo, 2).take(&ledger.transactions()[4]).unwrap_err();
    assert_eq!((error.rule, error.column), (LedgerRule::LotsSuffice, "units"));
}
