use super::*;
use proptest::prelude::*;
use rust_decimal_macros::dec;

fn raw(weights: &[(&str, &str, Option<&str>)]) -> Vec<RawWeight> {
    let amounts: Vec<_> = weights
        .iter()
        .map(|(asset, amount, _)| (asset.parse::<AssetId>().unwrap(), amount.parse().unwrap()))
        .collect();
    let shares = Weights::proportional_to(&amounts).unwrap();
    let groups = weights.iter().map(|(.., group)| group.map(Group::new));
    let named = shares.iter().zip(groups);
    named.map(|((asset, weight), group)| RawWeight { asset: asset.clone(), weight, group }).collect()
}

fn bounds(floor: &str, cap: &str) -> Bounds {
    Bounds { floor: floor.parse().unwrap(), cap: cap.parse().unwrap() }
}

const NO_GROUPS: WeightLimits = WeightLimits { asset: Bounds::NONE, largest: None, group: Bounds::NONE };

fn texts(limits: WeightLimits, weights: &[(&str, &str, Option<&str>)]) -> Vec<String> {
    let limited = limits.limit(&raw(weights)).unwrap();
    limited.iter().map(|(_, weight)| weight.to_string()).collect()
}

/// 50, 30, 15 and 5 with a cap of 40: 10 goes to 30 : 15 : 5, so 36, 18 and 6. No further cap breaks.
#[test]
fn excess_goes_pro_rata() {
    let weights = [("a", "50", None), ("b", "30", None), ("c", "15", None), ("d", "5", None)];
    let limits = WeightLimits { asset: bounds("0", "0.4"), ..NO_GROUPS };
    assert_eq!(texts(limits, &weights), ["0.4", "0.36", "0.18", "0.06"]);
}

/// 60, 25, 10 and 5 with a cap of 30: first 35 : 17.5 : 8.75 and 4.375 × 70/… breaks the second, so both are
/// at 30 and 40 is left for 10 : 5.
#[test]
fn a_cap_that_breaks_by_the_excess_is_kept_too() {
    let weights = [("a", "60", None), ("b", "25", None), ("c", "10", None), ("d", "5", None)];
    let limits = WeightLimits { asset: bounds("0", "0.3"), ..NO_GROUPS };
    assert_eq!(texts(limits, &weights)[..2], ["0.3", "0.3"]);
    let limits = WeightLimits { asset: bounds("0.12", "0.3"), ..limits };
    assert_eq!(texts(limits, &weights), ["0.3", "0.3", "0.266666666666666667", "0.133333333333333333"]);
    let limits = WeightLimits { asset: bounds("0.18", "0.3"), ..limits };
    assert_eq!(texts(limits, &weights), ["0.3", "0.3", "0.22", "0.18"]);
}

#[test]
fn the_largest_has_a_cap_of_its_own() {
    let weights = [("c", "10", None), ("a", "60", None), ("b", "25", None), ("d", "5", None)];
    let largest = Some(LargestCap { count: 1, cap: "0.45".parse().unwrap() });
    let limits = WeightLimits { asset: bounds("0", "0.3"), largest, ..NO_GROUPS };
    assert_eq!(texts(limits, &weights), ["0.166666666666666667", "0.45", "0.3", "0.083333333333333333"]);
}

/// The exact weights are …571 and …430 (fractions 0.448 and 0.552) in group x, …294 (0.444) first among the
/// others, with one step to give in the group and one outside. Both to the group would put it above its cap.
#[test]
fn the_steps_that_are_left_are_given_within_a_group_at_its_cap() {
    let weights = [
        ("a00", "6903603.62", Some("x")),
        ("a01", "826806.62", Some("y")),
        ("a02", "1000000", Some("z")),
        ("a03", "772482", Some("z")),
        ("a05", "411427", Some("x")),
        ("a06", "1111658.59", Some("y")),
    ];
    let limits = WeightLimits { group: bounds("0", "0.6"), ..NO_GROUPS };
    let found = texts(limits, &weights);
    assert_eq!([&found[0], &found[4]], ["0.56625356573011857", "0.03374643426988143"]);
    assert_eq!(found[2], "0.107789191644146294");
}

/// Group x weighs 80 and may weigh 60: its members keep 50 : 30, the others 15 : 5.
#[test]
fn groups_are_capped_as_a_whole() {
    let weights = [("a", "50", Some("x")), ("b", "30", Some("x")), ("c", "15", Some("y")), ("d", "5", None)];
    let limits = WeightLimits { group: bounds("0", "0.6"), ..NO_GROUPS };
    assert_eq!(texts(limits, &weights), ["0.375", "0.225", "0.3", "0.1"]);
    let limits = WeightLimits { group: bounds("0.35", "0.6"), ..NO_GROUPS };
    assert_eq!(texts(limits, &weights), ["0.375", "0.225", "0.35", "0.05"]);
    // Within the group of 60, the cap of an asset moves its excess to the other member first.
    let limits = WeightLimits { asset: bounds("0", "0.35"), group: bounds("0", "0.6"), ..NO_GROUPS };
    assert_eq!(texts(limits, &weights), ["0.35", "0.25", "0.3", "0.1"]);
}

