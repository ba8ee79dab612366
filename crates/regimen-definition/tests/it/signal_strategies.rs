//! Strategies that make regimes of several signals.

use proptest::prelude::*;
use regimen_definition::{
    AverageDefinition, BullishState, Combination, CombinedSignals, Evaluation, RefitPeriod, RegimeDefinition,
    SeriesDefinition, SignalDefinition, SignalGroup, SignalReads, WhenStale,
};
use regimen_types::Ratio;
use rust_decimal::Decimal;

use crate::definition_strategies::{asset, fraction};

/// Makes a regime of up to four signals and two groups; names and weights are set so that they fit.
pub(crate) fn combined(of_universe: bool) -> BoxedStrategy<RegimeDefinition> {
    let group = (combine(), prop::collection::vec(signal(of_universe), 1..3)).boxed();
    let members =
        (prop::collection::vec(signal(of_universe), 1..4), prop::collection::vec(group, 0..3), combine());
    let evaluate = prop_oneof![Just(Evaluation::EverySnapshot), Just(Evaluation::OnSchedule)];
    (members, thousandths(-1000..1000), thousandths(-1000..1000), 1..u32::MAX, any::<u32>(), evaluate)
        .prop_map(
            |((mut signals, groups, combine), one, other, confirm_snapshots, min_dwell_days, evaluate)| {
                let weight = |combine| (combine == Combination::Weighted).then(|| "1.5".parse().unwrap());
                signals.iter_mut().for_each(|signal| signal.weight = weight(combine));
                let mut groups: Vec<SignalGroup> = groups
                    .into_iter()
                    .enumerate()
                    .map(|(index, (inner, mut signals))| {
                        signals.iter_mut().for_each(|signal| signal.weight = weight(inner));
                        SignalGroup {
                            name: format!("group {index}"),
                            combine: inner,
                            signals,
                            weight: weight(combine),
                        }
                    })
                    .collect();
                let grouped = groups.iter_mut().flat_map(|group| &mut group.signals);
                for (index, signal) in signals.iter_mut().chain(grouped).enumerate() {
                    signal.name = format!("signal {index}");
                }
                RegimeDefinition::Signals(CombinedSignals {
                    combine,
                    enter_above: one.max(other),
                    exit_below: one.min(other),
                    confirm_snapshots,
                    min_dwell_days,
                    evaluate,
                    signals,
                    groups,
                })
            },
        )
        .boxed()
}

fn signal(of_universe: bool) -> BoxedStrategy<SignalDefinition> {
    let turned = |(reads, neutral, full): (SignalReads, Ratio, Ratio)| SignalDefinition {
        name: String::new(),
        reads,
        neutral,
        full,
        weight: None,
    };
    let bounds = (reads(of_universe), thousandths(-9000..0), thousandths(1..9000));
    (bounds, any::<bool>())
        .prop_map(move |((reads, low, high), rises)| {
            turned(if rises { (reads, low, high) } else { (reads, high, low) })
        })
        .boxed()
}

fn reads(of_universe: bool) -> BoxedStrategy<SignalReads> {
    let refit = prop_oneof![Just(RefitPeriod::Month), Just(RefitPeriod::Quarter), Just(RefitPeriod::Year)];
    let bullish = prop_oneof![Just(BullishState::HigherMean), Just(BullishState::LowerVariance)];
    let of = move || series(of_universe);
    prop_oneof![
        (of(), average(1..u32::MAX)).prop_map(|(of, average)| SignalReads::AgainstAverage { of, average }),
        (of(), average(1..100), average(100..u32::MAX)).prop_map(|(of, fast, slow)| SignalReads::Crossover {
            of,
            fast,
            slow
        }),
        (of(), 1..u32::MAX).prop_map(|(of, back_snapshots)| SignalReads::Momentum { of, back_snapshots }),
        (of(), 1_u32..=600).prop_map(|(of, months)| SignalReads::MonthEnds { of, months }),
        (of(), 1..u32::MAX).prop_map(|(of, window_snapshots)| SignalReads::Drawdown { of, window_snapshots }),
        (of(), 2..u32::MAX, 1..u32::MAX).prop_map(|(of, returns, returns_per_year)| {
            SignalReads::Volatility { of, returns, returns_per_year }
        }),
        (of(), 2..u32::MAX, 1..u32::MAX, fraction()).prop_map(|(of, returns, window_snapshots, quantile)| {
            SignalReads::VolatilityQuantile { of, returns, window_snapshots, quantile }
        }),
        (of(), 20..u32::MAX, refit, bullish).prop_map(|(of, fit_returns, refit_every, bullish)| {
            SignalReads::MarkovSwitching { of, fit_returns, refit_every, bullish }
        }),
        of().prop_map(|of| SignalReads::Level { of }),
        Just(SignalReads::Own),
    ]
    .boxed()
}

fn series(of_universe: bool) -> BoxedStrategy<SeriesDefinition> {
    let when_stale = prop_oneof![
        Just(WhenStale::Hold),
        Just(WhenStale::LeaveOut),
        Just(WhenStale::Bullish),
        Just(WhenStale::Bearish)
    ];
    let anywhere = prop_oneof![
        asset().prop_map(|asset| SeriesDefinition::Asset { asset }),
        Just(SeriesDefinition::IndexLevel),
        Just(SeriesDefinition::ConstituentsLevel),
        (".{1,20}", ".{1,20}", proptest::option::of(0..=87_600_u32), any::<u32>(), when_stale).prop_map(
            |(path, column, delay_hours, max_stale_days, when_stale)| {
                SeriesDefinition::File { path, column, delay_hours, max_stale_days, when_stale }
            }
        ),
    ];
    if !of_universe {
        return anywhere.boxed();
    }
    let breadth = average(1..u32::MAX).prop_map(|average| SeriesDefinition::Breadth { average });
    prop_oneof![anywhere, breadth, Just(SeriesDefinition::TotalMarketCap)].boxed()
}

fn average(window: std::ops::Range<u32>) -> impl Strategy<Value = AverageDefinition> {
    (window, prop::option::of(1..u32::MAX)).prop_map(|(window_snapshots, span)| match span {
        None => AverageDefinition::Simple { window_snapshots },
        Some(span_snapshots) => AverageDefinition::Exponential { span_snapshots, window_snapshots },
    })
}

fn combine() -> impl Strategy<Value = Combination> {
    prop_oneof![
        Just(Combination::All),
        Just(Combination::Any),
        Just(Combination::Majority),
        Just(Combination::Weighted)
    ]
}

fn thousandths(range: std::ops::Range<i64>) -> impl Strategy<Value = Ratio> {
    range.prop_map(|thousandths| Ratio::new(Decimal::new(thousandths, 3)).unwrap())
}
