//! Laws of planners.

use std::sync::atomic::{AtomicU64, Ordering};

use regimen_laws::{PlanFunction, PlannerLaw, planner};
use regimen_planning::{PlanLine, PlanRequest, RebalancePlan, TradingRules, TradingTerms};
use regimen_types::{CostRates, Order, Quantity, Side};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use crate::breaks::breaks;

fn costs() -> CostRates {
    CostRates { fee_bps: "10".parse().unwrap(), slippage_bps: "5".parse().unwrap() }
}

/// Asserts that a planner that spoils the plans of the built-in one breaks a law.
fn spoilt(spoil: impl Fn(&mut RebalancePlan) + 'static, law: PlannerLaw) -> String {
    let (costs, rules) = (costs(), TradingRules::default());
    let terms = TradingTerms { costs: &costs, rules: &rules, money_scale: 8, units_scale: 12 };
    let spoilt = move |request: &PlanRequest<'_>| {
        let mut planned = request.plan()?;
        spoil(&mut planned);
        Ok(planned)
    };
    let spoilt: Box<PlanFunction> = Box::new(spoilt);
    breaks(planner("a spoilt planner", spoilt.as_ref(), &terms), law)
}

fn orders(plan: &mut RebalancePlan) -> impl Iterator<Item = &mut Order> {
    plan.lines.iter_mut().filter_map(|line| line.action.as_mut().ok())
}

fn times(units: Quantity, factor: Decimal) -> Quantity {
    Quantity::new(units.decimal() * factor).unwrap()
}

#[test]
fn the_built_in_planner_keeps_all_laws() {
    let costs = costs();
    let free = CostRates { fee_bps: "0".parse().unwrap(), ..costs };
    let dear = CostRates { fee_bps: "250".parse().unwrap(), ..costs };
    let rules = TradingRules::default();
    for (seed, costs, money_scale, units_scale) in [(0, costs, 8, 12), (1, free, 12, 8), (2, dear, 4, 10)] {
        let terms = TradingTerms { costs: &costs, rules: &rules, money_scale, units_scale };
        planner("regimen's own", &|request: &PlanRequest<'_>| request.plan(), &terms)
            .seed(seed)
            .cases(200)
            .check()
            .unwrap();
    }
}

#[test]
fn determinism_is_checked() {
    let calls = AtomicU64::new(0);
    let moody = move |plan: &mut RebalancePlan| {
        if calls.fetch_add(1, Ordering::Relaxed) % 2 == 1 {
            orders(plan).for_each(|order| order.units = times(order.units, dec!(0.5)));
        }
    };
    breaks_with(moody, PlannerLaw::Determinism, "but with  planned again");
}

fn breaks_with(spoil: impl Fn(&mut RebalancePlan) + 'static, law: PlannerLaw, text: &str) {
    let printed = spoilt(spoil, law);
    assert!(printed.contains(text), "{printed}");
}

#[test]
fn a_line_that_is_missing_is_found() {
    breaks_with(
        |plan| drop(plan.lines.pop()),
        PlannerLaw::Lines,
        "expected  lines of A\nfound     lines of \n",
    );
}

#[test]
fn a_trade_that_the_market_does_not_allow_is_found() {
    let trades_anyway = |plan: &mut RebalancePlan| {
        let any = plan.lines.iter().find_map(|line| line.action.as_ref().ok().cloned());
        let Some(order) = any else { return };
        for line in &mut plan.lines {
            if let Err(skip) = &line.action {
                line.action = Ok(Order {
                    asset: line.asset.clone(),
                    side: Side::Buy,
                    units: skip.units,
                    ..order.clone()
                });
            }
        }
    };
    breaks_with(trades_anyway, PlannerLaw::Tradable, "expected  no order to buy ");
}

#[test]
fn an_order_beyond_its_target_is_found() {
    let doubled =
        |plan: &mut RebalancePlan| orders(plan).for_each(|order| order.units = times(order.units, dec!(2)));
    breaks_with(doubled, PlannerLaw::Overshoot, "expected  A from ");
}

#[test]
fn a_plan_without_its_costs_does_not_fit() {
    let generous = |plan: &mut RebalancePlan| {
        for line in plan.lines.iter_mut() {
            if let PlanLine { action: Ok(order), target_units, .. } = line
                && order.side == Side::Buy
            {
                order.units = times(order.units, dec!(1.0015));
                *target_units = times(*target_units, dec!(1.0015));
            }
        }
    };
    breaks_with(generous, PlannerLaw::Fits, "expected  all orders filled");
}

#[test]
fn half_a_plan_leaves_the_target_unmet() {
    let half =
        |plan: &mut RebalancePlan| orders(plan).for_each(|order| order.units = times(order.units, dec!(0.5)));
    breaks_with(half, PlannerLaw::AtTarget, "expected  no orders");
}

#[test]
fn a_target_that_is_missed_is_found() {
    let shy = |plan: &mut RebalancePlan| {
        for line in plan.lines.iter_mut() {
            line.target_units = times(line.target_units, dec!(0.99));
        }
    };
    breaks_with(shy, PlannerLaw::Aim, "expected  A worth ");
}

/// A cost model without a proportional rate makes the planner search, and a search needs an end.
#[test]
fn a_plan_for_nothing_ends() {
    use regimen_planning::{CostModel, Trade};
    use regimen_types::{ArithmeticError, TradeCosts};

    #[derive(Debug)]
    struct Free;
    impl CostModel for Free {
        fn costs(&self, _: &Trade<'_>, _: u32) -> Result<TradeCosts, ArithmeticError> {
            Ok(TradeCosts::NONE)
        }
    }
    let rules = TradingRules::default();
    let terms = TradingTerms { costs: &Free, rules: &rules, money_scale: 8, units_scale: 12 };
    planner("a free planner", &|request: &PlanRequest<'_>| request.plan(), &terms).check().unwrap();
}