/// Each set of limits that no weights satisfy, with its error message.
#[test]
fn infeasible_sets_say_which() {
    let four =
        [("a", "50", Some("x")), ("b", "30", Some("x")), ("c", "15", Some("y")), ("d", "5", Some("y"))];
    let with = |asset, group| WeightLimits { asset, group, ..NO_GROUPS };
    let one_group = [("a", "50", Some("x")), ("b", "50", Some("x"))];
    for (limits, weights, expected) in [
        (
            with(bounds("0", "0.2"), Bounds::NONE),
            &four[..],
            "the caps of 4 constituents sum to 0.8, less than 1",
        ),
        (
            with(bounds("0.3", "1"), Bounds::NONE),
            &four,
            "the floors of 4 constituents sum to 1.2, more than 1",
        ),
        (with(bounds("0.5", "0.4"), Bounds::NONE), &four, "a floor of 0.5 is above the cap of 0.4"),
        (with(Bounds::NONE, bounds("0.5", "0.4")), &four, "a floor of 0.5 is above the cap of 0.4"),
        (with(Bounds::NONE, bounds("0", "0.4")), &four, "the caps of 4 constituents sum to 0.8, less than 1"),
        (
            with(Bounds::NONE, bounds("0.6", "1")),
            &four,
            "the floors of 4 constituents sum to 1.2, more than 1",
        ),
        (
            with(bounds("0.1", "1"), bounds("0", "0.15")),
            &four,
            "group x has 2 constituents with floors of 0.2 in all, more than its cap 0.15",
        ),
        (
            with(bounds("0", "0.2"), bounds("0.45", "1")),
            &four,
            "group x has 2 constituents with caps of 0.4 in all, less than its floor 0.45",
        ),
        (
            with(Bounds::NONE, bounds("0", "0.9")),
            &one_group,
            "the caps of 2 constituents sum to 0.9, less than 1",
        ),
    ] {
        assert_eq!(limits.limit(&raw(weights)).unwrap_err().to_string(), expected);
    }
    let largest = Some(LargestCap { count: 1, cap: "0.05".parse().unwrap() });
    let limits = WeightLimits { asset: bounds("0.1", "0.5"), largest, ..NO_GROUPS };
    let error = limits.limit(&raw(&four)).unwrap_err();
    assert_eq!(error.to_string(), "a floor of 0.1 is above the cap of 0.05");
    // 50 and 30 would become 30 and 40, and then 40 the largest: limited again they would be others.
    let largest = Some(LargestCap { count: 1, cap: "0.3".parse().unwrap() });
    let error =
        WeightLimits { asset: bounds("0", "0.5"), largest, ..NO_GROUPS }.limit(&raw(&four)).unwrap_err();
    assert_eq!(error.to_string(), "the largest are capped at 0.3, below the cap of the others, 0.5");
}

#[test]
fn limits_that_leave_one_solution_are_kept() {
    let weights = [("a", "50", None), ("b", "30", None), ("c", "20", None), ("d", "0", None)];
    // A share in proportion to zero is zero, so the other three caps must allow the whole.
    let limits = WeightLimits { asset: bounds("0", "0.33"), ..NO_GROUPS };
    assert!(matches!(limits.limit(&raw(&weights)), Err(LimitError::CapsBelowOne { count: 4, .. })));
    let limits = WeightLimits { asset: bounds("0.01", "0.33"), ..NO_GROUPS };
    assert_eq!(texts(limits, &weights), ["0.33", "0.33", "0.33", "0.01"]);
}

fn constituents() -> impl Strategy<Value = Vec<RawWeight>> {
    let amount = prop_oneof![1_i64..100, 1_i64..1_000_000_000_000];
    prop::collection::vec((amount, 0_u8..4), 1..40).prop_map(|amounts| {
        let named: Vec<_> = (0..)
            .zip(&amounts)
            .map(|(number, (amount, _))| (format!("a{number:02}").parse().unwrap(), Decimal::from(*amount)))
            .collect();
        let weights = Weights::proportional_to(&named).unwrap();
        let group = |group: u8| (group > 0).then(|| Group::new(&format!("g{group}")));
        let all = weights.iter().zip(amounts);
        all.map(|((asset, weight), (_, number))| RawWeight {
            asset: asset.clone(),
            weight,
            group: group(number),
        })
        .collect()
    })
}

fn thousandths(number: i64) -> Weight {
    Weight::new(Decimal::new(number, 3)).unwrap()
}

prop_compose! {
    fn limits()(
        floor in 0_i64..60, cap in 60_i64..1000, largest in prop::option::of((1_usize..3, 0_i64..300)),
        group in prop::option::of((0_i64..250, 250_i64..1000)),
    ) -> WeightLimits {
        let own = |(count, above): (usize, i64)| LargestCap { count, cap: thousandths((cap + above).min(1000)) };
        let group = group.map_or(Bounds::NONE, |(floor, cap)| {
            Bounds { floor: thousandths(floor), cap: thousandths(cap) }
        });
        let asset = Bounds { floor: thousandths(floor), cap: thousandths(cap) };
        WeightLimits { asset, largest: largest.map(own), group }
    }
}

