//! Strategies that make valid definitions.

use proptest::collection::{btree_map, btree_set};
use proptest::option;
use proptest::prelude::*;
use regimen_definition::{
    AssetYield, CashFlow, CashFlows, CorporateActions, DayKind, Defensive, DefinitionBuilder, Evaluation,
    Execution, IndexBase, IndexDefinition, MeasureDefinition, MissingDay, Month, MonthDay, Ordinal,
    Portfolio, PriceAboveAverage, Reentry, RegimeDefinition, Schedule, ScreenDefinition, Selection,
    SleeveAsset, SnapshotColumns, Snapshots, SuccessorName, Timing, Universe, Vanished, Weekday, Weighting,
    WhenOffPeg, Yields,
};
use regimen_types::{
    AnnualRate, AsOf, AssetId, DecimalMark, ExcessDigits, NamelessRows, RelativeDistance, RowOrder,
    Separator, SnapshotLayout, ThousandsMark, Weight,
};
use rust_decimal::Decimal;

use crate::signal_strategies::combined;
use crate::trading_strategies::{costs, trading};
use crate::universe_strategies::{ATTRIBUTE, index_base, limits, schedule, selection, universe, weighting};

/// Makes any valid definition; `universe.exclude_categories` comes with an asset list.
pub(crate) fn definition() -> impl Strategy<Value = IndexDefinition> {
    let texts = (".{1,100}", "[A-Z0-9]{2,10}", snapshots(), index_base());
    let regimes = (regime(true), regime(false));
    let constituents = (universe(), selection(), weighting(), option::of(limits()));
    let rules = (regimes, defensive(), constituents, schedule(timing)).boxed();
    let follower = option::of((
        portfolio(),
        costs(),
        vanished(),
        option::of(execution()),
        option::of(cash_flows()),
        option::of(trading()),
    ))
    .boxed();
    let actions = option::of(".{1,20}".prop_map(|path| CorporateActions { path }));
    (texts, rules, follower, actions).prop_map(
        |((name, currency, snapshots, index), rules, follower, corporate_actions)| {
            let ((regime, without_universe), defensive, constituents, schedule) = rules;
            let (universe, selection, weighting, limits) = constituents;
            let from_file = matches!(weighting, Weighting::File { .. });
            let mut definition = any_index();
            definition.name = name;
            definition.currency = currency;
            definition.snapshots = snapshots;
            definition.index = index;
            definition.regime = if from_file { without_universe } else { regime };
            definition.defensive = defensive;
            definition.universe = (!from_file).then_some(universe);
            definition.selection = (!from_file).then_some(selection);
            definition.weighting = weighting;
            definition.limits = limits.filter(|_| !from_file);
            definition.schedule = if from_file { Schedule::weights_file() } else { schedule };
            definition.portfolio = follower.as_ref().map(|(portfolio, ..)| portfolio.clone());
            definition.costs = follower.as_ref().map(|(_, costs, ..)| costs.clone());
            definition.execution = follower.as_ref().and_then(|(portfolio, _, _, execution, ..)| {
                execution.filter(|_| portfolio.lag_snapshots > 0)
            });
            definition.cash_flows = follower.as_ref().and_then(|(.., flows, _)| flows.clone());
            definition.trading = follower.as_ref().and_then(|(.., trading)| trading.clone());
            definition.vanished = follower.map(|(_, _, vanished, ..)| vanished);
            definition.corporate_actions = corporate_actions;
            fitted(definition)
        },
    )
}

/// Builds a valid definition, to be changed.
fn any_index() -> IndexDefinition {
    let builder = DefinitionBuilder::new()
        .name("any")
        .currency("USD")
        .index(IndexBase::of("1000".parse().unwrap()))
        .regime(RegimeDefinition::AlwaysBullish)
        .defensive(Defensive::cash())
        .universe(Universe::default())
        .selection(Selection::largest(1))
        .weighting(Weighting::Equal)
        .schedule(Schedule::of(Timing::Snapshots { count: 1 }));
    builder.build().unwrap().into_inner()
}

