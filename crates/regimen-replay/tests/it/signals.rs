//! Runs under regimes of every family of signals, every series and every combination: nothing looks ahead,
//! and a run that stops forgets nothing.

use std::sync::Arc;

use proptest::prelude::*;
use regimen::regime::{Lookback, OutsideSeries, OutsideValue, Reading, RegimeSignal};
use regimen::{Inputs, Methodology, Need};
use regimen_types::{AsOf, HistoryWindow, Regime, approximate};

use crate::market::{MILLIS_A_DAY, Table};
use crate::methodology::{definition, methodology};
use crate::poison::poisoned;
use crate::record::{assert_same, records_until_error};
use crate::resume::with_stops;
use crate::strategies::{choices, eventful_markets, instant_after, markets};

const SERIES: [&str; 10] = [
    "{series='asset',asset='BTC'}",
    "{series='asset',asset='A2'}",
    "{series='total_market_cap'}",
    "{series='breadth',average={kind='simple',window_snapshots=3}}",
    "{series='index_level'}",
    "{series='constituents_level'}",
    "{series='file',path='outside.csv',max_stale_days=2,when_stale='hold'}",
    "{series='file',path='outside.csv',max_stale_days=1,when_stale='leave_out'}",
    "{series='file',path='outside.csv',max_stale_days=0,when_stale='bullish'}",
    "{series='file',path='outside.csv',max_stale_days=4,when_stale='bearish'}",
];

/// What is read, with `OF` for the series, and the numbers at which the score is 0 and 1.
const READS: [(&str, &str, &str); 10] = [
    ("signal='against_average',of=OF,average={kind='simple',window_snapshots=4}", "0", "0.05"),
    (
        "signal='against_average',of=OF,average={kind='exponential',span_snapshots=3,window_snapshots=6}",
        "0",
        "0.05",
    ),
    (
        "signal='crossover',of=OF,fast={kind='simple',window_snapshots=2},\
slow={kind='exponential',span_snapshots=5,window_snapshots=7}",
        "0",
        "0.05",
    ),
    ("signal='momentum',of=OF,back_snapshots=5", "0", "0.2"),
    ("signal='month_ends',of=OF,months=1", "'-0.1'", "0.1"),
    ("signal='drawdown',of=OF,window_snapshots=8", "'-0.1'", "0"),
    ("signal='volatility',of=OF,returns=4,returns_per_year=365", "0.8", "0.2"),
    ("signal='volatility_quantile',of=OF,returns=3,window_snapshots=5,quantile=0.5", "0", "'-0.5'"),
    (
        "signal='markov_switching',of=OF,fit_returns=20,refit_every='month',bullish='lower_variance'",
        "0.5",
        "1",
    ),
    ("signal='level',of=OF", "1000", "9000"),
];

/// A user's own signal: how many assets the present snapshot prices.
#[derive(Debug)]
struct PricedAssets;

impl RegimeSignal for PricedAssets {
    fn lookback(&self) -> Lookback {
        Lookback::observations(1)
    }

    fn read(&self, window: &HistoryWindow<'_>) -> Reading {
        let priced = window.snapshot().rows().filter_map(|row| row.price());
        let prices: Vec<f64> = priced.map(|price| approximate(price.decimal())).collect();
        let count = f64::from(u32::try_from(prices.len()).unwrap_or(u32::MAX));
        Reading::of(count, count, count)
    }
}

fn signal() -> impl Strategy<Value = String> {
    let of_series = (prop::sample::select(READS.to_vec()), prop::sample::select(SERIES.to_vec())).prop_map(
        |((reads, neutral, full), series)| {
            format!("neutral={neutral},full={full},reads={{{}}}", reads.replace("OF", series))
        },
    );
    prop_oneof![9 => of_series, 1 => Just("neutral=6,full=9,reads={signal='own'}".to_owned())]
}

fn combination() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["all", "any", "majority", "weighted"])
}

