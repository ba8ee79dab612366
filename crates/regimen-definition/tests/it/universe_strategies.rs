//! Strategies of everything between universe and index: screens, selection, weighting, limits, level and
//! schedules.

use std::collections::BTreeSet;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use regimen_definition::{
    BeforeEnoughPeriods, Bound, BufferDefinition, CrossingAssets, DatedCount, DelayedTiming,
    DeletionDefinition, Distributions, FixedWeightDefinition, GroupLimits, GroupMax, IfInfeasible, IndexBase,
    Largest, Limits, ListedAssetDefinition, LookbackDefinition, MarketColumn, MeasureDefinition, OnCross,
    QuantileType, Reinvestment, Restatement, Schedule, ScreenDefinition, Selection, SuccessorName, Timing,
    Universe, UnknownVolume, VolumeStatistic, Weighting, WhenUnknown,
};
use regimen_types::{AsOf, Category, Figure, Weight};
use rust_decimal::Decimal;

use crate::definition_strategies::{asset, fraction};

/// The attribute that rules read, if they read one.
pub(crate) const ATTRIBUTE: &str = "grade";

fn figure() -> impl Strategy<Value = Figure> {
    (1_i64..1_000_000_000_000, 0_u32..12)
        .prop_map(|(mantissa, scale)| Figure::new(Decimal::new(mantissa, scale)).unwrap())
}

/// Makes what newcomers need, and what incumbents need, which is no more.
fn threshold() -> impl Strategy<Value = (Figure, Option<Figure>)> {
    (figure(), option::of(figure())).prop_map(|(one, other)| match other {
        Some(other) => (one.max(other), Some(one.min(other))),
        None => (one, None),
    })
}

fn positive_fraction() -> impl Strategy<Value = Weight> {
    (1_i64..=1_000_000).prop_map(|millionths| Weight::new(Decimal::new(millionths, 6)).unwrap())
}

fn day() -> impl Strategy<Value = AsOf> {
    (1_u64..20_000).prop_map(|days| AsOf::from_date(chrono::NaiveDate::default() + chrono::Days::new(days)))
}

fn categories() -> impl Strategy<Value = BTreeSet<Category>> {
    btree_set("[a-z0-9_-]{1,12}", 1..4)
        .prop_map(|names| names.iter().map(|name| name.parse().unwrap()).collect())
}

fn lookback() -> impl Strategy<Value = LookbackDefinition> {
    (1..u32::MAX, 0_u8..4).prop_map(|(count, unit)| match unit {
        0 => LookbackDefinition::Snapshots { count },
        1 => LookbackDefinition::Days { count },
        2 => LookbackDefinition::CalendarMonths { count },
        _ => LookbackDefinition::CalendarMonthsToDate { count },
    })
}

pub(crate) fn measure() -> impl Strategy<Value = MeasureDefinition> {
    prop_oneof![
        Just(MeasureDefinition::MarketCap),
        any::<bool>().prop_map(|factor| MeasureDefinition::FloatAdjusted {
            float_factor: factor.then(|| ATTRIBUTE.to_owned())
        }),
        lookback().prop_map(|over| MeasureDefinition::MeanMarketCap { over }),
        (lookback(), figure())
            .prop_map(|(over, half_life_days)| MeasureDefinition::EwmaMarketCap { over, half_life_days }),
        Just(MeasureDefinition::Attribute { name: ATTRIBUTE.to_owned() }),
    ]
}

fn listed() -> impl Strategy<Value = Vec<ListedAssetDefinition>> {
    let stretch = (asset(), option::of(day()), option::of(1_i64..1_000));
    let entry = stretch.prop_map(|(asset, from, days)| {
        let until = from
            .zip(days)
            .and_then(|(from, days)| AsOf::from_unix_millis(from.unix_millis() + days * 86_400_000));
        ListedAssetDefinition { asset, from, until }
    });
    vec(entry, 0..4)
}

