//! Plans at proportional costs without bands or filters: worked examples, and laws on random portfolios.

use proptest::prelude::*;
use regimen_types::{Exact, Order, Quantity, Side, Weight};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use super::portfolios::*;
use crate::{Market, PlanError, ShortfallReason, SkipReason, TargetError, TargetPortfolio, fill};

#[test]
fn a_full_target_with_costs_scales() {
    // 1000 of cash into one asset at 15 bps: x + 0.0015 x = 1000.
    let after = rebalance(
        &portfolio(dec!(1000), &[]),
        &target(&[dec!(1)]),
        &prices(&[dec!(10)]),
        &terms(dec!(10), dec!(5)),
    );
    assert_eq!(after.units(&asset(0)).decimal().round_dp(8), dec!(99.85022466));
    assert!(after.cash().decimal() < dec!(0.0000001), "{}", after.cash());
}

#[test]
fn a_switch_pays_on_both_sides() {
    // Selling 100 and buying x at 1 %: x + 0.01 (100 + x) = 100.
    let holdings = portfolio(dec!(0), &[dec!(100)]);
    let after = rebalance(
        &holdings,
        &target(&[dec!(0), dec!(1)]),
        &prices(&[dec!(1), dec!(1)]),
        &terms(dec!(100), dec!(0)),
    );
    assert_eq!(after.units(&asset(0)), Quantity::ZERO);
    assert_eq!(after.units(&asset(1)).decimal().round_dp(6), dec!(98.019802));
}

#[test]
fn a_stale_asset_is_sold_but_not_bought() {
    let mut market = prices(&[dec!(1), dec!(1)]);
    market.0.insert(asset(0), (dec!(1), false));
    let goal = target(&[dec!(0.5), dec!(0.5)]);
    let plan = planned(&portfolio(dec!(100), &[]), &goal, &market, &terms(dec!(0), dec!(0))).unwrap();
    assert_eq!(plan.lines[0].action.as_ref().unwrap_err().reason, SkipReason::NotTradable);
    assert_eq!(plan.orders().count(), 1);
}

#[test]
fn buys_that_got_dearer_are_scaled_by_one_factor() {
    let holdings = portfolio(dec!(100), &[]);
    let terms = terms(dec!(0), dec!(0));
    let goal = target(&[dec!(0.5), dec!(0.5)]);
    let plan = planned(&holdings, &goal, &prices(&[dec!(1), dec!(1)]), &terms).unwrap();
    let orders: Vec<_> = plan.orders().cloned().collect();
    let outcome = fill(now(), &orders, &holdings, &prices(&[dec!(1), dec!(3)]), &terms).unwrap();
    let units: Vec<Decimal> = outcome.fills.iter().map(|each| each.units.decimal().round_dp(6)).collect();
    assert_eq!(units, [dec!(25), dec!(25)]);
    assert!(outcome.shortfalls.iter().all(|each| each.reason == ShortfallReason::CashShort));
    assert_eq!(outcome.shortfalls.len(), 2);
}

#[test]
fn two_sales_of_one_asset_sell_what_is_held_once() {
    let holdings = portfolio(dec!(0), &[dec!(5)]);
    let terms = terms(dec!(0), dec!(0));
    let market = prices(&[dec!(1)]);
    let cash = TargetPortfolio::of_cash();
    let plan = planned(&holdings, &cash, &market, &terms).unwrap();
    let sale = plan.orders().next().unwrap().clone();
    let part = Order { units: Quantity::new(dec!(3)).unwrap(), ..sale };
    // As after a swap of one held asset into another, with orders to sell both.
    let outcome = fill(now(), &[part.clone(), part], &holdings, &market, &terms).unwrap();
    let sold: Vec<Decimal> = outcome.fills.iter().map(|each| each.units.decimal()).collect();
    assert_eq!(sold, [dec!(3), dec!(2)]);
    let missed: Vec<_> = outcome.shortfalls.iter().map(|each| (each.units.decimal(), each.reason)).collect();
    assert_eq!(missed, [(dec!(1), ShortfallReason::NotHeld)]);
}

