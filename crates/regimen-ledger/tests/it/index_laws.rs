//! What holds for every index.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regimen_ledger::{Index, ValuationError};
use regimen_types::{AssetId, Exact, IndexLevel, Price, Weight, approximate};
use rust_decimal::Decimal;

use crate::script::{decimal, prices};

type Prices = BTreeMap<AssetId, Price>;
type Weights = Vec<(AssetId, Weight)>;

fn assets(count: usize) -> impl Iterator<Item = AssetId> {
    (0..count).map(|index| AssetId::new(&format!("asset-{index:02}")).unwrap())
}

/// Draws weights that sum to 1 at most, at 12 decimal places.
fn weights(count: usize) -> impl Strategy<Value = Weights> {
    (prop::collection::vec(0_i64..1_000_000, count), 0_i64..1_000_000).prop_map(move |(parts, cash)| {
        let total = parts.iter().sum::<i64>() + cash.max(1);
        let weight = |part: i64| Weight::new(decimal(part * 1_000_000_000_000 / total, 12)).unwrap();
        assets(count).zip(parts.into_iter().map(weight)).collect()
    })
}

fn initial_prices(count: usize) -> impl Strategy<Value = Prices> {
    prop::collection::vec(prices(), count).prop_map(move |prices| assets(count).zip(prices).collect())
}

/// Draws a step: weights, by how many percent each price moves, and which asset has no price.
fn steps(count: usize) -> impl Strategy<Value = Vec<(Weights, Vec<i64>, usize)>> {
    prop::collection::vec((weights(count), prop::collection::vec(40_i64..250, count), 0..count * 2), 1..15)
}

fn moved(prices: &Prices, percents: &[i64]) -> Prices {
    let factor = |percent: i64| decimal(percent, 2);
    let moved = |price: Price, percent: i64| {
        let product = Exact::product(price.decimal(), factor(percent));
        Price::new(product.ratio_to_fit(Decimal::ONE.into(), 20).unwrap()).unwrap_or(price)
    };
    prices.iter().zip(percents).map(|((id, price), percent)| (id.clone(), moved(*price, *percent))).collect()
}

fn level(text: &str) -> IndexLevel {
    text.parse().unwrap()
}

proptest! {
    #[test]
    fn a_rebalance_never_moves_the_level(
        base in prop_oneof![
            Just("0.0000000001"), Just("0.000001"), Just("1"), Just("100"), Just("1000"), Just("1000000"), Just("1000000000"),
        ],
        mut prices in initial_prices(6),
        steps in steps(6),
    ) {
        let mut index = Index::new(level(base)).unwrap();
        for (weights, percents, absent) in steps {
            prices = moved(&prices, &percents);
            let absent = assets(6).nth(absent).filter(|id| index.basket().contains_key(id));
            let price_of = |id: &AssetId| prices.get(id).copied().filter(|_| Some(id) != absent.as_ref());
            let before = index.mark(price_of).unwrap();
            prop_assume!(!before.is_zero());
            prop_assert_eq!(index.rebalance(weights, price_of).unwrap(), before);
            prop_assert_eq!(index.level(), before);
            prop_assert_eq!(index.mark(price_of).unwrap(), before);

            let stored = serde_json::to_string(&index).unwrap();
            prop_assert_eq!(serde_json::from_str::<Index>(&stored).unwrap(), index.clone());
        }
    }

    #[test]
    fn between_rebalances_the_level_earns_the_return_of_the_weights(
        weights in weights(6),
        prices in initial_prices(6),
        percents in prop::collection::vec(1_i64..1_000, 6),
    ) {
        let mut index = Index::new(level("1000")).unwrap();
        index.rebalance(weights.clone(), |id| prices.get(id).copied()).unwrap();
        let later = moved(&prices, &percents);
        let found = approximate(index.mark(|id| later.get(id).copied()).unwrap().decimal());
        let float = |price: Price| approximate(price.decimal());
        let expected = 1000.0 + weights.iter().map(|(id, weight)| {
            1000.0 * approximate(weight.decimal()) * (float(later[id]) / float(prices[id]) - 1.0)
        }).sum::<f64>();
        prop_assert!((found / expected - 1.0).abs() < 1e-10, "{found} is not {expected}");
    }

    #[test]
    fn the_order_of_weights_does_not_matter(weights in weights(8), prices in initial_prices(8), shift in 0_usize..8) {
        let mut rotated = weights.clone();
        rotated.rotate_left(shift);
        rotated.swap(0, 7);
        let index = |weights: Vec<_>| {
            let mut index = Index::new(level("1000")).unwrap();
            index.rebalance(weights, |id| prices.get(id).copied()).unwrap();
            index
        };
        prop_assert_eq!(index(weights), index(rotated));
    }
}

#[test]
fn cash_alone_keeps_the_level() {
    let mut index = Index::new(level("1234.5")).unwrap();
    assert_eq!(index.mark(|_| None), Ok(level("1234.5")));
    assert_eq!(index.rebalance([], |_| None), Ok(level("1234.5")));
    assert_eq!(index.mark(|_| None), Ok(level("1234.5")));
}

#[test]
fn an_asset_without_a_price_keeps_its_last_one() {
    let [gone, listed] = ["gone", "listed"].map(|id| AssetId::new(id).unwrap());
    let half: Weight = "0.5".parse().unwrap();
    let mut index = Index::new(level("100")).unwrap();
    index.rebalance([(gone.clone(), half), (listed.clone(), half)], |_| "10".parse().ok()).unwrap();
    let only_listed = |id: &AssetId| (*id == listed).then(|| "20".parse().unwrap());
    assert_eq!(index.mark(only_listed), Ok(level("150")));
    assert_eq!(index.rebalance([(gone.clone(), half)], only_listed), Ok(level("150")));
    assert_eq!(index.basket()[&gone].last_price.to_string(), "10");
    assert_eq!(index.cash().to_string(), "500000");
}

#[test]
fn a_level_beyond_the_divisor_is_an_error_and_leaves_the_basket() {
    assert!(matches!(Index::new(level("0")), Err(ValuationError::LevelLost { .. })));
    assert!(matches!(Index::new(level("1000.0000000000001")), Err(ValuationError::LevelLost { .. })));
    assert!(matches!(Index::new(level("1234567890123456789012.3")), Err(ValuationError::LevelLost { .. })));
    let mut index = Index::new(level("1000")).unwrap();
    let asset = AssetId::new("tiny").unwrap();
    let price = Price::new(Decimal::new(1, 28)).unwrap();
    let before = index.clone();
    // 10^34 units of it would be needed.
    assert!(index.rebalance([(asset, Weight::ONE)], |_| Some(price)).is_err());
    assert_eq!(index, before);
}
