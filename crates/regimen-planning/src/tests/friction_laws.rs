//! Laws of plans with every friction at once, on random portfolios.

use proptest::prelude::*;
use regimen_types::{Bps, Cause, Exact, Quantity, Side};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use super::frictional::*;
use super::portfolios::*;
use crate::*;

proptest! {
    // A plan by search takes a while in a build without optimisation.
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn value_is_conserved_and_no_prefix_overdraws(case in friction_cases()) {
        let plan = case.terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        let filled = case.terms.fill(&plan, &case.holdings, &case.market);
        // At prices that are a million times as high a figure may fit no decimal.
        let later = case.terms.try_fill(&plan, &case.holdings, &case.later).ok();
        for (market, outcome) in [(&case.market, Some(filled)), (&case.later, later)] {
            let Some(outcome) = outcome else { continue };
            // Booking asserts that no prefix overdraws cash or units.
            let after = book(&case.holdings, &outcome.fills);
            let mut explained = worth(&after, &market.prices);
            for each in &outcome.fills {
                let exact = each.units.value_at(each.price);
                let booked = Exact::from(each.notional.decimal());
                let rounding = if each.side == Side::Buy { booked.minus(exact) } else { exact.minus(booked) }.unwrap();
                prop_assert!(!rounding.is_negative());
                explained = explained.plus(rounding).unwrap();
                explained = explained.plus(Exact::from(each.costs.total().unwrap().decimal())).unwrap();
            }
            prop_assert!(explained.compare(worth(&case.holdings, &market.prices)).unwrap().is_eq());
        }
    }

    #[test]
    fn a_plan_fits_at_its_own_prices_in_any_order_of_each_side(case in friction_cases(), turn in 0_usize..COUNT) {
        let plan = case.terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        let outcome = case.terms.fill(&plan, &case.holdings, &case.market);
        prop_assert_eq!(&outcome.shortfalls, &[], "a plan at its own prices fits");
        let (mut sells, mut buys): (Vec<_>, Vec<_>) =
            outcome.fills.into_iter().partition(|each| each.side == Side::Sell);
        for side in [&mut sells, &mut buys] {
            let turns = turn.checked_rem(side.len()).unwrap_or(0);
            side.rotate_left(turns);
        }
        sells.append(&mut buys);
        book(&case.holdings, &sells);
    }

    #[test]
    fn a_trade_never_overshoots_its_target(case in friction_cases()) {
        let plan = case.terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        for line in &plan.lines {
            let Ok(order) = &line.action else { continue };
            let wanted = match order.side {
                Side::Buy => line.target_units.minus(line.units).unwrap(),
                Side::Sell => line.units.minus(line.target_units).unwrap(),
            };
            let undone = line.undone.as_ref().map_or(Quantity::ZERO, |undone| undone.units);
            prop_assert_eq!(order.units.plus(undone).unwrap(), wanted);
        }
    }

    #[test]
    fn filters_hold(case in friction_cases()) {
        let plan = case.terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        let rules = &case.terms.rules;
        let mut by_side = [Decimal::ZERO; 2];
        for line in &plan.lines {
            let Ok(order) = &line.action else { continue };
            let value = order.units.decimal() * order.decision_price.decimal();
            let is_exit = line.target_weight.is_zero();
            if let Some(minimum) = rules.minimum {
                let least = if is_exit { minimum.exit } else { minimum.trade };
                prop_assert!(value + Decimal::new(1, case.terms.money_scale) > least.decimal());
            }
            if let Some(part) = rules.participation_max {
                let volume = case.market.volumes[&order.asset];
                prop_assert!(value <= part.decimal() * volume);
            }
            if let Some(lot) = rules.lots.of(&order.asset) {
                prop_assert!((order.units.decimal() % lot.decimal()).is_zero());
            }
            if !is_exit {
                by_side[usize::from(order.side == Side::Buy)] += value;
            }
        }
        if let Some(limit) = rules.turnover {
            let budget = limit.one_way_max.decimal() * plan.equity.decimal() + dec!(0.000001);
            prop_assert!(by_side[0] <= budget && by_side[1] <= budget, "{by_side:?} of {budget}");
        }
    }

    #[test]
    fn planning_from_the_result_trades_nothing(case in friction_cases()) {
        // Carried trades continue on purpose, and a lot may become affordable when costs turn out lower than
        // estimated.
        let mut terms = case.terms.clone();
        terms.rules = TradingRules { participation_max: None, turnover: None, lots: Lots::default(), ..terms.rules };
        let plan = terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        // A trade whose impact would take all of it may be worth making in a smaller size.
        prop_assume!(!plan.skips().any(|(_, skip)| skip.reason == SkipReason::CostsExceedValue));
        let after = book(&case.holdings, &terms.fill(&plan, &case.holdings, &case.market).fills);
        let again = terms.plan(Cause::Schedule, &after, &case.goal, &case.market);
        let orders: Vec<_> = again.orders().collect();
        prop_assert!(orders.is_empty(), "{orders:?} after {plan:?}");
    }

    #[test]
    fn zero_frictions_are_the_plain_plan(case in cases()) {
        let plain = planned(&case.holdings, &case.goal, &case.market, &case.terms).unwrap();
        let rates = case.terms.costs.proportional_rate().unwrap().times(dec!(10000)).unwrap();
        let rate = Bps::new(rates.round(4, regimen_types::Rounding::Down).unwrap()).unwrap();
        let costs = Frictions { commission: Commission { rate, ..Commission::default() }, ..Frictions::default() };
        let (money_scale, units_scale) = (case.terms.money_scale, case.terms.units_scale);
        let terms = Terms { costs, rules: TradingRules::default(), money_scale, units_scale };
        prop_assert_eq!(terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market), plain);
    }

    #[test]
    fn a_search_finds_what_the_equation_gives(case in cases()) {
        // A first tier at the same rate makes the same costs, but sizes by search.
        let plain = planned(&case.holdings, &case.goal, &case.market, &case.terms).unwrap();
        let rates = case.terms.costs.proportional_rate().unwrap().times(dec!(10000)).unwrap();
        let rate = Bps::new(rates.round(4, regimen_types::Rounding::Down).unwrap()).unwrap();
        let commission = Commission { rate, tiers: vec![(money(dec!(1)), rate)], ..Commission::default() };
        let (money_scale, units_scale) = (case.terms.money_scale, case.terms.units_scale);
        let costs = Frictions { commission, ..Frictions::default() };
        let terms = Terms { costs, rules: TradingRules::default(), money_scale, units_scale };
        let searched = terms.plan(Cause::Schedule, &case.holdings, &case.goal, &case.market);
        let gap = searched.equity_after_costs.decimal() - plain.equity_after_costs.decimal();
        let step = Decimal::from(COUNT) * dec!(1000000) * Decimal::new(1, units_scale);
        prop_assert!(gap.abs() <= Decimal::new(5000, money_scale) + step, "{gap}");
    }

    #[test]
    fn a_wider_band_never_trades_more(case in cases(), narrow in 1_i64..100, more in 1_i64..100, edge in any::<bool>()) {
        let trade_to = if edge { TradeTo::Edge } else { TradeTo::Target };
        let with_band = |width: i64| {
            let rules = TradingRules { band: band(Decimal::new(width, 3), trade_to), ..TradingRules::default() };
            let terms = TradingTerms { rules: &rules, ..case.terms };
            planned(&case.holdings, &case.goal, &case.market, &terms).unwrap()
        };
        let (narrow, wide) = (with_band(narrow), with_band(narrow + more));
        let rounding = dec!(0.0001) + Decimal::from(COUNT) * dec!(1000000) * Decimal::new(2, case.terms.units_scale);
        prop_assert!(traded(&wide) <= traded(&narrow) + rounding, "{} > {}", traded(&wide), traded(&narrow));
    }
}
