//! What happens to an index between two reconstitutions: announced baskets, deletions, distributions.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regimen_ledger::{Index, ProForma, Reinvestment, Successor, ValuationError};
use regimen_types::{AssetId, Exact, IndexLevel, Price, Weight, approximate};
use rust_decimal::Decimal;

use crate::script::{decimal, prices};

fn id(name: &str) -> AssetId {
    AssetId::new(name).unwrap()
}

fn level(text: &str) -> IndexLevel {
    text.parse().unwrap()
}

fn weight(text: &str) -> Weight {
    text.parse().unwrap()
}

/// Looks prices up in a list.
fn from<'a>(prices: &'a [(&'a str, &'a str)]) -> impl Fn(&AssetId) -> Option<Price> + 'a {
    |asset| prices.iter().find(|(name, _)| *name == asset.as_str()).map(|(_, price)| price.parse().unwrap())
}

/// An index at 1000: half in `a` at 10, a quarter each in `b` at 20 and `c` at 50.
fn index() -> Index {
    let mut index = Index::new(level("1000")).unwrap();
    let weights = [("a", "0.5"), ("b", "0.25"), ("c", "0.25")].map(|(name, share)| (id(name), weight(share)));
    index.rebalance(weights, from(&[("a", "10"), ("b", "20"), ("c", "50")])).unwrap();
    index
}

fn weights_in_thousandths(index: &Index) -> Vec<(String, i64)> {
    let parts: Vec<(String, f64)> = index
        .basket()
        .iter()
        .map(|(asset, held)| {
            let product = approximate(held.units.decimal()) * approximate(held.last_price.decimal());
            (asset.to_string(), product)
        })
        .collect();
    let total: f64 = parts.iter().map(|part| part.1).sum::<f64>() + approximate(index.cash().decimal());
    #[expect(clippy::cast_possible_truncation, reason = "a weight in thousandths")]
    parts.into_iter().map(|(asset, part)| (asset, (part / total * 1000.0).round() as i64)).collect()
}

#[test]
fn an_announced_basket_keeps_its_reference_units_and_drifts_until_it_takes_effect() {
    // Reference: 0.6 of d at 30 and 0.4 of a at 8 give 20,000 units of d and 50,000 of a.
    let announced =
        ProForma::new([(id("d"), weight("0.6")), (id("a"), weight("0.4"))], from(&[("d", "30"), ("a", "8")]))
            .unwrap();
    let mut index = index();
    // Effective: a at 12, b at 20, c at 40: 0.5·1.2 + 0.25 + 0.25·0.8 = 1.05.
    let effective = [("a", "12"), ("b", "20"), ("c", "40"), ("d", "60")];
    assert_eq!(index.adopt(announced, from(&effective)), Ok(level("1050")));
    assert_eq!(index.basket()[&id("d")].units.to_string(), "20000");
    assert_eq!(index.basket()[&id("a")].units.to_string(), "50000");
    // Value 20,000·60 + 50,000·12 = 1,800,000: d has drifted from 0.6 to two thirds.
    assert_eq!(weights_in_thousandths(&index), [("a".to_owned(), 333), ("d".to_owned(), 667)]);
    // d doubles: 2,400,000 + 600,000 = 3,000,000 of 1,800,000.
    assert_eq!(index.mark(from(&[("a", "12"), ("d", "120")])), Ok(level("1750")));
}

#[test]
fn an_announced_asset_without_a_price_enters_at_its_reference_price() {
    let announced = ProForma::new([(id("d"), Weight::ONE)], from(&[("d", "4")])).unwrap();
    let mut index = index();
    assert_eq!(index.adopt(announced, |_| None), Ok(level("1000")));
    assert_eq!(index.mark(from(&[("d", "5")])), Ok(level("1250")));
    assert!(matches!(
        ProForma::new([(id("e"), Weight::ONE)], |_| None),
        Err(ValuationError::MissingPrice { .. })
    ));
}