/// Builds a strategy of rules of one to four signals, some of them grouped.
pub(crate) fn rules() -> impl Strategy<Value = String> {
    let signals = || prop::collection::vec(signal(), 1..4);
    let hysteresis = (1_u32..3, 0_u32..4, prop::sample::select(vec!["every_snapshot", "on_schedule"]));
    let band = prop::sample::select(vec![("0", "0"), ("0.2", "'-0.2'"), ("0.1", "0.1")]);
    let groups = prop::collection::vec((combination(), signals()), 0..2);
    (combination(), signals(), groups, hysteresis, band).prop_map(
        |(combine, signals, groups, (confirm, dwell, evaluate), (enter, exit))| {
            let named = |prefix: &str, combine: &str, signals: &[String]| {
                let weight = if combine == "weighted" { ",weight=1.5" } else { "" };
                let named = signals.iter().enumerate();
                let each = named.map(|(index, text)| format!("{{name='{prefix}{index}',{text}{weight}}}"));
                each.collect::<Vec<_>>().join(",")
            };
            let groups = groups.iter().map(|(inner, signals)| {
                let weight = if combine == "weighted" { ",weight=2" } else { "" };
                let signals = named("grouped ", inner, signals);
                format!("{{name='group',combine='{inner}',signals=[{signals}]{weight}}}")
            });
            format!(
                "regime={{rule='signals',combine='{combine}',enter_above={enter},exit_below={exit},\
confirm_snapshots={confirm},min_dwell_days={dwell},evaluate='{evaluate}',signals=[{}],groups=[{}]}}",
                named("signal ", combine, &signals),
                groups.collect::<Vec<_>>().join(","),
            )
        },
    )
}

/// Builds a strategy of outside series: the days since the market's beginning, how late each value becomes
/// known, and the value.
fn outside() -> impl Strategy<Value = Vec<(i64, i64, i32)>> {
    let lateness = prop_oneof![4 => Just(0_i64), 1 => 1_i64..4];
    prop::collection::btree_map(0_i64..60, (lateness, -20_000_i32..20_000), 0..50)
        .prop_map(|values| values.into_iter().map(|(day, (late, value))| (day, late, value)).collect())
}

/// Builds the test index under a rule whose signals read no outside series that has a value.
pub(crate) fn under_rule(rule: &str) -> Methodology {
    under(&[], rule, Vec::new())
}

/// Hands the series, and the user's own signal, to every signal that reads them.
fn under(overrides: &[String], rule: &str, values: Vec<OutsideValue>) -> Methodology {
    let mut overrides: Vec<String> =
        overrides.iter().filter(|each| !each.starts_with("regime.")).cloned().collect();
    overrides.push(rule.to_owned());
    let definition = definition(&overrides);
    let series = OutsideSeries::new(values).unwrap();
    let inputs = definition.needs().into_iter().fold(Inputs::none(), |inputs, need| match need {
        Need::OwnSignal { name } => inputs.signal(name, Arc::new(PricedAssets)),
        Need::Series { signal, .. } => inputs.series(signal, series.clone()),
        Need::AssetList { .. } => inputs,
        other => panic!("{other:?}"),
    });
    Methodology::new(definition.clone(), inputs).unwrap()
}

fn values(outside: &[(i64, i64, i32)]) -> Vec<OutsideValue> {
    let start: AsOf = "2021-01-01".parse().unwrap();
    let value = |(day, late, value): &(i64, i64, i32)| OutsideValue {
        as_of: instant_after(start, day * MILLIS_A_DAY),
        known_at: instant_after(start, (day + late) * MILLIS_A_DAY),
        value: f64::from(*value),
    };
    outside.iter().map(value).collect()
}