/// Gives the definition what its rules need of each other.
fn fitted(mut definition: IndexDefinition) -> IndexDefinition {
    // Whatever is read as an attribute, or as the supply, is kept.
    if let Some(kept) = &mut definition.snapshots.attributes {
        kept.insert(ATTRIBUTE.to_owned());
    }
    if definition.snapshots.columns.circulating_supply.is_empty() {
        definition.snapshots.columns.circulating_supply = "the supply".to_owned();
    }
    let replaces =
        definition.index.deletion.as_ref().is_some_and(|rule| rule.then == SuccessorName::NextRanked);
    match &mut definition.selection {
        Some(selection) if replaces => selection.reserve = selection.reserve.max(1),
        None if replaces => definition.index.deletion = None,
        _ => {}
    }
    let reads = |measure: Option<&MeasureDefinition>| {
        matches!(measure, None | Some(MeasureDefinition::MarketCap | MeasureDefinition::FloatAdjusted { .. }))
    };
    if !definition.selection.as_ref().is_some_and(|selection| reads(selection.rank_by.as_ref())) {
        definition.schedule.supply = None;
    }
    let screens = definition.universe.iter().flat_map(|universe| &universe.screens);
    let mut graded = screens.filter(|screen| matches!(screen, ScreenDefinition::Attribute { .. }));
    if graded.next().is_none() {
        definition.schedule.on_cross = None;
    }
    definition
}

fn execution() -> impl Strategy<Value = Execution> {
    let part = (1_i64..=100).prop_map(|percent| Weight::new(Decimal::new(percent, 2)).unwrap());
    (1_u32..=10_000, 0_u32..=10_000, proptest::option::of(part)).prop_map(
        |(slices, carry_snapshots, participation_max)| Execution {
            slices,
            carry_snapshots,
            participation_max,
        },
    )
}

fn cash_flows() -> impl Strategy<Value = CashFlows> {
    let amount =
        prop_oneof![1_i64..i64::MAX, i64::MIN + 1..0].prop_map(|amount| amount.to_string().parse().unwrap());
    let flow = ("20[0-9]{2}-0[1-9]-[0-2][1-8]", amount)
        .prop_map(|(as_of, amount)| CashFlow { as_of: as_of.parse().unwrap(), amount });
    prop_oneof![
        prop::collection::vec(flow, 1..4).prop_map(|flows| CashFlows::List { flows }),
        ".{1,20}".prop_map(|path| CashFlows::File { path }),
    ]
}

fn snapshots() -> impl Strategy<Value = Snapshots> {
    let digits = prop_oneof![Just(ExcessDigits::Error), Just(ExcessDigits::RoundHalfEven)];
    let nameless = prop_oneof![Just(NamelessRows::Error), Just(NamelessRows::PassOver)];
    let names = (option::of(btree_set("attribute .{0,9}", 0..3)), btree_set("name .{0,9}", 0..3));
    let plain = (option::of(".{1,20}"), ".{1,20}", digits, nameless, names, 2_u32.., columns()).prop_map(
        |(path, asset_list, excess_digits, nameless_rows, names, suspect_factor, columns)| Snapshots {
            path,
            asset_list: Some(asset_list),
            excess_digits,
            nameless_rows,
            attributes: names.0,
            optional: names.1,
            suspect_factor,
            columns,
            ..Snapshots::default()
        },
    );
    (plain, option::of(shape())).prop_map(|(plain, shape)| match shape {
        None => plain,
        Some(shape) => Snapshots {
            path: plain.path,
            asset_list: plain.asset_list,
            excess_digits: plain.excess_digits,
            nameless_rows: plain.nameless_rows,
            attributes: plain.attributes,
            optional: plain.optional,
            suspect_factor: plain.suspect_factor,
            columns: plain.columns,
            ..shape
        },
    })
}