#[test]
fn a_deletion_spreads_keeps_or_replaces_the_weight() {
    let delete = |successor| {
        let mut index = index();
        assert_eq!(index.delete([(id("a"), successor)], Weight::ONE), Ok(level("1000")));
        assert!(!index.basket().contains_key(&id("a")));
        index
    };
    let named = |parts: &[(&str, i64)]| -> Vec<(String, i64)> {
        parts.iter().map(|(name, part)| ((*name).to_owned(), *part)).collect()
    };
    let spread = delete(Successor::Others);
    assert_eq!(weights_in_thousandths(&spread), named(&[("b", 500), ("c", 500)]));
    assert_eq!(spread.divisor().to_string(), "500", "half of the value left");
    let kept = delete(Successor::Cash);
    assert_eq!(weights_in_thousandths(&kept), named(&[("b", 250), ("c", 250)]));
    assert_eq!(kept.cash().to_string(), "500000");
    let mut replaced = delete(Successor::Asset(id("d"), "5".parse().unwrap()));
    assert_eq!(weights_in_thousandths(&replaced), named(&[("b", 250), ("c", 250), ("d", 500)]));
    assert_eq!(replaced.mark(from(&[("d", "6")])), Ok(level("1100")));
    let mut doubled = delete(Successor::Asset(id("b"), "20".parse().unwrap()));
    assert_eq!(weights_in_thousandths(&doubled), named(&[("b", 750), ("c", 250)]));
    assert_eq!(
        doubled.delete([(id("gone"), Successor::Cash)], Weight::ZERO),
        Ok(level("1000")),
        "no constituent"
    );
}

#[test]
fn nothing_that_one_recovers_goes_to_another_that_is_deleted_with_it() {
    // a holds 500,000, b and c 250,000 each. a and b leave at half: 1,000 − 375 = 625.
    let both = |first: Successor, second: Successor| {
        let mut index = index();
        assert_eq!(index.delete([(id("a"), first), (id("b"), second)], weight("0.5")), Ok(level("625")));
        weights_in_thousandths(&index).into_iter().map(|(_, part)| part).collect::<Vec<_>>()
    };
    assert_eq!(both(Successor::Others, Successor::Others), [1000]);
    assert_eq!(both(Successor::Cash, Successor::Cash), [400]);
    // The reserve takes what a recovers (250,000); what b does goes to c and the reserve in proportion.
    let d = Successor::Asset(id("d"), "5".parse().unwrap());
    assert_eq!(both(d.clone(), Successor::Others), [500, 500]);
    let mut all = index();
    let every = ["a", "b", "c"].map(|name| (id(name), Successor::Others));
    assert_eq!(all.delete(every, weight("0.5")), Ok(level("500")), "all of them leave cash");
    assert_eq!(all.cash().to_string(), "500000");
}

#[test]
fn what_is_not_recovered_is_lost_before_the_weight_moves() {
    let mut index = index();
    assert_eq!(index.delete([(id("a"), Successor::Others)], weight("0.2")), Ok(level("600")));
    assert_eq!(index.delete([(id("b"), Successor::Others)], Weight::ZERO), Ok(level("300")));
    assert_eq!(
        index.delete([(id("c"), Successor::Others)], Weight::ONE),
        Ok(level("300")),
        "the last one leaves cash"
    );
    assert!(index.basket().is_empty());
    let mut single = Index::new(level("1000")).unwrap();
    single.rebalance([(id("a"), Weight::ONE)], |_| "10".parse().ok()).unwrap();
    let before = single.clone();
    assert!(matches!(
        single.delete([(id("a"), Successor::Others)], Weight::ZERO),
        Err(ValuationError::LevelLost { .. })
    ));
    assert_eq!(single, before);
}

#[test]
fn a_distribution_earns_where_it_is_reinvested() {
    // `a` distributes 1 a unit of its 50,000 and falls to 9 by it: the total return is nil.
    let ex_prices = [("a", "9"), ("b", "20"), ("c", "50")];
    let later = [("a", "18"), ("b", "20"), ("c", "50")];
    let after = |reinvestment| {
        let mut index = index();
        assert_eq!(index.mark(from(&ex_prices)), Ok(level("950")));
        let per_unit = BTreeMap::from([(id("a"), "1".parse().unwrap()), (id("z"), "7".parse().unwrap())]);
        assert_eq!(index.distribute(&per_unit, reinvestment), Ok(level("1000")));
        assert_eq!(index.mark(from(&ex_prices)), Ok(level("1000")), "once, not again");
        index.mark(from(&later)).unwrap().to_string()
    };
    // The whole index: 1000 × (900 + 250 + 250) / (450 + 250 + 250).
    assert_eq!(after(Reinvestment::WholeIndex), "1473.684210526316");
    // The same asset: 500 in `a`, which doubles.
    assert_eq!(after(Reinvestment::SameAsset), "1500");
    // Cash: 450 in `a` doubles, 50 lie still.
    assert_eq!(after(Reinvestment::Cash), "1450");
}

