//! The live path from outside: a process per day, with nothing between them but files.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::table::Table;
use crate::workspace::Sample;

fn plan(sample: &Sample, arguments: &str) -> Value {
    let plan = format!("plan index.toml --holdings holdings.json --format json {arguments}");
    let output = sample.regimen(&plan).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_plan_is_made_once_per_snapshot() {
    let sample = Sample::new();
    fs::write(sample.path("holdings.json"), r#"{"cash": "5000", "units": {"BTC": "0.25"}}"#).unwrap();
    let market = "--snapshots synthetic-market.csv --state-out state.json";
    let planned = plan(&sample, market);
    assert!(!planned["orders"].as_array().unwrap().is_empty());
    let state: Value = serde_json::from_slice(&fs::read(sample.path("state.json")).unwrap()).unwrap();
    assert_eq!(planned["state"], state);
    let text =
        sample.regimen(&format!("plan index.toml --holdings holdings.json {market}")).output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    for order in planned["orders"].as_array().unwrap() {
        let line = |line: &str| {
            ["side", "asset", "units"].iter().all(|key| line.contains(order[key].as_str().unwrap()))
        };
        assert!(text.lines().any(line), "{order} is not in {text}");
    }

    let again = format!("plan index.toml --holdings holdings.json --state state.json {market}");
    let output = sample.regimen(&again).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(error.contains("CLI009") && error.contains("already"), "{error}");
    assert_eq!(
        state,
        serde_json::from_slice::<Value>(&fs::read(sample.path("state.json")).unwrap()).unwrap()
    );
}

/// One process per day, with that day's file, decides what the backtest decided.
#[test]
fn plans_day_by_day_are_the_backtest() {
    let sample = Sample::new();
    let (first, last) = ("2021-03-20", "2021-04-24");
    sample.regimen(&format!("backtest index.toml --from {first} --to {last} --out run")).assert().success();
    let market = fs::read_to_string(sample.path("synthetic-market.csv")).unwrap();
    let nav = Table::read(&sample.path("run/nav.csv"));
    let decisions = fs::read_to_string(sample.path("run/decisions.csv")).unwrap();
    let mut rebalances = 0;
    for (day, [date, cash, regime]) in nav.columns(["as_of", "cash", "regime"]).enumerate() {
        let until_now: String = market
            .split_inclusive('\n')
            .filter(|line| line.starts_with("date") || &line[..10] <= date)
            .collect();
        fs::write(sample.path("today.csv"), until_now).unwrap();
        fs::write(sample.path("holdings.json"), holdings(&sample, date, cash).to_string()).unwrap();
        let state = if day == 0 { "" } else { "--state state.json" };
        let planned = plan(&sample, &format!("--snapshots today.csv --state-out state.json {state}"));
        assert_eq!(planned["decision"]["index"]["as_of"], date);
        assert_eq!(planned["state"]["index"]["regime"]["regime"], regime);
        let orders = orders(&planned);
        assert_eq!(orders, decided_orders(&decisions, date), "{date}");
        rebalances += usize::from(!orders.is_empty());
    }
    assert!(rebalances > 3, "{rebalances} rebalances are too few to say much");
}

fn holdings(sample: &Sample, date: &str, cash: &str) -> Value {
    let table = Table::read(&sample.path("run/holdings.csv"));
    let held = table.columns(["as_of", "asset", "units"]).filter(|row| row[0] == date);
    let units: BTreeMap<&str, &str> = held.map(|[_, asset, units]| (asset, units)).collect();
    json!({ "cash": cash, "units": units })
}

/// Asset, side and units of each order.
fn orders(planned: &Value) -> Vec<[String; 3]> {
    let text = |order: &Value, key: &str| order[key].as_str().unwrap().to_owned();
    let orders = planned["orders"].as_array().unwrap().iter();
    let mut orders: Vec<_> =
        orders.map(|order| ["asset", "side", "units"].map(|key| text(order, key))).collect();
    orders.sort();
    orders
}

/// Reads the same orders from the decision log. Reasons may hold commas in quotes, so columns count from the
/// end.
fn decided_orders(decisions: &str, date: &str) -> Vec<[String; 3]> {
    let rows = decisions.lines().filter(|line| line.starts_with(date));
    let mut orders: Vec<_> = rows
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let from_end = |place: usize| cells[cells.len() - place].to_owned();
            [cells[3].to_owned(), from_end(5), from_end(4)]
        })
        .filter(|[_, side, _]| matches!(side.as_str(), "buy" | "sell"))
        .collect();
    orders.sort();
    orders
}