/// Replaces what becomes known after an instant.
fn spoilt(mut values: Vec<OutsideValue>, at: AsOf) -> Vec<OutsideValue> {
    values.iter_mut().filter(|each| each.known_at > at).for_each(|each| each.value = -7.0 * each.value - 1.0);
    values
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn garbage_after_an_instant_changes_no_step_up_to_it(
        table in markets(20..60),
        garbage in markets(1..6),
        (rule, outside) in (rules(), outside()),
        overrides in choices(0..2),
        cut in any::<prop::sample::Index>(),
        factor in 0_u32..1_000_000,
    ) {
        let cut = cut.index(table.len());
        let at = table.snapshots[cut].0;
        let (clean, _) = records_until_error(&under(&overrides, &rule, values(&outside)), &table.history());
        let poison = spoilt(values(&outside), at);
        let poisoned: Table = poisoned(&table, cut, &garbage, factor);
        let (poisoned, _) = records_until_error(&under(&overrides, &rule, poison), &poisoned.history());
        prop_assert!(clean.len() > cut && poisoned.len() > cut);
        assert_same(&clean[..=cut], &poisoned[..=cut]);
    }

    #[test]
    fn stopping_changes_nothing(
        table in eventful_markets(20..60),
        (rule, outside) in (rules(), outside()),
        overrides in choices(0..2),
        stops in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
    ) {
        let methodology = under(&overrides, &rule, values(&outside));
        let history = table.history();
        let (uninterrupted, end) = records_until_error(&methodology, &history);
        let stop_after = |index| stops.iter().any(|stop| stop.index(table.len()) == index);
        let (resumed, resumed_end, _) = with_stops(&methodology, &history, stop_after);
        assert_same(&uninterrupted, &resumed);
        prop_assert_eq!(end, resumed_end);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// One vote, equal thresholds and no dwell are the plain rule: bullish above the average, bearish at or
    /// below it.
    #[test]
    fn without_hysteresis_a_rule_is_the_plain_rule(table in markets(8..40), window_snapshots in 1_usize..6) {
        let rule = format!(
            "regime={{rule='signals',combine='all',enter_above=0,exit_below=0,confirm_snapshots=1,min_dwell_days=0,\
evaluate='every_snapshot',signals=[{{name='one',neutral=0,full=0.25,reads={{signal='against_average',\
of={{series='asset',asset='BTC'}},average={{kind='simple',window_snapshots={window_snapshots}}}}}}}]}}"
        );
        let history = table.history();
        let (records, _) = records_until_error(&methodology(&[rule]), &history);
        let mut regime = Regime::Undetermined;
        for (record, window) in records.iter().zip(history.windows()) {
            let bitcoin = "BTC".parse().unwrap();
            let prices: Vec<f64> = window.prices(&bitcoin).take(window_snapshots).map(|each| approximate(each.value.decimal())).collect();
            let is_priced = window.row(&bitcoin).is_some_and(|row| row.price().is_some());
            if is_priced && prices.len() == window_snapshots {
                let mean = prices.iter().sum::<f64>() / window_snapshots as f64;
                // A price at its average to the last digits may fall on either side here.
                if (prices[0] / mean - 1.0).abs() < 1e-12 {
                    regime = record.decision.index.regime.state.regime;
                } else {
                    regime = if prices[0] > mean { Regime::Bullish } else { Regime::Bearish };
                }
            }
            prop_assert_eq!(record.decision.index.regime.state.regime, regime, "at {}", record.as_of);
        }
    }

    /// The same signal a second time agrees with the first: nothing changes under all, any and majority.
    #[test]
    fn a_signal_that_agrees_changes_no_regime(
        table in markets(20..40),
        signals in prop::collection::vec(signal(), 1..3),
        combine in prop::sample::select(vec!["all", "any", "majority"]),
        outside in outside(),
    ) {
        let rule = |signals: &[String]| {
            let named = signals.iter().enumerate().map(|(index, text)| format!("{{name='signal {index}',{text}}}"));
            let named = named.collect::<Vec<_>>().join(",");
            format!(
                "regime={{rule='signals',combine='{combine}',enter_above=0.1,exit_below='-0.1',confirm_snapshots=1,\
min_dwell_days=0,evaluate='every_snapshot',signals=[{named}]}}"
            )
        };
        let doubled: Vec<String> = signals.iter().flat_map(|each| [each.clone(), each.clone()]).collect();
        let regimes = |signals: &[String]| -> Vec<_> {
            let methodology = under(&[], &rule(signals), values(&outside));
            let (records, _) = records_until_error(&methodology, &table.history());
            records.iter().map(|each| each.decision.index.regime.state).collect()
        };
        prop_assert_eq!(regimes(&signals), regimes(&doubled));
    }
}

/// The rules above do what they are there for: every signal has a reading somewhere, and regimes change.
#[test]
fn every_signal_reads_something_somewhere() {
    let table = Table::synthetic(41, 30, 100, regimen_synth::MarketKind::Realistic);
    let history = table.history();
    let start = table.snapshots[0].0;
    let value = |day: i64| OutsideValue {
        as_of: instant_after(start, day * MILLIS_A_DAY),
        known_at: instant_after(start, day * MILLIS_A_DAY),
        value: f64::from(i32::try_from(100 + day % 7).unwrap()),
    };
    for (reads, neutral, full) in READS {
        for series in SERIES.iter().filter(|series| !series.contains("'A2'")) {
            let rule = format!(
                "regime={{rule='signals',combine='all',enter_above=0,exit_below=0,confirm_snapshots=1,min_dwell_days=0,\
evaluate='every_snapshot',signals=[{{name='one',neutral={neutral},full={full},reads={{{}}}}}]}}",
                reads.replace("OF", series)
            );
            let methodology = under(&[], &rule, (0..100).map(value).collect());
            let (records, end) = records_until_error(&methodology, &history);
            assert!(end.is_ok(), "{rule}");
            let steps = records.iter().filter_map(|each| each.decision.index.regime.step.as_ref());
            let known =
                steps.flat_map(|step| step.signals()).filter(|(_, _, reading)| reading.known().is_some());
            assert!(known.count() > 0, "{rule}");
        }
    }
}
