//! What holds for every ledger.

use proptest::prelude::*;
use regimen_ledger::{HoldingsCursor, Ledger, LedgerRule, LedgerState, TransactionKind, nav};
use regimen_types::{AssetId, Exact, Holdings, Price, TradeCosts};
use rust_decimal::Decimal;

use crate::script::{MONEY_SCALE, attempt, decimal, run, scripts};

fn value(holdings: &Holdings, asset: &AssetId, price: Price) -> Exact {
    let units = holdings.units(asset).value_at(price);
    units.plus(Exact::from(holdings.cash().decimal())).unwrap()
}

fn is_between(value: Exact, low: Exact, high: Exact) -> bool {
    value.compare(low).unwrap().is_ge() && value.compare(high).unwrap().is_le()
}

proptest! {
    #[test]
    fn value_before_is_value_after_and_costs_and_rounding(steps in scripts()) {
        let mut ledger = Ledger::new(MONEY_SCALE);
        for step in &steps {
            let before = ledger.holdings().clone();
            let Some(Ok(booked)) = attempt(&mut ledger, step) else { continue };
            let (Some(asset), Some(price)) = (&booked.asset, booked.price) else { continue };
            let costs = Exact::from(booked.costs.total().unwrap().decimal());
            let after = value(ledger.holdings(), asset, price).plus(costs).unwrap();
            let lost = value(&before, asset, price).minus(after).unwrap();
            let most = match booked.kind {
                TransactionKind::WriteOff => booked.units.value_at(price),
                // Units come in that nobody paid for; what they are worth is the market's business.
                TransactionKind::Distribution | TransactionKind::Yield | TransactionKind::Migration => continue,
                _ => decimal(1, MONEY_SCALE).into(),
            };
            prop_assert!(is_between(lost, Exact::ZERO, most), "{booked:?} loses {lost:?}");
        }
    }

    #[test]
    fn what_is_refused_leaves_no_trace_and_cash_is_never_negative(steps in scripts()) {
        let mut ledger = Ledger::new(MONEY_SCALE);
        for step in &steps {
            let before = ledger.state().clone();
            match attempt(&mut ledger, step) {
                Some(Ok(booked)) => {
                    prop_assert_eq!(ledger.state().last_seq(), before.last_seq() + 1);
                    prop_assert_eq!(booked.cash_after, ledger.holdings().cash());
                }
                Some(Err(error)) => {
                    // The scripts ask for too much now and then; in all else they keep the rules.
                    let fair = [
                        LedgerRule::CashSuffices,
                        LedgerRule::UnitsSuffice,
                        LedgerRule::AmountRange,
                        LedgerRule::Digits,
                        LedgerRule::WholeSource,
                    ];
                    prop_assert!(fair.contains(&error.rule), "{}", error);
                    prop_assert_eq!(ledger.state(), &before);
                }
                None => prop_assert_eq!(ledger.state(), &before),
            }
            prop_assert!(!ledger.holdings().cash().is_negative());
            prop_assert!(ledger.holdings().positions().all(|(_, units)| units.decimal() > Decimal::ZERO));
        }
    }

    #[test]
    fn a_continued_ledger_writes_the_same_log(steps in scripts(), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(steps.len() + 1);
        let mut whole = Ledger::new(MONEY_SCALE);
        let expected = run(&mut whole, &steps);

        let mut first = Ledger::new(MONEY_SCALE);
        let mut lines = run(&mut first, &steps[..cut]);
        let stored = serde_json::to_string(first.state()).unwrap();
        let mut second = Ledger::resume(serde_json::from_str::<LedgerState>(&stored).unwrap());
        lines.extend(run(&mut second, &steps[cut..]).into_iter().skip(1));

        prop_assert_eq!(lines, expected);
        prop_assert_eq!(second.state(), whole.state());
    }

    #[test]
    fn the_cursor_finds_the_holdings_of_every_instant(steps in scripts()) {
        let mut ledger = Ledger::new(MONEY_SCALE);
        let mut at_instant = std::collections::BTreeMap::new();
        for step in &steps {
            attempt(&mut ledger, step);
            at_instant.insert(step.as_of, ledger.holdings().clone());
        }
        let mut cursor = HoldingsCursor::new(ledger.transactions());
        for (as_of, holdings) in at_instant {
            prop_assert_eq!(cursor.advance_to(as_of), &holdings);
        }
    }

    #[test]
    fn nav_is_cash_and_the_rounded_sum(steps in scripts(), mantissas in prop::array::uniform5(1_i64..1_000_000_000)) {
        let mut ledger = Ledger::new(MONEY_SCALE);
        run(&mut ledger, &steps);
        let price = |asset: &AssetId| Price::new(decimal(mantissas[asset.as_str().len() % 5], 6)).ok();
        let exact = ledger.holdings().value(price).unwrap();
        let Ok(nav) = nav(ledger.holdings(), price, MONEY_SCALE) else {
            // 20 digits before the point and 8 after it are all that money holds.
            let limit = Decimal::from_i128_with_scale(10_i128.pow(20) - 1, 0);
            prop_assert!(exact.compare(limit.into()).unwrap().is_ge());
            return Ok(());
        };
        prop_assert_eq!(nav.cash, ledger.holdings().cash());
        prop_assert_eq!(nav.total, nav.cash.plus(nav.invested).unwrap());
        let rest = exact.minus(nav.total.decimal().into()).unwrap();
        let half = decimal(5, MONEY_SCALE + 1);
        prop_assert!(is_between(rest, (-half).into(), half.into()));
    }
}