/// Builds the keys about the form of the files; the others have their defaults.
fn shape() -> impl Strategy<Value = Snapshots> {
    let layout = prop_oneof![
        Just((SnapshotLayout::Long, "{asset}")),
        Just((SnapshotLayout::Wide, "{measure} {asset}")),
        Just((SnapshotLayout::OneFilePerAsset, "coin_{asset}")),
    ];
    let order = prop_oneof![Just(RowOrder::Sorted), Just(RowOrder::Sort)];
    let marks = prop_oneof![
        Just((DecimalMark::Point, Some(ThousandsMark::Comma))),
        Just((DecimalMark::Comma, Some(ThousandsMark::Space))),
        Just((DecimalMark::Comma, None)),
    ];
    let format = option::of(prop_oneof![Just("epoch_ms"), Just("excel"), Just("%d/%m/%Y %-I:%M %p")]);
    let separator = prop::sample::select(&Separator::ALL[..]);
    (layout, order, marks, format, separator, btree_set(".{1,5}", 0..3)).prop_map(
        |((layout, pattern), order, (decimal_mark, thousands_mark), format, separator, unknown)| Snapshots {
            layout,
            asset_pattern: pattern.parse().unwrap(),
            order,
            separator,
            decimal_mark,
            thousands_mark,
            unknown,
            as_of_format: format.map(|format| format.parse().unwrap()),
            ..Snapshots::default()
        },
    )
}

fn columns() -> impl Strategy<Value = SnapshotColumns> {
    let names = btree_set("column .{1,9}", 7).prop_map(Vec::from_iter).prop_shuffle();
    (names, any::<[bool; 4]>()).prop_map(|(names, present)| {
        let optional = |index: usize| if present[index] { names[3 + index].clone() } else { String::new() };
        SnapshotColumns {
            as_of: names[0].clone(),
            asset: names[1].clone(),
            price: names[2].clone(),
            market_cap: optional(0),
            volume: optional(1),
            circulating_supply: optional(2),
            known_at: optional(3),
        }
    })
}

/// Makes a regime; one that reads the eligible universe only where there is one.
fn regime(of_universe: bool) -> BoxedStrategy<RegimeDefinition> {
    let evaluate = prop_oneof![Just(Evaluation::EverySnapshot), Just(Evaluation::OnSchedule)];
    let price_above_average = (asset(), 1..u32::MAX, 1..u32::MAX, distance(), distance(), evaluate).prop_map(
        |(asset, window_snapshots, confirm_snapshots, one, other, evaluate)| {
            RegimeDefinition::PriceAboveAverage(PriceAboveAverage {
                asset,
                window_snapshots,
                enter_above: one.max(other),
                exit_below: one.min(other),
                confirm_snapshots,
                evaluate,
            })
        },
    );
    prop_oneof![Just(RegimeDefinition::AlwaysBullish), price_above_average, combined(of_universe)].boxed()
}

fn distance() -> impl Strategy<Value = RelativeDistance> {
    (-999_999_i64..5_000_000)
        .prop_map(|millionths| RelativeDistance::new(Decimal::new(millionths, 6)).unwrap())
}

pub(crate) fn asset() -> impl Strategy<Value = AssetId> {
    "[^,\"\\p{C}\\p{Z}\\s]{1,20}".prop_map(|text| AssetId::new(&text).unwrap())
}