#[test]
fn an_order_without_a_price_is_a_shortfall() {
    let holdings = portfolio(dec!(100), &[dec!(5)]);
    let terms = terms(dec!(0), dec!(0));
    let plan = planned(&holdings, &target(&[dec!(0), dec!(1)]), &prices(&[dec!(1), dec!(1)]), &terms);
    let orders: Vec<_> = plan.unwrap().orders().cloned().collect();
    let outcome = fill(now(), &orders, &holdings, &Prices::default(), &terms).unwrap();
    assert_eq!(outcome.fills, []);
    assert!(outcome.shortfalls.iter().all(|each| each.reason == ShortfallReason::NoPrice));
    assert_eq!(outcome.shortfalls.len(), 2);
}

#[test]
fn costs_of_the_whole_notional_are_refused() {
    let result = planned(
        &portfolio(dec!(1), &[]),
        &TargetPortfolio::of_cash(),
        &prices(&[]),
        &terms(dec!(9999), dec!(1)),
    );
    assert_eq!(result, Err(PlanError::CostsTooHigh));
}

#[test]
fn a_target_above_one_is_refused() {
    let weight = |text: &str| text.parse::<Weight>().unwrap();
    let result = TargetPortfolio::new([(asset(0), weight("0.6")), (asset(1), weight("0.5"))]);
    assert_eq!(result, Err(TargetError::AboveOne(dec!(1.1))));
}

proptest! {
    #[test]
    fn value_before_is_value_after_and_costs_and_rounding(case in cases()) {
        let orders: Vec<_> = planned(&case.holdings, &case.goal, &case.market, &case.terms)
            .unwrap().orders().cloned().collect();
        for market in [&case.market, &case.later] {
            let outcome = fill(now(), &orders, &case.holdings, market, &case.terms).unwrap();
            let after = book(&case.holdings, &outcome.fills);
            let mut explained = worth(&after, market);
            for each in &outcome.fills {
                let exact = each.units.value_at(each.price);
                let booked = Exact::from(each.notional.decimal());
                let rounding = if each.side == Side::Buy { booked.minus(exact) } else { exact.minus(booked) }.unwrap();
                prop_assert!(!rounding.is_negative());
                prop_assert!(rounding.compare(Exact::from(Decimal::new(1, case.terms.money_scale))).unwrap().is_le());
                explained = explained.plus(rounding).unwrap();
                explained = explained.plus(Exact::from(each.costs.total().unwrap().decimal())).unwrap();
            }
            prop_assert!(explained.compare(worth(&case.holdings, market)).unwrap().is_eq());
        }
    }

    #[test]
    fn holding_the_target_trades_nothing(mut case in cases()) {
        // With coarse units the first plan may miss its target by more than the costs, and a second plan may
        // come closer.
        case.terms.units_scale = case.terms.units_scale.max(8);
        let after = rebalance(&case.holdings, &case.goal, &case.market, &case.terms);
        let again = planned(&after, &case.goal, &case.market, &case.terms).unwrap();
        let orders: Vec<_> = again.orders().collect();
        prop_assert!(orders.is_empty(), "{orders:?}");
    }

    #[test]
    fn weights_are_met_after_costs(case in cases()) {
        let plan = planned(&case.holdings, &case.goal, &case.market, &case.terms).unwrap();
        for line in plan.lines.iter().filter(|line| line.action.is_ok()) {
            let price = case.market.mark(&line.asset).unwrap().price;
            let aimed = Exact::product(line.target_weight.decimal(), plan.equity_after_costs.decimal());
            let gap = aimed.minus(line.target_units.value_at(price)).unwrap();
            let scale = crate::grid::grid_scale(line.target_units.decimal(), line.units, case.terms.units_scale);
            let step = Exact::product(price.decimal(), Decimal::new(1, scale));
            prop_assert!(gap.compare(step).unwrap().is_le(), "less than one step of units below the weight");
            let ulp = Exact::from(Decimal::new(1, case.terms.money_scale));
            prop_assert!(gap.plus(ulp).unwrap().compare(Exact::ZERO).unwrap().is_ge(), "never above it");
        }
    }

    #[test]
    fn orders_never_overshoot(case in cases()) {
        let plan = planned(&case.holdings, &case.goal, &case.market, &case.terms).unwrap();
        for line in &plan.lines {
            if let Ok(order) = &line.action {
                let reached = match order.side {
                    Side::Buy => line.units.plus(order.units).ok(),
                    Side::Sell => line.units.minus(order.units).ok(),
                };
                prop_assert_eq!(reached, Some(line.target_units));
            }
        }
    }
}
