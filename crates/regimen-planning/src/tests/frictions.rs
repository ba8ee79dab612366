//! Worked examples of each friction and filter.

use std::collections::BTreeMap;

use regimen_types::{Cause, Quantity};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use super::frictional::*;
use super::portfolios::*;
use crate::*;

#[test]
fn trades_to_the_edge_of_a_band() {
    // Half each, 100 in all, free of cost; 60 and 40 are 10 % off, the band is 4 %: back to 54 and 46.
    let holdings = portfolio(dec!(0), &[dec!(60), dec!(40)]);
    let goal = target(&[dec!(0.5), dec!(0.5)]);
    let market = prices(&[dec!(1), dec!(1)]);
    let edge = TradingRules { band: band(dec!(0.04), TradeTo::Edge), ..TradingRules::default() };
    let terms = Terms::of(Frictions::default(), edge);
    let plan = terms.plan(Cause::Schedule, &holdings, &goal, &market);
    assert_eq!(order_units(&plan, 0).round_dp(6), dec!(6));
    assert_eq!(order_units(&plan, 1).round_dp(6), dec!(6));
    let after = book(&holdings, &terms.fill(&plan, &holdings, &market).fills);
    assert_eq!(terms.plan(Cause::Schedule, &after, &goal, &market).orders().count(), 0);

    let to_target = TradingRules { band: band(dec!(0.04), TradeTo::Target), ..TradingRules::default() };
    let plan = Terms::of(Frictions::default(), to_target).plan(Cause::Schedule, &holdings, &goal, &market);
    assert_eq!(order_units(&plan, 0).round_dp(6), dec!(10));
    let wide = TradingRules { band: band(dec!(0.1), TradeTo::Target), ..TradingRules::default() };
    let plan = Terms::of(Frictions::default(), wide).plan(Cause::Schedule, &holdings, &goal, &market);
    assert_eq!((plan.orders().count(), reason(&plan, 0)), (0, Some(SkipReason::WithinBand)));
}

#[test]
fn an_exit_and_an_entry_have_no_band() {
    let holdings = portfolio(dec!(0), &[dec!(1), dec!(98), dec!(0)]);
    let goal = target(&[dec!(0), dec!(0.98), dec!(0.02)]);
    let market = prices(&[dec!(1), dec!(1), dec!(1)]);
    let rules = TradingRules { band: band(dec!(0.1), TradeTo::Target), ..TradingRules::default() };
    let plan = Terms::of(Frictions::default(), rules).plan(Cause::Schedule, &holdings, &goal, &market);
    assert_eq!(order_units(&plan, 0), dec!(1));
    assert_eq!(reason(&plan, 1), Some(SkipReason::WithinBand));
    assert!(order_units(&plan, 2) > Decimal::ZERO);
}

#[test]
fn a_sale_below_the_minimum_does_not_fund_a_purchase() {
    // Asset 0 should sell 4, asset 1 sell 30, asset 2 buy 34; trades below 5 are not made.
    let holdings = portfolio(dec!(0), &[dec!(34), dec!(60), dec!(6)]);
    let goal = target(&[dec!(0.3), dec!(0.3), dec!(0.4)]);
    let market = prices(&[dec!(1), dec!(1), dec!(1)]);
    let minimum = Some(MinimumNotional { trade: money(dec!(5)), exit: money(dec!(1)) });
    let terms = Terms::of(Frictions::default(), TradingRules { minimum, ..TradingRules::default() });
    let plan = terms.plan(Cause::Schedule, &holdings, &goal, &market);
    assert_eq!(reason(&plan, 0), Some(SkipReason::BelowMinimum));
    assert_eq!(order_units(&plan, 1).round_dp(6), dec!(30));
    assert_eq!(order_units(&plan, 2).round_dp(5), dec!(30), "the cash of the sale that is made, no more");
    assert_eq!(reason(&plan, 2), Some(SkipReason::CashShort));
    book(&holdings, &terms.fill(&plan, &holdings, &market).fills);

    // The same 4 are sold if the asset leaves.
    let holdings = portfolio(dec!(0), &[dec!(4), dec!(96), dec!(0)]);
    let goal = target(&[dec!(0), dec!(0.96), dec!(0.04)]);
    let plan = terms.plan(Cause::Schedule, &holdings, &goal, &market);
    assert_eq!(order_units(&plan, 0), dec!(4));
    assert_eq!(reason(&plan, 2), Some(SkipReason::BelowMinimum));
}

#[test]
fn an_account_of_fifty_dollars() {
    // Twenty equal assets at a gas of 1.5 per trade: 2.50 each, 60 % of it gas. With a minimum of 10 nothing
    // trades.
    let holdings = portfolio(dec!(50), &[]);
    let goal = target(&[dec!(0.05); 20]);
    let market = prices(&[dec!(1); 20]);
    let costs = Frictions { gas: Some(gas(dec!(1.5))), ..Frictions::default() };
    let terms = Terms::of(costs.clone(), TradingRules::default());
    let plan = terms.plan(Cause::Inception, &holdings, &goal, &market);
    let after = book(&holdings, &terms.fill(&plan, &holdings, &market).fills);
    assert!(!after.cash().is_negative());
    let minimum = Some(MinimumNotional { trade: money(dec!(10)), exit: money(dec!(1)) });
    let terms = Terms::of(costs, TradingRules { minimum, ..TradingRules::default() });
    let plan = terms.plan(Cause::Inception, &holdings, &goal, &market);
    assert_eq!(plan.orders().count(), 0);
    assert_eq!(plan.equity_after_costs.decimal().round_dp(4), dec!(50));
    assert!((0..20).all(|number| reason(&plan, number) == Some(SkipReason::BelowMinimum)));
    // Two assets pass: 50 = 2 × (v + 1.5).
    let plan = terms.plan(Cause::Inception, &holdings, &target(&[dec!(0.5), dec!(0.5)]), &market);
    assert_eq!(order_units(&plan, 0).round_dp(4), dec!(23.5));
}