/// Makes sleeves whose weights sum to at most 1: each of up to four assets has at most a quarter.
fn defensive() -> impl Strategy<Value = Defensive> {
    let quarter = (1_i64..=250_000).prop_map(|millionths| Weight::new(Decimal::new(millionths, 6)).unwrap());
    let rate = || (0_i64..1_000).prop_map(|bps| AnnualRate::new(Decimal::new(bps, 4)).unwrap());
    let yields = option::of((option::of(".{1,20}"), rate(), rate()));
    let reentry = option::of((0_u32..=100, 1_u32..));
    let when =
        prop::sample::select(vec![None, Some(WhenOffPeg::NextRebalance), Some(WhenOffPeg::SellAtOnce)]);
    (btree_map(asset(), quarter, 0..=4), fraction(), reentry, when, yields).prop_map(
        |(sleeve, tolerance, reentry, when, yields)| {
            let sleeve: Vec<_> =
                sleeve.into_iter().map(|(asset, weight)| SleeveAsset { asset, weight }).collect();
            let peg_tolerance = (!sleeve.is_empty()).then_some(tolerance);
            let reentry = reentry.map(|(percent, snapshots)| {
                let part = tolerance.decimal() * Decimal::from(percent) / Decimal::ONE_HUNDRED;
                Reentry { tolerance: Weight::new(part).unwrap(), snapshots }
            });
            let yields = yields.map(|(path, cash, rate)| match path {
                Some(path) => Yields::File { path },
                None => Yields::Constant { cash, assets: yields_of(&sleeve, rate) },
            });
            Defensive { sleeve, peg_tolerance, reentry, when_off_peg: when, yields }
        },
    )
}

/// Every other asset of the sleeve earns.
fn yields_of(sleeve: &[SleeveAsset], annual_rate: AnnualRate) -> Vec<AssetYield> {
    let earning = sleeve.iter().step_by(2);
    earning.map(|member| AssetYield { asset: member.asset.clone(), annual_rate }).collect()
}

pub(crate) fn fraction() -> impl Strategy<Value = Weight> {
    (0_i64..=1_000_000).prop_map(|millionths| Weight::new(Decimal::new(millionths, 6)).unwrap())
}

fn timing() -> impl Strategy<Value = Timing> {
    let if_missing =
        prop::sample::select(vec![MissingDay::NextSnapshot, MissingDay::PreviousSnapshot, MissingDay::Skip]);
    let weekday = prop::sample::select(Weekday::ALL.to_vec());
    let month = prop::sample::select(vec![Month::January, Month::May, Month::December]);
    let ordinal = prop::sample::select(vec![Ordinal::First, Ordinal::Third, Ordinal::Last]);
    let kind =
        prop_oneof![Just(DayKind::Day), Just(DayKind::Weekday), weekday.clone().prop_map(DayKind::On),];
    let on = prop_oneof![
        (1_u8..=28).prop_map(MonthDay::Number),
        (ordinal, kind).prop_map(|(ordinal, kind)| MonthDay::Nth(ordinal, kind)),
    ];
    let day = (0_u64..20_000)
        .prop_map(|days| AsOf::from_date(chrono::NaiveDate::default() + chrono::Days::new(days)));
    let missing = if_missing.clone();
    prop_oneof![
        (weekday, if_missing.clone()).prop_map(|(weekday, if_missing)| Timing::Week { weekday, if_missing }),
        (on.clone(), if_missing.clone()).prop_map(|(on, if_missing)| Timing::Month { on, if_missing }),
        (month, on, if_missing).prop_map(|(month, on, if_missing)| Timing::Quarter { month, on, if_missing }),
        (1..u32::MAX).prop_map(|count| Timing::Snapshots { count }),
        (btree_set(day, 0..4), missing).prop_map(|(dates, if_missing)| Timing::Dates { dates, if_missing }),
    ]
}

fn portfolio() -> impl Strategy<Value = Portfolio> {
    (1_i64..i64::MAX, 0_u32..=18, any::<u32>(), 0_u32..=18).prop_map(
        |(cash, money_scale, lag, units_scale)| Portfolio {
            initial_cash: Decimal::new(cash, money_scale).to_string().parse().unwrap(),
            lag_snapshots: lag,
            money_scale,
            units_scale,
        },
    )
}

fn vanished() -> impl Strategy<Value = Vanished> {
    (any::<u32>(), any::<bool>(), option::of(fraction())).prop_map(
        |(max_stale_days, sell_while_stale, recovery)| match recovery {
            Some(recovery) => Vanished::WriteOff { max_stale_days, sell_while_stale, recovery },
            None => Vanished::SellAtLastPrice { max_stale_days, sell_while_stale },
        },
    )
}
