//! Quotes: worked examples, and what they promise within their bounds.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regimen_types::{Exact, Holdings, Money, Quantity, Side, Weight};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use super::frictional::*;
use super::portfolios::*;
use crate::*;

/// The market at a later instant, within the bounds of a quote.
fn within_bounds(market: &Liquid, moves: &[i64], bounds: &QuoteBounds, volume_part: Decimal) -> Liquid {
    let mut later = market.clone();
    for (number, part) in moves.iter().enumerate() {
        let Some((price, _)) = later.prices.0.get_mut(&asset(number)) else { continue };
        // From the full move down to the full move up.
        let bound = bounds.adverse_move[&asset(number)].decimal() / dec!(10000);
        *price = (*price * (Decimal::ONE + bound * Decimal::new(*part, 2))).round_dp(20).normalize();
    }
    for volume in later.volumes.values_mut() {
        *volume = (*volume * volume_part).round_dp(6);
    }
    later
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_quote_s_minimum_holds_within_its_bounds(
        case in friction_cases(),
        sells in any::<bool>(),
        amount in 1_i64..1_000_000,
        distance in 0_i64..2000,
        moves in prop::collection::vec(-100_i64..=100, COUNT),
        more_volume in 50_i64..=100,
    ) {
        // Beyond the whole volume, impact grows faster than the trade itself, and nothing is monotone.
        let mut case = case;
        case.terms.rules.participation_max = Some(weight(dec!(0.3)));
        let bounds = QuoteBounds {
            adverse_move: (0..COUNT).map(|number| (asset(number), bps(distance))).collect(),
            volume_part: weight(dec!(0.5)),
        };
        let request = QuoteRequest {
            as_of: now(),
            side: if sells { Side::Sell } else { Side::Buy },
            amount: money(amount.into()),
            holdings: &case.holdings,
            target: &case.goal,
            bounds: &bounds,
        };
        let quote = quote(&request, &case.market, &case.terms.terms()).unwrap();
        prop_assert!(quote.minimum_value <= quote.expected_value, "{} {}", quote.minimum_value, quote.expected_value);
        let mut before = case.holdings.clone();
        before.set_cash(if sells { Money::ZERO } else { request.amount });
        let mut positions = case.holdings.clone();
        positions.set_cash(Money::ZERO);
        let later = within_bounds(&case.market, &moves, &bounds, Decimal::new(more_volume, 2));
        let after = book(&before, &case.terms.fill(&quote.plan, &before, &later).fills);
        let received = if sells {
            Exact::from(after.cash().minus(before.cash()).unwrap().decimal())
        } else {
            worth(&after, &case.market.prices).minus(worth(&positions, &case.market.prices)).unwrap()
        };
        let minimum = Exact::from(quote.minimum_value.decimal());
        // Whole lots and grids of units make a scaled purchase differ by one step of each asset.
        let step = Decimal::new(1, 6) + Decimal::from(COUNT) * dec!(1000000) * Decimal::new(1, case.terms.units_scale)
            + Decimal::from(COUNT) * Decimal::new(10, case.terms.money_scale);
        prop_assert!(received.plus(Exact::from(step)).unwrap().compare(minimum).unwrap().is_ge(), "{received:?} < {}", quote.minimum_value);
    }
}

#[test]
fn a_quote_of_a_purchase() {
    // 1000 into two halves at 1 % commission, half a percent of spread and 1 of gas each: 2 + x + 0.015 x =
    // 1000.
    let costs = Frictions {
        commission: Commission { rate: bps(100), ..Commission::default() },
        half_spread: HalfSpread::Fixed(bps(50)),
        gas: Some(gas(dec!(1))),
        ..Frictions::default()
    };
    let terms = Terms::of(costs, TradingRules::default());
    let goal = target(&[dec!(0.5), dec!(0.5)]);
    let bounds =
        QuoteBounds { adverse_move: BTreeMap::from([(asset(0), bps(1000))]), volume_part: Weight::ONE };
    let nothing = Holdings::of_cash(Money::ZERO);
    let request = QuoteRequest {
        as_of: now(),
        side: Side::Buy,
        amount: money(dec!(1000)),
        holdings: &nothing,
        target: &goal,
        bounds: &bounds,
    };
    let quote = quote(&request, &prices(&[dec!(1), dec!(1)]), &terms.terms()).unwrap();
    let cents = |amount: Money| amount.decimal().round_dp(2);
    assert_eq!(
        (cents(quote.costs.gas), cents(quote.costs.fee), cents(quote.costs.spread)),
        (dec!(2), dec!(9.83), dec!(4.92))
    );
    assert_eq!(cents(quote.expected_value), dec!(983.25));
    // If the first rises by a tenth, 998 pay for 1.05 × 1.015 = 1.06575 for each unit: 936.43.
    assert_eq!(cents(quote.minimum_value), dec!(936.43));
    assert_eq!(cents(quote.expected_slippage), dec!(4.92));
    assert_eq!(cents(quote.undone), dec!(0));
}

#[test]
fn a_lot_that_is_too_dear_at_the_bounds_does_not_raise_the_minimum() {
    let costs = Frictions {
        commission: Commission { rate: bps(100), ..Commission::default() },
        ..Frictions::default()
    };
    let lots = Lots { default: Some(Quantity::new(dec!(1)).unwrap()), of_asset: BTreeMap::new() };
    let terms = Terms::of(costs, TradingRules { lots, ..TradingRules::default() });
    let bounds =
        QuoteBounds { adverse_move: BTreeMap::from([(asset(0), bps(1000))]), volume_part: Weight::ONE };
    let (nothing, goal) = (Holdings::of_cash(Money::ZERO), target(&[dec!(1)]));
    let request = QuoteRequest {
        as_of: now(),
        side: Side::Buy,
        amount: money(dec!(100)),
        holdings: &nothing,
        target: &goal,
        bounds: &bounds,
    };
    let quote = quote(&request, &prices(&[dec!(98)]), &terms.terms()).unwrap();
    // One lot of 98 and 0.98 of costs; at 107.8 it cannot be paid for, and 100 buy 0.918472 of it.
    assert_eq!(quote.expected_value.decimal().round_dp(2), dec!(99.02));
    assert_eq!(quote.minimum_value.decimal().round_dp(2), dec!(90.01));
}
