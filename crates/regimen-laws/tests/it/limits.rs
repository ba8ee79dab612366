//! Laws of caps and floors.

use std::sync::atomic::{AtomicU32, Ordering};

use regimen_laws::{LimitLaw, raw_weights, weight_cap};
use regimen_types::{AssetId, Weight};
use regimen_weighting::{Bounds, Group, LargestCap, LimitError, RawWeight, WeightCap, WeightLimits, Weights};
use rust_decimal::Decimal;
use rust_decimal_macros::dec;

use crate::breaks::breaks;

fn bounds(floor: Decimal, cap: Decimal) -> Bounds {
    Bounds { floor: Weight::new(floor).unwrap(), cap: Weight::new(cap).unwrap() }
}

/// A cap that leaves little room, a floor, and a cap on groups.
fn limits() -> WeightLimits {
    WeightLimits { asset: bounds(dec!(0), dec!(0.4)), largest: None, group: Bounds::NONE }
}

/// A rule that is made of one amount per constituent.
struct Limited<F>(F);

impl<F> std::fmt::Debug for Limited<F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a broken cap")
    }
}

impl<F: Fn(&[RawWeight]) -> Vec<(AssetId, Decimal)> + Send + Sync> WeightCap for Limited<F> {
    fn limit(&self, raw: &[RawWeight]) -> Result<Weights, LimitError> {
        Ok(Weights::proportional_to(&(self.0)(raw))?)
    }
}

fn each(raw: &[RawWeight], amount: impl Fn(&RawWeight) -> Decimal) -> Vec<(AssetId, Decimal)> {
    raw.iter().map(|one| (one.asset.clone(), amount(one))).collect()
}

#[test]
fn the_built_in_limits_keep_all_laws() {
    let plain = limits();
    let both = WeightLimits { asset: bounds(dec!(0.02), dec!(0.35)), ..plain };
    let largest = LargestCap { count: 1, cap: Weight::new(dec!(0.3)).unwrap() };
    let apart = WeightLimits { asset: bounds(dec!(0), dec!(0.2)), largest: Some(largest), ..plain };
    let grouped =
        WeightLimits { asset: bounds(dec!(0.01), dec!(0.5)), group: bounds(dec!(0.1), dec!(0.6)), ..plain };
    let everything = WeightLimits {
        group: bounds(dec!(0), dec!(0.7)),
        largest: Some(LargestCap { count: 2, cap: Weight::new(dec!(0.45)).unwrap() }),
        ..both
    };
    for (seed, limits) in (0..).zip([plain, both, apart, grouped, everything]) {
        let check = weight_cap(&limits, limits).seed(seed).cases(100);
        check.check().unwrap_or_else(|broken| panic!("{broken}"));
    }
}

#[test]
fn determinism_is_checked() {
    let calls = AtomicU32::new(0);
    let moody = Limited(|raw: &[RawWeight]| {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        each(raw, |one| {
            one.weight.decimal() + if one.asset.as_str() == "B" { (call % 2).into() } else { dec!(0) }
        })
    });
    breaks(weight_cap(&moody, limits()), LimitLaw::Determinism);
}

#[test]
fn members_are_checked() {
    let loses_the_smallest = Limited(|raw: &[RawWeight]| {
        let mut kept = each(raw, |one| one.weight.decimal());
        kept.truncate(2);
        kept
    });
    let printed = breaks(weight_cap(&loses_the_smallest, limits()), LimitLaw::Members);
    assert!(printed.contains("expected  weights of A, B, C\nfound     weights of A, B\n"), "{printed}");
}

/// The classic mistake: caps once and hands the excess out in proportion, which lifts others above the cap.
fn capped_once(raw: &[RawWeight]) -> Vec<(AssetId, Decimal)> {
    each(raw, |one| one.weight.decimal().min(dec!(0.4)))
}

#[test]
fn the_cap_is_checked() {
    let printed = breaks(weight_cap(&Limited(capped_once), limits()), LimitLaw::Cap);
    assert!(printed.contains("expected  no weight above the cap, and not that of "), "{printed}");
}

#[test]
fn the_floor_is_checked() {
    let floor = WeightLimits { asset: bounds(dec!(0.05), dec!(1)), ..limits() };
    let unlimited = Limited(|raw: &[RawWeight]| each(raw, |one| one.weight.decimal()));
    breaks(weight_cap(&unlimited, floor), LimitLaw::Floor);
}

#[test]
fn the_limits_of_groups_are_checked() {
    let groups = WeightLimits { asset: Bounds::NONE, largest: None, group: bounds(dec!(0.2), dec!(0.5)) };
    let unlimited = Limited(|raw: &[RawWeight]| each(raw, |one| one.weight.decimal()));
    let printed = breaks(weight_cap(&unlimited, groups), LimitLaw::GroupCap);
    assert!(printed.contains("expected  at most 0.5 in group "), "{printed}");
    let printed = breaks(weight_cap(&unlimited, groups), LimitLaw::GroupFloor);
    assert!(printed.contains("expected  at least 0.2 in group "), "{printed}");
}

#[test]
fn idempotence_is_checked() {
    let printed = breaks(weight_cap(&Limited(capped_once), limits()), LimitLaw::Idempotence);
    assert!(printed.contains("but with  the limited weights limited again"), "{printed}");
}

#[test]
fn slack_and_proportion_are_checked() {
    let root = Limited(|raw: &[RawWeight]| each(raw, |one| one.weight.decimal().min(dec!(0.4)) + dec!(0.01)));
    breaks(weight_cap(&root, limits()), LimitLaw::Slack);
    breaks(weight_cap(&root, limits()), LimitLaw::Proportion);
}

#[test]
fn monotonicity_is_checked() {
    let turned = Limited(|raw: &[RawWeight]| {
        each(raw, |one| if one.weight.decimal() > dec!(0.4) { dec!(0.001) } else { one.weight.decimal() })
    });
    breaks(weight_cap(&turned, limits()), LimitLaw::Monotonicity);
}

#[test]
fn order_and_names_are_checked() {
    let by_place = Limited(|raw: &[RawWeight]| {
        raw.iter().zip(1_u32..).map(|(one, place)| (one.asset.clone(), place.into())).collect()
    });
    breaks(weight_cap(&by_place, limits()), LimitLaw::Order);
    let by_name =
        Limited(|raw: &[RawWeight]| each(raw, |one| Decimal::from(one.asset.as_str().as_bytes()[0])));
    breaks(weight_cap(&by_name, limits()), LimitLaw::Names);
}

#[test]
fn raw_weights_have_groups_and_sum_to_one() {
    use proptest::strategy::{Strategy, ValueTree};
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut grouped = 0;
    for _ in 0..200 {
        let raw = raw_weights().new_tree(&mut runner).unwrap().current().weights();
        assert_eq!(raw.iter().map(|one| one.weight.decimal()).sum::<Decimal>(), dec!(1));
        grouped += usize::from(raw.iter().any(|one| one.group == Some(Group::new("first"))));
    }
    assert!(grouped > 40, "{grouped}");
}
