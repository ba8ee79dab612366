//! An asset that goes on under another identifier is the asset that it was: for signals, for the sleeve, and
//! for what it earns.

use proptest::prelude::*;
use regimen_types::{ActionInput, ActionKind, AsOf, CorporateAction};

use crate::market::{MarketRow, Table};
use crate::methodology::methodology;
use crate::record::{Record, records, run_folder};
use crate::strategies::markets;

/// The assets that the rule below reads and holds, and their later identifiers, which sort alike.
const RENAMED: [(&str, &str); 3] = [("BTC", "BTC2"), ("USD-A", "USD-A2"), ("USD-B", "USD-B2")];

const OVERRIDES: [&str; 3] = [
    "regime={rule='signals',combine='majority',enter_above=0.05,exit_below='-0.05',confirm_snapshots=1,min_dwell_days=0,\
evaluate='every_snapshot',signals=[\
{name='trend',neutral=0,full=0.1,reads={signal='against_average',of={series='asset',asset='BTC'},\
average={kind='simple',window_snapshots=4}}},\
{name='fall',neutral='-0.1',full=0,reads={signal='drawdown',of={series='asset',asset='BTC'},window_snapshots=6}},\
{name='level',neutral=1000,full=2000,reads={signal='level',of={series='asset',asset='BTC'}}}]}",
    "defensive={sleeve=[{asset='USD-A',weight=0.6},{asset='USD-B',weight=0.3}],peg_tolerance=0.02,\
reentry={tolerance=0.01,snapshots=2},when_off_peg='sell_at_once'}",
    "selection.count=3",
];

/// Every asset has its later identifier from a snapshot on, and an action that says so.
fn renamed(table: &Table, from: usize) -> Table {
    let mut table = table.clone();
    let later = |row: &mut MarketRow| {
        if let Some((_, name)) = RENAMED.iter().find(|(asset, _)| *asset == row.asset) {
            row.asset = (*name).to_owned();
        }
    };
    table.snapshots[from..].iter_mut().flat_map(|(_, rows)| rows).for_each(later);
    let as_of = table.snapshots[from].0;
    table.actions = RENAMED.iter().map(|(asset, name)| ticker_change(as_of, asset, name)).collect();
    table
}

fn ticker_change(as_of: AsOf, asset: &str, new_asset: &str) -> CorporateAction {
    CorporateAction::new(ActionInput {
        as_of,
        known_at: None,
        asset: asset.parse().unwrap(),
        kind: ActionKind::TickerChange,
        ratio: None,
        new_asset: new_asset.parse().ok(),
    })
    .unwrap()
}

/// The level, the value, the regime and what the signals read at a snapshot.
fn figures(record: &Record) -> impl PartialEq + std::fmt::Debug {
    let regime = &record.decision.index.regime;
    (record.as_of, record.decision.index.level, record.nav, regime.state, regime.step.clone())
}

/// A market in which all rows are known at once, and each asset that is renamed has a price at the beginning
/// and when it is renamed.
fn present_from(mut table: Table, from: usize) -> Table {
    for (index, (as_of, rows)) in table.snapshots.iter_mut().enumerate() {
        rows.iter_mut().for_each(|row| row.known_at = *as_of);
        if index != from && index != 0 {
            continue;
        }
        for (asset, _) in RENAMED {
            let row = MarketRow {
                asset: asset.to_owned(),
                price: if asset == "BTC" { 1500.into() } else { 1.into() },
                market_cap: 90_000_000.into(),
                volume: 1.into(),
                known_at: *as_of,
            };
            match rows.iter_mut().find(|found| found.asset == asset) {
                Some(found) => *found = row,
                None => rows.push(row),
            }
        }
    }
    table
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn signals_and_sleeve_follow_an_asset_into_its_new_identifier(
        table in markets(8..40),
        from in any::<prop::sample::Index>(),
    ) {
        let from = 1 + from.index(table.len() - 1);
        let table = present_from(table, from);
        let methodology = methodology(&OVERRIDES);
        let before = records(&methodology, &table.history());
        let after = records(&methodology, &renamed(&table, from).history());
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!(figures(before), figures(after));
        }
    }
}

/// By hand: two stablecoins of the sleeve become one, which holds both weights and earns on at the first
/// one's rate.
#[test]
fn two_of_the_sleeve_that_become_one_have_their_weights_together() {
    let table = Table::synthetic(7, 30, 100, regimen_synth::MarketKind::Clean);
    let mut merged = table.clone();
    let from = 40;
    for (_, rows) in &mut merged.snapshots[from..] {
        rows.retain(|row| row.asset != "USD-A");
    }
    merged.actions = vec![ticker_change(merged.snapshots[from].0, "USD-A", "USD-B")];
    let methodology = methodology(&[
        "regime.enter_above=1000",
        "defensive={sleeve=[{asset='USD-A',weight=0.6},{asset='USD-B',weight=0.3}],peg_tolerance=0.02,\
yields={from='constant',cash=0,assets=[{asset='USD-A',annual_rate=0.05}]}}",
    ]);
    let records = records(&methodology, &merged.history());
    let units = |record: &Record, asset: &str| record.holdings.units(&asset.parse().unwrap());
    assert!(!units(&records[from - 1], "USD-A").is_zero() && !units(&records[from - 1], "USD-B").is_zero());
    let last = records.last().unwrap();
    assert!(units(last, "USD-A").is_zero());
    let rebalances = records[from..].iter().filter_map(|each| each.decision.index.rebalance.as_ref());
    let weights: Vec<Vec<String>> = rebalances
        .map(|rebalance| {
            let target = rebalance.target.weights();
            target.map(|(asset, weight)| format!("{asset} {weight}")).collect()
        })
        .collect();
    assert!(weights.len() > 5 && weights.iter().all(|each| *each == ["USD-B 0.9"]), "{weights:?}");
    let earning = last.accruals.iter().map(|accrual| accrual.asset.as_ref().unwrap().to_string());
    assert_eq!(earning.collect::<Vec<_>>(), ["USD-B"]);
    let folder = run_folder(&methodology, &merged.history());
    assert!(folder.contains_key("yields.csv"));
}