#[test]
fn a_worked_example() {
    let as_of = "2021-05-19".parse().unwrap();
    let mut ledger = Ledger::new(2);
    ledger.deposit(as_of, "1000".parse().unwrap()).unwrap();
    let fill = |side, units: &str, notional: &str, fee: &str| regimen_types::Fill {
        as_of,
        asset: AssetId::new("bitcoin").unwrap(),
        side,
        units: units.parse().unwrap(),
        price: "333.333".parse().unwrap(),
        notional: notional.parse().unwrap(),
        costs: TradeCosts {
            fee: fee.parse().unwrap(),
            slippage: "0.01".parse().unwrap(),
            ..TradeCosts::NONE
        },
        cause: regimen_types::Cause::RegimeSwitch,
    };
    ledger.book(&fill(regimen_types::Side::Buy, "2.5", "833.34", "0.84")).unwrap();
    ledger.book(&fill(regimen_types::Side::Sell, "1", "333.33", "0.34")).unwrap();
    let bitcoin = AssetId::new("bitcoin").unwrap();
    ledger.write_off(as_of, &bitcoin, "333.333".parse().unwrap(), "0.1".parse().unwrap()).unwrap();
    let rows: Vec<_> = ledger.transactions().iter().map(regimen_ledger::Transaction::to_row).collect();
    assert_eq!(
        rows,
        [
            "1,2021-05-19,deposit,,,0,,1000,0,0,0,0,0,0,1000,0,,,inception",
            "2,2021-05-19,buy,bitcoin,buy,2.5,333.333,833.34,0.84,0.01,0,0,0,0,165.81,2.5,,,regime_switch",
            "3,2021-05-19,sell,bitcoin,sell,1,333.333,333.33,0.34,0.01,0,0,0,0,498.79,1.5,,,regime_switch",
            "4,2021-05-19,write_off,bitcoin,,1.5,333.333,49.99,0,0,0,0,0,0,548.78,0,,,vanished",
        ]
    );
}

#[test]
fn nav_names_the_asset_without_a_price() {
    let mut holdings = Holdings::of_cash("1".parse().unwrap());
    holdings.set_units(&AssetId::new("bitcoin").unwrap(), "1".parse().unwrap());
    let error = nav(&holdings, |_| None, 2).unwrap_err();
    assert_eq!(error.to_string(), "bitcoin has no price");
    assert_eq!(error.rule(), LedgerRule::PriceKnown);
}
