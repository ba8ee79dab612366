//! A run with every trigger, band, filter and kind of cost, verified; and what quotes say.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::commands::run;
use crate::workspace::Sample;

const COSTS: &str = "--set costs={fee_bps=10,slippage_bps=0,\
    half_spread={by=\"volume\",otherwise_bps=50,tiers=[{from=1000000,bps=10}]},\
    impact={coefficient=1,volatility_snapshots=30,otherwise_bps=100},platform_fee_bps=2,\
    gas={default_chain=\"a\",chains=[{chain=\"a\",per_trade=0.5}]}}";

const TRIGGERS: &str = "triggers={calendar=false,forced_exits=true,cash_flows=true,drift={absolute=0.02,relative=0.2},turnover=0.05},";

const FILTERS: &str = "band={relative=0.05,trade_to=\"edge\"},minimum_notional={trade=25,exit=5},\
    participation_max=0.0005,turnover_limit={one_way_max=0.05,priority=\"largest\"},cash_buffer=0.005";

fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip(1).map(|line| line.split(',').collect())
}

#[test]
fn a_run_with_all_frictions_is_verified_and_names_its_causes() {
    let sample = Sample::new();
    let always = "--set regime={rule=\"always_bullish\"} --set portfolio.initial_cash=100000000";
    let mut decisions = String::new();
    // With triggers on drift, what is left undone is drift; without them, it is carried.
    for (triggers, expected) in [(TRIGGERS, "drift"), ("", "carried")] {
        let trading = format!("--set trading={{{triggers}{FILTERS}}}");
        let (code, _, error) =
            run(&sample, &format!("backtest index.toml {always} {COSTS} {trading} --out run"));
        assert_eq!(code, 0, "{error}");
        let (code, out, error) = run(&sample, "verify run");
        assert_eq!(code, 0, "{out}{error}");
        decisions = std::fs::read_to_string(sample.path("run/decisions.csv")).unwrap();
        let causes: std::collections::BTreeSet<&str> = lines(&decisions).map(|cells| cells[1]).collect();
        for cause in ["inception", expected] {
            assert!(causes.contains(cause), "{causes:?} lack {cause}");
        }
    }
    let mut reasons: BTreeMap<&str, u32> = BTreeMap::new();
    for cells in lines(&decisions) {
        *reasons.entry(cells[cells.len() - 1]).or_default() += 1;
        *reasons.entry(cells[cells.len() - 3]).or_default() += 1;
    }
    for reason in ["within_band", "participation", "not_concerned"] {
        assert!(reasons.contains_key(reason), "{reasons:?} lack {reason}");
    }
    let summary = std::fs::read(sample.path("run/summary.json")).unwrap();
    let summary: Value = serde_json::from_slice(&summary).unwrap();
    for cost in ["fees", "spread", "impact", "gas", "platform_fees"] {
        assert_ne!(summary[cost], "0", "{cost}");
    }
}

#[test]
fn a_quote_is_the_same_again_and_another_for_another_amount() {
    let sample = Sample::new();
    let quote = |amount: &str| -> Value {
        let (code, out, error) = run(
            &sample,
            &format!(
                "quote index.toml --snapshots synthetic-market.csv --amount {amount} {COSTS} --format json"
            ),
        );
        assert_eq!(code, 0, "{error}");
        serde_json::from_str(&out).unwrap()
    };
    let (first, again, other) = (quote("1000"), quote("1000"), quote("1001"));
    assert_eq!(first, again);
    assert_ne!(first["hash"], other["hash"]);
    let figure = |key: &str| first["quote"][key].as_str().unwrap().parse::<f64>().unwrap();
    assert!(figure("minimum_value") <= figure("expected_value"));
    assert!(figure("expected_value") < 1000.0);
}