#[test]
fn gas_that_takes_all_trades_nothing() {
    let holdings = portfolio(dec!(50), &[]);
    let costs = Frictions { gas: Some(gas(dec!(2.4))), ..Frictions::default() };
    let goal = target(&[dec!(0.05); 20]);
    let plan = Terms::of(costs, TradingRules::default()).plan(
        Cause::Inception,
        &holdings,
        &goal,
        &prices(&[dec!(1); 20]),
    );
    assert_eq!(plan.orders().count(), 0);
    assert!((0..20).all(|number| reason(&plan, number) == Some(SkipReason::CostsExceedValue)));
}

#[test]
fn a_turnover_limit_has_a_priority() {
    let holdings = portfolio(dec!(0), &[dec!(40), dec!(35), dec!(25), dec!(0)]);
    let goal = target(&[dec!(0.2), dec!(0.25), dec!(0.25), dec!(0.3)]);
    let market = prices(&[dec!(1); 4]);
    let limited = |priority| {
        let turnover = Some(TurnoverLimit { one_way_max: weight(dec!(0.15)), priority });
        let terms = Terms::of(Frictions::default(), TradingRules { turnover, ..TradingRules::default() });
        let plan = terms.plan(Cause::Schedule, &holdings, &goal, &market);
        book(&holdings, &terms.fill(&plan, &holdings, &market).fills);
        plan
    };
    // Sales of 20 and 10 wanted, 15 allowed.
    let plan = limited(TurnoverPriority::Largest);
    assert_eq!([0, 1, 3].map(|number| order_units(&plan, number)), [dec!(15), dec!(0), dec!(15)]);
    assert_eq!([0, 1, 3].map(|number| reason(&plan, number)), [Some(SkipReason::TurnoverLimit); 3]);
    let plan = limited(TurnoverPriority::ProRata);
    assert_eq!([0, 1, 3].map(|number| order_units(&plan, number)), [dec!(10), dec!(5), dec!(15)]);
    // A change of regime is not limited.
    let turnover =
        Some(TurnoverLimit { one_way_max: weight(dec!(0.15)), priority: TurnoverPriority::Largest });
    let terms = Terms::of(Frictions::default(), TradingRules { turnover, ..TradingRules::default() });
    let plan = terms.plan(Cause::RegimeSwitch, &holdings, &goal, &market);
    assert_eq!(order_units(&plan, 0).round_dp(6), dec!(20));
}

#[test]
fn an_asset_that_costs_turn_from_a_purchase_into_a_sale_has_no_share_of_the_limit() {
    // Sales of 200.1 are wanted and 200 are allowed. Asset 1 is 0.1 below its target, and above it after
    // costs.
    let holdings = portfolio(dec!(0), &[dec!(500.1), dec!(499.9), dec!(0)]);
    let goal = target(&[dec!(0.3), dec!(0.5), dec!(0.2)]);
    let turnover = TurnoverLimit { one_way_max: weight(dec!(0.2)), priority: TurnoverPriority::ProRata };
    let rules = TradingRules { turnover: Some(turnover), ..TradingRules::default() };
    let terms = Terms::of(Frictions { slippage: bps(1000), ..Frictions::default() }, rules);
    let plan = terms.plan(Cause::Schedule, &holdings, &goal, &prices(&[dec!(1); 3]));
    assert_eq!((order_units(&plan, 0).round_dp(6), order_units(&plan, 1)), (dec!(200), dec!(0)));
    assert_eq!(reason(&plan, 1), Some(SkipReason::TurnoverLimit));
}

#[test]
fn lots_and_a_cash_buffer() {
    let holdings = portfolio(dec!(100), &[]);
    let lots = Lots { default: Some(Quantity::new(dec!(3)).unwrap()), of_asset: BTreeMap::new() };
    let rules = TradingRules { lots, cash_buffer: weight(dec!(0.1)), ..TradingRules::default() };
    let terms = Terms::of(Frictions::default(), rules);
    let plan = terms.plan(
        Cause::Inception,
        &holdings,
        &target(&[dec!(0.5), dec!(0.5)]),
        &prices(&[dec!(1), dec!(50)]),
    );
    // 45 each after the buffer: 45 of the first, none of the second, whose lot is worth 150.
    assert_eq!((order_units(&plan, 0), order_units(&plan, 1)), (dec!(42), dec!(0)));
    assert_eq!(
        (reason(&plan, 0), reason(&plan, 1)),
        (Some(SkipReason::BelowLot), Some(SkipReason::BelowLot))
    );
}

#[test]
fn a_sale_that_costs_more_than_it_brings_is_not_filled() {
    let holdings = portfolio(dec!(0), &[dec!(3)]);
    let cheap = Terms::of(Frictions::default(), TradingRules::default());
    let plan = cheap.plan(Cause::Schedule, &holdings, &TargetPortfolio::of_cash(), &prices(&[dec!(1)]));
    let costs = Frictions { gas: Some(gas(dec!(5))), ..Frictions::default() };
    let dear = Terms::of(costs, TradingRules::default());
    let outcome = dear.fill(&plan, &holdings, &prices(&[dec!(1)]));
    assert_eq!((outcome.fills.len(), outcome.shortfalls[0].reason), (0, ShortfallReason::CostsExceedValue));
}
