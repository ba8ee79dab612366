use super::*;
use proptest::prelude::*;
use regimen_types::{Fill, Money, Price, TradeCosts};
use rust_decimal::Decimal;

fn day(number: u32) -> AsOf {
    AsOf::from_ymd(2024, 1, number).unwrap()
}

fn price() -> Price {
    "2".parse().unwrap()
}

fn asset() -> impl Strategy<Value = AssetId> {
    prop_oneof![Just("a"), Just("b")].prop_map(|asset| asset.parse().unwrap())
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

fn units() -> impl Strategy<Value = Quantity> {
    (0_i64..40, 0_u32..2).prop_map(|(units, scale)| Quantity::new(Decimal::new(units, scale)).unwrap())
}

fn order() -> impl Strategy<Value = WorkingOrder> {
    (asset(), side(), units()).prop_map(|(asset, side, units)| {
        let (decision_price, decision_price_as_of) = (price(), day(1));
        let cause = Cause::Schedule;
        WorkingOrder::new(&Order { asset, side, units, decision_price, decision_price_as_of, cause })
    })
}

fn fill() -> impl Strategy<Value = Fill> {
    (asset(), side(), units()).prop_map(|(asset, side, units)| {
        let (as_of, cause) = (day(2), Cause::Schedule);
        let (notional, costs) = (Money::ZERO, TradeCosts::NONE);
        Fill { as_of, asset, side, units, price: price(), notional, costs, cause }
    })
}

proptest! {
    #[test]
    fn fills_go_to_the_first_order_that_has_a_rest(
        orders in prop::collection::vec(order(), 0..6), fills in prop::collection::vec(fill(), 0..6),
    ) {
        let total = |asset: &AssetId, side: Side| {
            let same = fills.iter().filter(|fill| fill.asset == *asset && fill.side == side);
            same.fold(Quantity::ZERO, |sum, fill| sum.plus(fill.units).unwrap())
        };
        let mut plain = orders.clone();
        for index in 0..plain.len() {
            let (earlier, later) = plain.split_at_mut(index);
            let working = &mut later[0];
            let same = earlier.iter().zip(&orders);
            let same = same.filter(|(other, _)| other.asset == working.asset && other.order.side == working.order.side);
            let taken = same.fold(Quantity::ZERO, |sum, (now, before)| {
                sum.plus(now.filled.minus(before.filled).unwrap()).unwrap()
            });
            let left = total(&working.asset, working.order.side).minus(taken).unwrap();
            working.filled = working.filled.plus(left.min(working.rest())).unwrap();
        }
        let terms = ExecutionTerms { lag_snapshots: 0, slices: 1, carry_snapshots: 0 };
        let mut pending = PendingOrders::new(day(1), Cause::Schedule, terms, &[]);
        pending.orders = orders;
        let places = pending.places();
        let left = fills.iter().map(|fill| (fill, pending.take_fill(&places, &fill.asset, fill.side, fill.units))).collect::<Vec<_>>();
        prop_assert_eq!(&pending.orders, &plain);
        for (fill, left) in left {
            let rests = pending.rests(&places, &fill.asset, fill.side);
            prop_assert!(left.is_zero() || rests.iter().all(|rest| rest.is_zero()));
        }
        prop_assert!(plain.iter().all(|working| working.is_done() == working.rest().is_zero()));
    }
}

#[test]
fn a_fill_counts_even_if_an_exact_sum_needs_more_digits() {
    let order = Order {
        asset: "a".parse().unwrap(),
        side: Side::Buy,
        units: "20000000000000".parse().unwrap(),
        decision_price: price(),
        decision_price_as_of: day(1),
        cause: Cause::Schedule,
    };
    let terms = ExecutionTerms { lag_snapshots: 0, slices: 1, carry_snapshots: 0 };
    let mut pending = PendingOrders::new(day(1), Cause::Schedule, terms, &[]);
    pending.orders = vec![WorkingOrder::new(&order)];
    for units in ["10000000000000", "3333333.000000000000000000001"] {
        pending.take_fill(&pending.places(), &order.asset, Side::Buy, units.parse().unwrap());
    }
    assert_eq!(pending.orders[0].filled, "10000003333333".parse().unwrap());
    assert_eq!(pending.orders[0].rest(), "9999996666667".parse().unwrap());
}
