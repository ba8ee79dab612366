use super::*;
use crate::lookback::Lookback;
use crate::weights::Weights;
use proptest::prelude::*;
use regimen_types::{AsOf, History, MarketCap, RowInput, Weight, approximate};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

fn candidates(caps: &[&str]) -> Vec<Candidate> {
    let named = (0..).zip(caps);
    let candidate = |(number, cap): (u32, &&str)| Candidate {
        asset: format!("a{number}").parse().unwrap(),
        market_cap: cap.parse().unwrap(),
    };
    named.map(candidate).collect()
}

fn texts(weights: &Weights) -> Vec<String> {
    weights.iter().map(|(_, weight)| weight.to_string()).collect()
}

#[test]
fn square_roots_by_hand() {
    // Roots 3, 2 and 1 of 6.
    let weights = SquareRootWeight.weigh(&candidates(&["9e12", "4e12", "1e12"])).unwrap();
    let sixths = ["0.5", "0.333333333333333333", "0.166666666666666667"];
    assert_eq!(texts(&weights), sixths);
}

#[test]
fn a_power_of_one_half_is_the_square_root() {
    let caps = candidates(&["890000000000", "430000000000", "3000", "1"]);
    let power = PowerWeight { exponent: dec!(0.5) }.weigh(&caps).unwrap();
    let root = SquareRootWeight.weigh(&caps).unwrap();
    for (asset, weight) in root.iter() {
        assert!((power.of(asset).decimal() - weight.decimal()).abs() < dec!(0.000000000000001));
    }
    assert_eq!(texts(&PowerWeight { exponent: dec!(0) }.weigh(&caps).unwrap()), ["0.25"; 4]);
}

#[test]
fn fixed_weights_keep_their_proportions() {
    let fixed = |asset: &str, weight: &str| (asset.parse().unwrap(), weight.parse::<Weight>().unwrap());
    let rule = FixedWeights::new([fixed("a0", "0.6"), fixed("a1", "0.2"), fixed("a9", "0.2")]);
    assert_eq!(texts(&rule.weigh(&candidates(&["1", "2"])).unwrap()), ["0.75", "0.25"]);
    let failure = rule.weigh(&candidates(&["1", "2", "3"])).unwrap_err();
    assert_eq!(failure.to_string(), "a2 has no fixed weight");
}

fn history(prices: &[[&str; 2]]) -> History {
    let days = (1..).zip(prices);
    let snapshot = |builder: regimen_types::HistoryBuilder, (day, prices): (u32, &[&str; 2])| {
        let rows = (1_u32..).zip(prices).map(|(grade, price)| {
            let asset = format!("a{}", grade - 1).parse().unwrap();
            let mut row = RowInput::new(asset, price.parse().unwrap(), "1".parse().unwrap());
            row.attributes.insert("grade".to_owned(), Decimal::from(grade * 3));
            row
        });
        builder.snapshot(AsOf::from_ymd(2024, 1, day).unwrap(), rows)
    };
    days.fold(History::builder(), snapshot).build().unwrap()
}

#[test]
fn inverse_volatility_by_hand() {
    // The second price moves twice as far in logarithms: 2, 1/2 against 4, 1/4.
    let history = history(&[["1", "1"], ["2", "4"], ["1", "1"], ["2", "4"]]);
    let lookback = Lookback::Snapshots(std::num::NonZeroU32::new(9).unwrap());
    let rule = InverseVolatility { lookback };
    let weights = rule.weigh_at(&candidates(&["1", "1"]), &history.newest().unwrap()).unwrap();
    assert!((approximate(weights.of(&"a0".parse().unwrap()).decimal()) - 2.0 / 3.0).abs() < 1e-15);
    let failure = rule.weigh_at(&candidates(&["1", "1"]), &history.window(1).unwrap()).unwrap_err();
    assert_eq!(failure.to_string(), "a0 has no volatility in the lookback");
}

#[test]
fn a_tilt_multiplies() {
    let history = history(&[["1", "1"]]);
    let rule = AttributeTilt { attribute: "grade".to_owned() };
    // Grades 3 and 6: 2 × 3 against 1 × 6.
    let weights = rule.weigh_at(&candidates(&["2", "1"]), &history.newest().unwrap()).unwrap();
    assert_eq!(texts(&weights), ["0.5", "0.5"]);
    let rule = AttributeTilt { attribute: "none".to_owned() };
    let failure = rule.weigh_at(&candidates(&["2", "1"]), &history.newest().unwrap()).unwrap_err();
    assert_eq!(failure.to_string(), "a0 has no none of zero or more");
}

fn caps() -> impl Strategy<Value = Vec<Candidate>> {
    let cap = (1_i64..i64::MAX, 0_u32..12).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    prop::collection::vec(cap, 1..60).prop_map(|caps| {
        let texts: Vec<String> = caps.iter().map(Decimal::to_string).collect();
        candidates(&texts.iter().map(String::as_str).collect::<Vec<_>>())
    })
}

fn rules() -> [Box<dyn WeightingRule>; 5] {
    [
        Box::new(MarketCapWeight),
        Box::new(EqualWeight),
        Box::new(SquareRootWeight),
        Box::new(PowerWeight { exponent: dec!(0.7) }),
        Box::new(PowerWeight { exponent: dec!(1) }),
    ]
}

proptest! {
    #[test]
    fn rules_keep_their_laws(candidates in caps(), unit in 1_i64..10_000) {
        for rule in rules() {
            let weights = rule.weigh(&candidates).unwrap();
            let mut other = candidates.clone();
            other.reverse();
            for each in &mut other {
                each.market_cap = MarketCap::new(each.market_cap.decimal() * Decimal::from(unit)).unwrap();
            }
            let scaled = rule.weigh(&other).unwrap();
            let mut by_cap = candidates.clone();
            by_cap.sort_by_key(|each| each.market_cap);
            let step = Decimal::new(1, Weights::SCALE);
            let ordered: Vec<Decimal> = by_cap.iter().map(|each| weights.of(&each.asset).decimal()).collect();
            let falls = ordered.windows(2).any(|pair| pair[0] > pair[1] + step);
            prop_assert!(!falls, "{rule:?}: a larger cap has a smaller weight");
            for (asset, weight) in weights.iter() {
                let difference = (scaled.of(asset).decimal() - weight.decimal()).abs();
                prop_assert!(difference <= Decimal::new(1, Weights::SCALE), "{rule:?}: the unit matters");
            }
        }
    }

    #[test]
    fn square_roots_agree_with_floats(candidates in caps()) {
        let weights = SquareRootWeight.weigh(&candidates).unwrap();
        let roots: Vec<f64> = candidates.iter().map(|each| approximate(each.market_cap.decimal()).sqrt()).collect();
        let total: f64 = roots.iter().sum();
        for ((_, weight), root) in weights.iter().zip(roots) {
            prop_assert!((approximate(weight.decimal()) - root / total).abs() < 1e-14);
        }
    }
}
