//! Laws of weighting rules.

use std::sync::atomic::{AtomicU32, Ordering};

use regimen_laws::{WeightingLaw, weighting_function, weighting_rule};
use regimen_types::AssetId;
use regimen_weighting::{
    Candidate, EqualWeight, MarketCapWeight, PowerWeight, SquareRootWeight, WeightingError, WeightingRule,
    Weights,
};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use crate::breaks::breaks;

/// A rule that is made of one amount per candidate.
struct Amounts<F>(&'static str, F);

impl<F> std::fmt::Debug for Amounts<F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0)
    }
}

impl<F: Fn(usize, &Candidate) -> Decimal + Send + Sync> WeightingRule for Amounts<F> {
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
        let amount = |(place, each): (usize, &Candidate)| (each.asset.clone(), (self.1)(place, each));
        Ok(Weights::proportional_to(&candidates.iter().enumerate().map(amount).collect::<Vec<_>>())?)
    }
}

fn cap(candidate: &Candidate) -> Decimal {
    candidate.market_cap.decimal()
}

#[test]
fn the_built_in_rules_keep_all_laws() {
    for seed in 0..2 {
        weighting_rule(&MarketCapWeight).seed(seed).check().unwrap();
        weighting_rule(&EqualWeight).seed(seed).check().unwrap();
        weighting_rule(&SquareRootWeight).seed(seed).check().unwrap();
        weighting_rule(&PowerWeight { exponent: dec!(0.75) }).seed(seed).check().unwrap();
    }
}

#[test]
fn determinism_is_checked() {
    let calls = AtomicU32::new(0);
    let moody = Amounts("moody", |_, each: &Candidate| {
        let round = calls.fetch_add(1, Ordering::Relaxed) / 12 % 2;
        cap(each) + if each.asset.as_str() == "B" { round.into() } else { dec!(0) }
    });
    let printed = breaks(weighting_rule(&moody), WeightingLaw::Determinism);
    assert!(printed.contains("but with  the same candidates again"), "{printed}");
}

#[test]
fn members_are_checked() {
    let first_only = |list: &[Candidate]| Ok(vec![(list[0].asset.clone(), dec!(1))]);
    let printed = breaks(weighting_function("first only", first_only), WeightingLaw::Members);
    assert!(printed.contains("expected  weights of A, B\nfound     weights of A\n"), "{printed}");
}

fn equal_to(each: Decimal) -> impl Fn(&[Candidate]) -> Result<Vec<(AssetId, Decimal)>, String> {
    move |list| {
        let weight = (each / Decimal::from(list.len())).round_dp(18);
        Ok(list.iter().map(|candidate| (candidate.asset.clone(), weight)).collect())
    }
}

#[test]
fn the_sum_is_checked() {
    let printed = breaks(weighting_function("rounded thirds", equal_to(dec!(1))), WeightingLaw::Sum);
    assert!(printed.contains("found     0.999999999999999999, of"), "{printed}");
    assert!(
        printed.contains("asset  market cap\n          A               1\n          B               1\n"),
        "{printed}"
    );
}

#[test]
fn the_sign_is_checked() {
    let long_short = |list: &[Candidate]| {
        let rest = dec!(1.5) - Decimal::from(list.len());
        let weight = |place| if place == 0 { dec!(0.5) + rest - dec!(0.5) + dec!(0.5) } else { dec!(0.5) };
        Ok(list.iter().enumerate().map(|(place, each)| (each.asset.clone(), weight(place))).collect())
    };
    let printed = breaks(weighting_function("long and short", long_short), WeightingLaw::Sign);
    assert!(printed.contains("expected  weights from 0 to 1"), "{printed}");
}

#[test]
fn the_order_is_checked() {
    let by_place = Amounts("by place", |place, _: &Candidate| Decimal::from(place + 1));
    let printed = breaks(weighting_rule(&by_place), WeightingLaw::Order);
    assert!(printed.contains("but with  the candidates in reversed order"), "{printed}");
}

#[test]
fn names_are_checked() {
    let by_name = Amounts("by name", |_, each: &Candidate| Decimal::from(each.asset.as_str().as_bytes()[0]));
    let printed = breaks(weighting_rule(&by_name), WeightingLaw::Names);
    assert!(printed.contains("but with  A is called Z-C, B is called Z-B"), "{printed}");
}

#[test]
fn scale_invariance_is_checked() {
    let with_threshold = Amounts("large ones twice", |_, each: &Candidate| {
        if cap(each) >= dec!(1_000_000_000) { cap(each) * dec!(2) } else { cap(each) }
    });
    let printed = breaks(weighting_rule(&with_threshold), WeightingLaw::ScaleInvariance);
    assert!(printed.contains("but with  all market caps times "), "{printed}");
    assert!(printed.matches("          A ").count() == 3, "two assets are enough: {printed}");
}

#[test]
fn monotonicity_is_checked() {
    let inverse = Amounts("inverse", |_, each: &Candidate| dec!(1_000_000) / cap(each));
    breaks(weighting_rule(&inverse), WeightingLaw::Monotonicity);
    let tie = Amounts("alphabetical", |_, each: &Candidate| {
        cap(each) * if each.asset.as_str() < "C" { dec!(1.1) } else { dec!(1) }
    });
    breaks(weighting_rule(&tie), WeightingLaw::Monotonicity);
}

#[test]
fn raising_a_cap_is_checked() {
    // Sawtooth: the last digit is worth as much as the first.
    let digits = Amounts("digits", |_, each: &Candidate| {
        let digits = cap(each).normalize().mantissa().to_string();
        digits.bytes().map(|digit| Decimal::from(digit - b'0')).sum::<Decimal>()
    });
    breaks(weighting_rule(&digits), WeightingLaw::OwnCap);
}

#[test]
fn a_panic_breaks_the_law_and_is_told() {
    let panics = Amounts("fragile", |_, each: &Candidate| {
        assert!(cap(each) < dec!(5_000_000), "too large");
        cap(each)
    });
    let printed = breaks(weighting_rule(&panics), WeightingLaw::Sum);
    assert!(printed.contains("found     a panic: too large"), "{printed}");
}

#[test]
fn a_rule_that_refuses_everything_is_not_proven() {
    let refuses = |_: &[Candidate]| Err("no".to_owned());
    let broken = weighting_function("refuses", refuses).check().unwrap_err();
    assert_eq!(broken.violations.len(), WeightingLaw::ALL.len());
    assert!(broken.to_string().contains("0 among 400: too few"), "{broken}");
}

#[test]
fn the_same_seed_finds_the_same() {
    let by_place = || Amounts("by place", |place, _: &Candidate| Decimal::from(place + 1));
    let found = |seed| weighting_rule(&by_place()).seed(seed).check().unwrap_err().to_string();
    assert_eq!(found(3), found(3));
    assert_ne!(found(3), found(4), "another seed draws other cases");
}