fn screen() -> BoxedStrategy<ScreenDefinition> {
    let statistic = || prop::sample::select(vec![VolumeStatistic::Mean, VolumeStatistic::Median]);
    let unknown = || prop::sample::select(vec![UnknownVolume::Zero, UnknownVolume::LeftOut]);
    let columns = [MarketColumn::Price, MarketColumn::MarketCap, MarketColumn::Volume];
    let columns = btree_set(prop::sample::select(columns.to_vec()), 1..=3);
    let quantile = prop::sample::select(vec![QuantileType::Type1, QuantileType::Type7]);
    let unknown_attribute =
        prop::sample::select(vec![WhenUnknown::Pass, WhenUnknown::Exclude, WhenUnknown::KeepIncumbents]);
    prop_oneof![
        categories().prop_map(|categories| ScreenDefinition::ExcludeCategories { categories }),
        categories().prop_map(|categories| ScreenDefinition::RequireCategories { categories }),
        listed().prop_map(|assets| ScreenDefinition::Allow { assets }),
        listed().prop_map(|assets| ScreenDefinition::Deny { assets }),
        (1..u32::MAX).prop_map(|snapshots| ScreenDefinition::MinHistory { snapshots }),
        (1..u32::MAX).prop_map(|days| ScreenDefinition::MinAge { days }),
        any::<u32>().prop_map(|days| ScreenDefinition::MaxStaleness { days }),
        threshold().prop_map(|(enter, stay)| ScreenDefinition::MinPrice { enter, stay }),
        (columns, lookback()).prop_map(|(columns, over)| ScreenDefinition::NoneMissing { columns, over }),
        (statistic(), lookback(), unknown(), threshold()).prop_map(
            |(statistic, over, unknown, (enter, stay))| {
                ScreenDefinition::MinVolume { statistic, over, unknown, enter, stay }
            }
        ),
        (statistic(), lookback(), unknown(), fraction(), quantile).prop_map(
            |(statistic, over, unknown, quantile, quantile_type)| ScreenDefinition::MinVolumeQuantile {
                statistic,
                over,
                unknown,
                quantile,
                quantile_type,
            }
        ),
        (option::of(measure()), threshold()).prop_map(|(of, (enter, stay))| ScreenDefinition::MinMarketCap {
            of,
            enter,
            stay
        }),
        (option::of(measure()), fraction(), option::of(fraction())).prop_map(|(of, one, other)| {
            let enter = other.map_or(one, |other| one.max(other));
            ScreenDefinition::MinShare { of, enter, stay: other.map(|other| one.min(other)) }
        }),
        (any::<bool>(), threshold(), unknown_attribute).prop_map(|(least, (enter, stay), if_unknown)| {
            // A greatest value is looser where it is greater.
            let (enter, stay) =
                if least { (enter, stay) } else { (stay.unwrap_or(enter), stay.map(|_| enter)) };
            let bound = if least { Bound::AtLeast } else { Bound::AtMost };
            ScreenDefinition::Attribute { name: ATTRIBUTE.to_owned(), bound, enter, stay, if_unknown }
        }),
    ]
    .boxed()
}

/// Makes universes with up to five screens; one may count periods.
pub(crate) fn universe() -> impl Strategy<Value = Universe> {
    let before = prop::sample::select(vec![BeforeEnoughPeriods::AllSoFar, BeforeEnoughPeriods::Nothing]);
    let periods = option::of((1..u32::MAX, before, any::<prop::sample::Index>()));
    let excluded = prop_oneof![Just(BTreeSet::new()), categories()];
    (excluded, 1..u32::MAX, vec(screen(), 0..5), periods).prop_map(
        |(exclude_categories, history_snapshots_min, mut screens, periods)| {
            if let Some((periods, before_enough, place)) = periods {
                let counts = ScreenDefinition::ConsecutivePeriods { periods, before_enough };
                screens.insert(place.index(screens.len() + 1), counts);
            }
            Universe { exclude_categories, history_snapshots_min, screens }
        },
    )
}

/// Makes selections of each size, with each buffer that fits it.
pub(crate) fn selection() -> impl Strategy<Value = Selection> {
    let counts = btree_map(day(), 1..u32::MAX, 1..4);
    let size = prop_oneof![
        (1..u32::MAX).prop_map(|count| Selection { count: Some(count), ..Selection::default() }),
        counts.prop_map(|counts| {
            let dated = counts.into_iter().map(|(from, count)| DatedCount { from, count });
            Selection { count_by_date: Some(dated.collect()), ..Selection::default() }
        }),
        positive_fraction().prop_map(|share| Selection { coverage: Some(share), ..Selection::default() }),
        Just(Selection { all: true, ..Selection::default() }),
    ];
    let amounts = threshold().prop_map(|(enter, stay)| (enter, stay.unwrap_or(enter)));
    let buffer = option::of((any::<bool>(), amounts));
    let group = option::of((any::<bool>(), 1..u32::MAX));
    (size, option::of(measure()), buffer, group, any::<u32>()).prop_map(
        |(size, rank_by, buffer, group, reserve)| Selection {
            buffer: buffer.and_then(|(by_rank, amounts)| buffer_of(&size, by_rank, amounts)),
            group_max: group.map(|(by_category, count)| match by_category {
                true => GroupMax::Category { count },
                false => GroupMax::Attribute { name: ATTRIBUTE.to_owned(), count },
            }),
            rank_by,
            reserve,
            ..size
        },
    )
}

fn buffer_of(size: &Selection, by_rank: bool, (enter, stay): (Figure, Figure)) -> Option<BufferDefinition> {
    if !by_rank {
        return Some(BufferDefinition::Amount { enter, stay });
    }
    let dated = size.count_by_date.iter().flatten().map(|dated| dated.count);
    let counts: Vec<u32> = size.count.into_iter().chain(dated).collect();
    Some(BufferDefinition::Rank { enter: *counts.iter().min()?, stay: *counts.iter().max()? })
}