#[test]
fn many_units_and_a_few_more_keep_28_digits() {
    // 1,428,571,428.571428571428571428 units, and 0.0000002 more: 35 digits in all.
    let mut index = Index::new(level("1000")).unwrap();
    index.rebalance([(id("a"), weight("1"))], from(&[("a", "0.0007")])).unwrap();
    let per_unit = BTreeMap::from([(id("a"), "0.0000000000000000001".parse().unwrap())]);
    let before = index.basket()[&id("a")].units;
    assert_eq!(index.distribute(&per_unit, Reinvestment::SameAsset), Ok(level("1000")));
    let after = index.basket()[&id("a")].units;
    assert_eq!(before.to_string(), "1428571428.571428571428571428");
    assert_eq!(after.to_string(), "1428571428.571428775510204081");
}

proptest! {
    /// S&P's recursion in floats, beside the divisor in decimals.
    #[test]
    fn reinvesting_in_the_whole_index_is_the_publishers_recursion(
        days in prop::collection::vec((prop::array::uniform3(50_i64..200), 0_i64..100), 1..20),
    ) {
        let mut total = index();
        let mut price_return = index();
        let mut expected = 1000.0;
        let mut prices = [10.0_f64, 20.0, 50.0];
        for (percents, distributed) in days {
            let before = approximate(price_return.level().decimal());
            let quoted: Vec<(AssetId, Price)> = ["a", "b", "c"].iter().zip(&mut prices).zip(percents)
                .map(|((name, price), percent)| {
                    #[expect(clippy::cast_precision_loss, reason = "a percentage")]
                    let moved = (*price * percent as f64 / 100.0).clamp(1e-3, 1e6);
                    let text = format!("{moved:.6}");
                    *price = text.parse().unwrap();
                    (id(name), text.parse().unwrap())
                })
                .collect();
            let price_of = |asset: &AssetId| quoted.iter().find(|(name, _)| name == asset).map(|(_, price)| *price);
            let after = approximate(price_return.mark(price_of).unwrap().decimal());
            let amount = decimal(distributed, 4);
            // 50,000 units of a at a value of 1000 for a level of 1.
            let index_dividend = approximate(amount) * 50_000.0 / 1000.0;
            expected *= (after + index_dividend) / before;
            total.mark(price_of).unwrap();
            if let Ok(amount) = Price::new(amount) {
                total.distribute(&BTreeMap::from([(id("a"), amount)]), Reinvestment::WholeIndex).unwrap();
            }
            let found = approximate(total.level().decimal());
            prop_assert!((found / expected - 1.0).abs() < 1e-10, "{found} is not {expected}");
        }
    }

    #[test]
    fn no_change_of_the_basket_moves_the_level(
        first in prop::array::uniform3(prices()),
        percents in prop::array::uniform3(1_i64..10_000),
        deleted in 0_usize..3,
        choice in 0_usize..3,
    ) {
        let moved = |(price, percent): (Price, i64)| {
            let product = Exact::product(price.decimal(), decimal(percent, 2));
            Price::new(product.ratio_to_fit(Decimal::ONE.into(), 20).unwrap()).unwrap_or(price)
        };
        let second = [0, 1, 2].map(|place| moved((first[place], percents[place])));
        let quoted = |prices: [Price; 3]| move |asset: &AssetId| match asset.as_str() {
            "a" => Some(prices[0]),
            "b" => Some(prices[1]),
            "c" => Some(prices[2]),
            _ => None,
        };
        let mut index = Index::new(level("1000")).unwrap();
        let weights = [("a", "0.5"), ("b", "0.25"), ("c", "0.2")].map(|(name, share)| (id(name), weight(share)));
        index.rebalance(weights, quoted(first)).unwrap();
        let before = index.mark(quoted(second)).unwrap();
        let successor = [Successor::Others, Successor::Cash, Successor::Asset(id("d"), first[0])][choice].clone();
        let asset = id(["a", "b", "c"][deleted]);
        prop_assert_eq!(index.delete([(asset, successor)], Weight::ONE).unwrap(), before);
        prop_assert_eq!(index.mark(quoted(second)).unwrap(), before);
    }
}