/// Finds the weights by bisection: of one multiplier for all and, inside it, of one for each group whose
/// bound binds. It shares no code with what it tests.
fn by_bisection(limits: &WeightLimits, raw: &[RawWeight]) -> Vec<Decimal> {
    let mut by_size: Vec<&RawWeight> = raw.iter().collect();
    by_size.sort_by(|left, right| right.weight.cmp(&left.weight).then(left.asset.cmp(&right.asset)));
    let largest: Vec<&AssetId> =
        by_size.iter().take(limits.largest.map_or(0, |each| each.count)).map(|each| &each.asset).collect();
    let clamped = |each: &RawWeight, multiplier: Decimal| {
        let is_largest = largest.contains(&&each.asset);
        let cap = if is_largest { limits.largest.unwrap().cap } else { limits.asset.cap };
        (each.weight.decimal() * multiplier).clamp(limits.asset.floor.decimal(), cap.decimal())
    };
    let groups: std::collections::BTreeSet<_> = raw.iter().map(|each| each.group.clone()).collect();
    let members = |group: &Option<Group>| -> Vec<&RawWeight> {
        raw.iter().filter(|each| each.group == *group).collect()
    };
    let total = |members: &[&RawWeight], multiplier| -> Decimal {
        members.iter().map(|each| clamped(each, multiplier)).sum()
    };
    // The multiplier of a group, at a multiplier for all, that keeps the group's bounds.
    let of_group = |group: &Option<Group>, multiplier: Decimal| {
        let members = members(group);
        let sum = total(&members, multiplier);
        let bound = match group {
            Some(_) => sum.clamp(limits.group.floor.decimal(), limits.group.cap.decimal()),
            None => sum,
        };
        if bound == sum { multiplier } else { bisect(|multiplier| total(&members, multiplier) < bound) }
    };
    let sum_of_all = |multiplier| -> Decimal {
        groups.iter().map(|group| total(&members(group), of_group(group, multiplier))).sum()
    };
    let multiplier = bisect(|multiplier| sum_of_all(multiplier) < Decimal::ONE);
    raw.iter().map(|each| clamped(each, of_group(&each.group, multiplier))).collect()
}

/// Finds the least multiplier at which a sum is large enough.
fn bisect(too_small: impl Fn(Decimal) -> bool) -> Decimal {
    let (mut low, mut high) = (Decimal::ZERO, dec!(1));
    while too_small(high) && high < dec!(1e14) {
        high *= dec!(2);
    }
    for _ in 0..140 {
        let middle = ((low + high) / dec!(2)).round_dp(26);
        if too_small(middle) { low = middle } else { high = middle }
    }
    high
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_bisection_to_the_last_step(raw in constituents(), limits in limits()) {
        let Ok(limited) = limits.limit(&raw) else { return Ok(()) };
        let expected = by_bisection(&limits, &raw);
        for ((asset, weight), expected) in limited.iter().zip(expected) {
            let difference = (weight.decimal() - expected).abs();
            prop_assert!(difference <= Decimal::new(2, Weights::SCALE), "{asset}: {weight} is not {expected}");
        }
    }

    #[test]
    fn keeps_its_bounds_and_stays_as_it_is(raw in constituents(), limits in limits()) {
        let Ok(limited) = limits.limit(&raw) else { return Ok(()) };
        let sum: Decimal = limited.iter().map(|(_, weight)| weight.decimal()).sum();
        prop_assert_eq!(sum, Decimal::ONE);
        let again: Vec<RawWeight> = raw
            .iter()
            .map(|each| RawWeight { weight: limited.of(&each.asset), ..each.clone() })
            .collect();
        let greatest = limits.largest.map_or(limits.asset.cap, |largest| largest.cap);
        prop_assert!(limited.iter().all(|(_, weight)| limits.asset.floor <= weight && weight <= greatest));
        for group in raw.iter().filter_map(|each| each.group.as_ref()) {
            let members = raw.iter().filter(|each| each.group.as_ref() == Some(group));
            let total: Decimal = members.map(|each| limited.of(&each.asset).decimal()).sum();
            let Bounds { floor, cap } = limits.group;
            prop_assert!(floor.decimal() <= total && total <= cap.decimal(), "{group} weighs {total}");
        }
        prop_assert_eq!(limits.limit(&again).unwrap(), limited);
    }

    #[test]
    fn order_does_not_matter(raw in constituents(), limits in limits()) {
        let mut reversed = raw.clone();
        reversed.reverse();
        match (limits.limit(&raw), limits.limit(&reversed)) {
            (Ok(one), Ok(other)) => {
                for (asset, weight) in one.iter() {
                    prop_assert_eq!(other.of(asset), weight);
                }
            }
            (one, other) => prop_assert_eq!(one.map(drop), other.map(drop)),
        }
    }
}