pub(crate) fn weighting() -> impl Strategy<Value = Weighting> {
    let of = || option::of(measure());
    prop_oneof![
        of().prop_map(|of| Weighting::MarketCap { of }),
        of().prop_map(|of| Weighting::SquareRoot { of }),
        (fraction(), of()).prop_map(|(exponent, of)| Weighting::Power { exponent, of }),
        Just(Weighting::Equal),
        lookback().prop_map(|over| Weighting::InverseVolatility { over }),
        of().prop_map(|of| Weighting::AttributeTilt { attribute: ATTRIBUTE.to_owned(), of }),
        btree_map(asset(), positive_fraction(), 1..5).prop_map(|weights| Weighting::Fixed {
            weights: weights
                .into_iter()
                .map(|(asset, weight)| FixedWeightDefinition { asset, weight })
                .collect()
        }),
        ".{1,20}".prop_map(|path| Weighting::File { path }),
    ]
}

/// Makes limits whose floors are at most their caps, and whose largest may weigh no less than the others.
pub(crate) fn limits() -> impl Strategy<Value = Limits> {
    let pair = || (option::of(positive_fraction()), option::of(positive_fraction()));
    let ordered = |(one, other): (Option<Weight>, Option<Weight>)| match (one, other) {
        (Some(one), Some(other)) => (Some(one.min(other)), Some(one.max(other))),
        bounds => bounds,
    };
    let largest = option::of((1..u32::MAX, positive_fraction()));
    let group = option::of((any::<bool>(), pair(), positive_fraction()));
    let infeasible =
        prop::sample::select(vec![IfInfeasible::Error, IfInfeasible::EqualWeights, IfInfeasible::Unlimited]);
    (pair(), largest, group, infeasible, positive_fraction()).prop_map(
        move |(asset, largest, group, if_infeasible, otherwise)| {
            let (floor, cap) = ordered(asset);
            let largest =
                largest.map(|(count, own)| Largest { count, cap: own.max(cap.unwrap_or(Weight::ONE)) });
            let group = group.map(|(by_category, bounds, otherwise)| {
                let (floor, cap) = ordered(bounds);
                let cap = if floor.is_none() { cap.or(Some(otherwise)) } else { cap };
                match by_category {
                    true => GroupLimits::Category { cap, floor },
                    false => GroupLimits::Attribute { name: ATTRIBUTE.to_owned(), cap, floor },
                }
            });
            let nothing = floor.is_none() && cap.is_none() && group.is_none() && largest.is_none();
            let cap = if nothing { Some(otherwise) } else { cap };
            Limits { cap, floor, largest, group, if_infeasible }
        },
    )
}

/// Makes levels with each deletion and each reinvestment.
pub(crate) fn index_base() -> impl Strategy<Value = IndexBase> {
    let then = prop::sample::select(vec![
        SuccessorName::Redistribute,
        SuccessorName::NextRanked,
        SuccessorName::HoldCash,
        SuccessorName::Freeze,
    ]);
    let deletion = (any::<u32>(), fraction(), then)
        .prop_map(|(max_stale_days, recovery, then)| DeletionDefinition { max_stale_days, recovery, then });
    let reinvest =
        prop::sample::select(vec![Reinvestment::WholeIndex, Reinvestment::SameAsset, Reinvestment::Cash]);
    let distributions =
        reinvest.prop_map(|reinvest| Distributions { column: ATTRIBUTE.to_owned(), reinvest });
    let restatement = option::of(Just(Restatement::ForwardOnly));
    (1_u64..u64::MAX, option::of(day()), option::of(deletion), option::of(distributions), restatement)
        .prop_map(|(level, base_date, deletion, distributions, restatement)| IndexBase {
            base_date,
            deletion,
            distributions,
            restatement,
            ..IndexBase::of(level.to_string().parse().unwrap())
        })
}

fn delays() -> impl Strategy<Value = (Option<u32>, Option<u32>)> {
    prop_oneof![
        Just((None, None)),
        any::<u32>().prop_map(|count| (Some(count), None)),
        any::<u32>().prop_map(|days| (None, Some(days))),
    ]
}

/// Makes schedules that need no file of weights, of timings that are given.
pub(crate) fn schedule<T: Strategy<Value = Timing>>(timing: fn() -> T) -> impl Strategy<Value = Schedule> {
    let delayed = move || {
        (timing(), delays()).prop_map(|(timing, (snapshots, days))| DelayedTiming {
            effective_after_snapshots: snapshots,
            effective_after_days: days,
            ..DelayedTiming::of(timing)
        })
    };
    let whose =
        prop::sample::select(vec![CrossingAssets::Members, CrossingAssets::Candidates, CrossingAssets::All]);
    let on_cross = whose.prop_map(|of| OnCross { attributes: vec![ATTRIBUTE.to_owned()], of });
    (timing(), option::of(delayed()), option::of(delayed()), option::of(on_cross), delays()).prop_map(
        |(reconstitution, rebalance, supply, on_cross, (snapshots, days))| Schedule {
            rebalance,
            supply,
            on_cross,
            effective_after_snapshots: snapshots,
            effective_after_days: days,
            ..Schedule::of(reconstitution)
        },
    )
}
