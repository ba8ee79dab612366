//! Limits by volume: on what is ordered, and on what one execution takes.

use regimen_types::Cause;
use rust_decimal_macros::dec;

use super::frictional::*;
use super::portfolios::*;
use crate::*;

#[test]
fn an_order_is_limited_to_a_tenth_of_the_volume() {
    let holdings = portfolio(dec!(1000), &[]);
    let market = liquid(prices(&[dec!(2), dec!(2)]), &[dec!(2000), dec!(0)]);
    let participation_max = Some(weight(dec!(0.1)));
    let terms =
        Terms::of(Frictions::default(), TradingRules { participation_max, ..TradingRules::default() });
    let plan = terms.plan(Cause::Inception, &holdings, &target(&[dec!(0.5), dec!(0.5)]), &market);
    assert_eq!(order_units(&plan, 0), dec!(100));
    assert_eq!(
        (reason(&plan, 0), reason(&plan, 1)),
        (Some(SkipReason::Participation), Some(SkipReason::NoVolume))
    );
    assert_eq!(plan.carried().collect::<Vec<_>>(), [&asset(0)]);
    // The next plan knows what is held and goes on.
    let after = book(&holdings, &terms.fill(&plan, &holdings, &market).fills);
    let carried = plan.carried().cloned().collect();
    let goal = target(&[dec!(0.5), dec!(0.5)]);
    let request = PlanRequest {
        as_of: now(),
        cause: Cause::Carried,
        holdings: &after,
        target: &goal,
        market: &market,
        terms: &terms.terms(),
        only: Some(&carried),
    };
    let plan = request.plan().unwrap();
    assert_eq!((order_units(&plan, 0), reason(&plan, 1)), (dec!(100), Some(SkipReason::NotConcerned)));
}

#[test]
fn an_execution_is_limited_to_a_tenth_of_its_own_volume() {
    let holdings = portfolio(dec!(1000), &[]);
    let market = liquid(prices(&[dec!(2), dec!(2)]), &[dec!(2000), dec!(0)]);
    let fill_participation_max = Some(weight(dec!(0.1)));
    let rules = TradingRules { fill_participation_max, ..TradingRules::default() };
    let terms = Terms::of(Frictions::default(), rules);
    let plan = terms.plan(Cause::Inception, &holdings, &target(&[dec!(0.5), dec!(0.5)]), &market);
    let ordered = order_units(&plan, 0);
    assert_eq!((ordered.round_dp(6), order_units(&plan, 1)), (dec!(250), ordered));
    let outcome = terms.fill(&plan, &holdings, &market);
    let filled: Vec<_> = outcome.fills.iter().map(|fill| (&fill.asset, fill.units.decimal())).collect();
    assert_eq!(filled, [(&asset(0), dec!(100))]);
    let short: Vec<_> = outcome
        .shortfalls
        .iter()
        .map(|each| (&each.order.asset, each.units.decimal(), each.reason))
        .collect();
    let participation = (&asset(0), ordered - dec!(100), ShortfallReason::Participation);
    assert_eq!(short, [participation, (&asset(1), ordered, ShortfallReason::NoVolume)]);
}
