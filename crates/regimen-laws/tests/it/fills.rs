//! Laws of fills.

use std::sync::atomic::{AtomicU64, Ordering};

use regimen_laws::{FillFunction, FillLaw, fills};
use regimen_planning::{FillOutcome, Market, TradingRules, TradingTerms, fill};
use regimen_types::{ArithmeticError, AsOf, CostRates, Fill, Holdings, Order, Quantity, Side};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use crate::breaks::breaks;

fn costs() -> CostRates {
    CostRates { fee_bps: "10".parse().unwrap(), slippage_bps: "5".parse().unwrap() }
}

/// Asserts that a model that spoils the built-in one's fills breaks a law, and returns what is printed.
fn spoilt(spoil: impl Fn(&mut FillOutcome) + 'static, law: FillLaw) -> String {
    let (costs, rules) = (costs(), TradingRules::default());
    let terms = TradingTerms { costs: &costs, rules: &rules, money_scale: 8, units_scale: 12 };
    let spoilt = move |as_of: AsOf,
                       orders: &[Order],
                       holdings: &Holdings,
                       market: &dyn Market,
                       terms: &TradingTerms<'_>|
          -> Result<FillOutcome, ArithmeticError> {
        let mut outcome = fill(as_of, orders, holdings, market, terms)?;
        spoil(&mut outcome);
        Ok(outcome)
    };
    let spoilt: Box<FillFunction> = Box::new(spoilt);
    breaks(fills("a spoilt fill", spoilt.as_ref(), &terms), law)
}

fn times(fill: &mut Fill, factor: Decimal) {
    fill.units = Quantity::new(fill.units.decimal() * factor).unwrap();
}

#[test]
fn the_built_in_fills_keep_all_laws() {
    let rules = TradingRules::default();
    for (seed, money_scale, units_scale) in [(0, 8, 12), (1, 2, 0), (2, 0, 4)] {
        let costs = costs();
        let terms = TradingTerms { costs: &costs, rules: &rules, money_scale, units_scale };
        fills("regimen's own", &fill, &terms).seed(seed).cases(200).check().unwrap();
    }
}

#[test]
fn determinism_is_checked() {
    let calls = AtomicU64::new(0);
    let moody = move |outcome: &mut FillOutcome| {
        if calls.fetch_add(1, Ordering::Relaxed) % 2 == 1 {
            outcome.fills.iter_mut().for_each(|each| times(each, dec!(0.5)));
        }
    };
    spoilt(moody, FillLaw::Determinism);
}

#[test]
fn sales_that_come_late_are_found() {
    let printed = spoilt(|outcome| outcome.fills.reverse(), FillLaw::SalesFirst);
    assert!(printed.contains("expected  sales, then purchases"), "{printed}");
}

#[test]
fn fills_that_nobody_ordered_are_found() {
    spoilt(|outcome| outcome.fills.iter_mut().for_each(|each| times(each, dec!(2))), FillLaw::Ordered);
    spoilt(|outcome| outcome.shortfalls.clear(), FillLaw::Ordered);
}

#[test]
fn sales_of_what_is_not_held_are_found() {
    spoilt(|outcome| outcome.fills.iter_mut().for_each(|each| times(each, dec!(2))), FillLaw::Held);
}

#[test]
fn negative_cash_is_found() {
    let generous = |outcome: &mut FillOutcome| {
        for each in outcome.fills.iter_mut().filter(|each| each.side == Side::Buy) {
            each.notional = each.notional.plus(each.notional).unwrap();
        }
    };
    let printed = spoilt(generous, FillLaw::Cash);
    assert!(printed.contains("expected  cash of zero or more"), "{printed}");
}

#[test]
fn money_that_disappears_is_found() {
    let swallows = |outcome: &mut FillOutcome| {
        for each in outcome.fills.iter_mut().filter(|each| each.side == Side::Sell) {
            each.notional = "0.01".parse().unwrap();
        }
    };
    let printed = spoilt(swallows, FillLaw::Conservation);
    assert!(printed.contains(" lost to rounding"), "{printed}");
}
