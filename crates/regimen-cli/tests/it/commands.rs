//! How commands behave: exit codes, what they say, and what they leave alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::table::Table;
use crate::workspace::Sample;

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

/// Runs a command and returns its exit code, standard output and standard error.
pub(crate) fn run(sample: &Sample, arguments: &str) -> (i32, String, String) {
    let output = sample.regimen(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn exit_codes_and_what_is_said() {
    let sample = Sample::new();
    fs::write(sample.path("broken.csv"), "date,asset,price,market_cap,volume\n2021-01-01,BTC,abc,1,1\n")
        .unwrap();
    fs::write(sample.path("debt.json"), r#"{"cash": "-1", "units": {}}"#).unwrap();
    fs::write(sample.path("typo.json"), r#"{"cash": "1", "units": {}, "unit": {"BTC": "1"}}"#).unwrap();
    fs::write(sample.path("nul.csv"), "date,as\0set,price,market_cap,volume\n2021-01-01,BTC,1,1,1\n")
        .unwrap();
    fs::write(
        sample.path("cheap.csv"),
        "date,asset,price,market_cap,volume\n2021-01-01,BTC,1,1,1\n2021-01-01,USD-A,1,1,1\n\
         2021-01-01,DUST,0.000000000000000000000001,9,1\n",
    )
    .unwrap();
    sample.write_index_alone("alone.toml");
    fs::create_dir(sample.path("foreign")).unwrap();
    fs::write(sample.path("foreign/diary.txt"), "mine").unwrap();
    // Arguments, exit code, and what standard output or else standard error says.
    let cases = [
        ("--help", 0, "Exit codes"),
        ("check index.toml", 0, "index.toml is sound: Sample"),
        ("backtest index.toml --out run", 0, "final NAV"),
        ("verify run", 0, "against the manifest"),
        ("verify foreign", 1, "verification failed: 1 finding\n"),
        ("verify missing", 2, "RUN010"),
        ("no-such-command", 2, "no-such-command"),
        ("backtest index.toml --no-such-option", 2, "--no-such-option"),
        ("backtest index.toml --from 2021-02-30", 2, "2021-02-30"),
        ("check missing.toml", 2, "CLI001"),
        ("check synthetic-market.csv", 2, "synthetic-market.csv:1"),
        ("check index.toml --set costs.fee_bps=-1", 2, "costs.fee_bps"),
        ("check index.toml --set no.such.key=1", 2, "no.such"),
        ("backtest index.toml --set snapshots={}", 2, "DEF"),
        ("backtest index.toml --snapshots missing.csv", 2, "missing.csv"),
        ("backtest index.toml --snapshots broken.csv", 2, "broken.csv:2"),
        ("backtest index.toml --snapshots market.parquet", 2, "CLI003"),
        ("backtest index.toml --set regime.asset=DOGE", 2, "CLI004"),
        ("backtest index.toml --from 1999-01-01 --to 1999-12-31", 2, "CLI006"),
        ("backtest index.toml --from 2021-03-02 --to 2021-03-01", 2, "--from 2021-03-02 is later"),
        ("backtest index.toml --set portfolio.initial_cash=4e20", 2, "RUN003"),
        ("backtest index.toml --set portfolio.initial_cash=1e27 --set portfolio.money_scale=0", 2, "CLI007"),
        ("check index.toml --set costs.fee_bps=9000 --set costs.slippage_bps=1000", 2, "DEF015"),
        ("check alone.toml", 0, "alone.toml is sound"),
        ("backtest alone.toml --out run", 2, "CLI030"),
        ("plan alone.toml --snapshots synthetic-market.csv --holdings missing.json", 2, "CLI030"),
        ("quote index.toml --snapshots synthetic-market.csv --amount 10000", 0, "minimum value received"),
        (
            "quote index.toml --snapshots synthetic-market.csv --amount 500 --sell",
            0,
            "selling the index for 500",
        ),
        ("quote index.toml --snapshots synthetic-market.csv --amount 0", 2, "CLI040"),
        ("quote index.toml --snapshots synthetic-market.csv --amount 1e24", 2, "CLI041"),
        ("backtest index.toml --out foreign", 2, "RUN001"),
        ("backtest index.toml --out index.toml/run", 3, "RUN002"),
        ("synth --seed 1 --assets 3 --out made", 2, "SYNTH001"),
        ("plan index.toml --snapshots synthetic-market.csv --holdings missing.json", 2, "CLI008"),
        ("plan index.toml --snapshots synthetic-market.csv --holdings debt.json", 2, "below zero: -1"),
        ("plan index.toml --snapshots synthetic-market.csv --holdings typo.json", 2, "unknown field `unit`"),
        ("backtest index.toml --snapshots nul.csv", 2, "as\\u{0}set"),
        (
            "backtest index.toml --snapshots cheap.csv --set regime={rule=\"always_bullish\"} \
             --set universe.history_snapshots_min=1",
            2,
            "at a price of 0.000000000000000000000001",
        ),
    ];
    for (arguments, code, said) in cases {
        let (found, out, error) = run(&sample, arguments);
        assert_eq!(found, code, "{arguments}: {out}{error}");
        let (speaks, silent) = if code == 0 { (out, error) } else { (error, out) };
        assert!(speaks.contains(said), "{arguments}: {speaks}");
        assert!(code == 0 || silent.is_empty(), "{arguments}: {silent}");
    }
    assert_eq!(fs::read(sample.path("foreign/diary.txt")).unwrap(), b"mine");
    assert_eq!(files(&sample.path("foreign")).len(), 1);
    assert!(!sample.path("made").exists());
}

#[test]
fn without_snapshots_the_remedy_is_named() {
    let sample = Sample::new();
    let definition = fs::read_to_string(sample.path("index.toml")).unwrap();
    let without = definition.replace(r#"path = "synthetic-market.csv", "#, "");
    fs::write(sample.path("index.toml"), without).unwrap();
    let (code, _, error) = run(&sample, "backtest index.toml --out run");
    assert_eq!(code, 2);
    assert!(error.contains("CLI002") && error.contains("--snapshots"), "{error}");
    assert_eq!(run(&sample, "backtest index.toml --out run --snapshots synthetic-market.csv").0, 0);
}

#[test]
fn all_faults_of_a_definition_are_reported_at_once() {
    let sample = Sample::new();
    let definition = fs::read_to_string(sample.path("index.toml")).unwrap();
    let faulty =
        definition.replace("window_snapshots = 20", "window_snapshots = 0").replace("\"monday\"", "\"mon\"");
    fs::write(sample.path("index.toml"), faulty).unwrap();
    let (code, _, error) = run(&sample, "check index.toml --set costs.fee_bps=10000");
    assert_eq!(code, 2);
    for place in ["index.toml:6:", "index.toml:11:", "costs.fee_bps"] {
        assert!(error.contains(place), "{place} is not in {error}");
    }
}

#[test]
fn a_failed_run_leaves_the_old_folder_as_it_was() {
    let sample = Sample::new();
    assert_eq!(run(&sample, "backtest index.toml --out run").0, 0);
    let before = files(&sample.path("run"));
    assert_eq!(before.len(), 17);
    let names = || fs::read_dir(sample.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let market = fs::read_to_string(sample.path("synthetic-market.csv")).unwrap();
    fs::write(sample.path("cut-short.csv"), market + "2021-04-30,BTC,1,2\n").unwrap();
    let faults = [
        "--snapshots cut-short.csv",
        "--set portfolio.initial_cash=1e27 --set portfolio.money_scale=0",
        "--from 1999-01-01 --to 1999-12-31",
    ];
    let siblings = names().count();
    for fault in faults {
        assert_eq!(run(&sample, &format!("backtest index.toml --out run {fault}")).0, 2, "{fault}");
        assert!(files(&sample.path("run")) == before, "{fault} changed the folder");
        assert_eq!(names().count(), siblings, "{fault} left something behind: {:?}", Vec::from_iter(names()));
    }
}

#[test]
fn a_good_run_replaces_the_old_folder_whole() {
    let sample = Sample::new();
    assert_eq!(run(&sample, "backtest index.toml --out run").0, 0);
    let before = files(&sample.path("run"));
    assert_eq!(run(&sample, "backtest index.toml --out run --set costs.fee_bps=20").0, 0);
    let after = files(&sample.path("run"));
    assert!(before.keys().eq(after.keys()));
    assert!(before["nav.csv"] != after["nav.csv"]);
    assert_eq!(run(&sample, "verify run").0, 0);
}

#[test]
fn a_changed_byte_fails_verification() {
    let sample = Sample::new();
    assert_eq!(run(&sample, "backtest index.toml --out run").0, 0);
    let nav = fs::read_to_string(sample.path("run/nav.csv")).unwrap();
    fs::write(sample.path("run/nav.csv"), nav.replacen("100000", "100001", 1)).unwrap();
    let (code, _, error) = run(&sample, "verify run");
    assert!(code == 1 && error.contains("nav.csv"), "{code}: {error}");
    let (code, out, _) = run(&sample, "verify run --format json");
    assert_eq!(code, 1);
    serde_json::from_str::<Value>(&out).unwrap();
}

#[test]
fn from_and_to_bound_the_run_but_not_its_history() {
    let sample = Sample::new();
    assert_eq!(run(&sample, "backtest index.toml --from 2021-03-10 --to 2021-04-05 --out run").0, 0);
    let nav = Table::read(&sample.path("run/nav.csv"));
    let rows: Vec<[&str; 2]> = nav.columns(["as_of", "regime"]).collect();
    assert_eq!(rows.first().unwrap()[0], "2021-03-10");
    assert_eq!(rows.last().unwrap()[0], "2021-04-05");
    assert_ne!(rows.first().unwrap()[1], "undetermined", "the average has no history");
    assert_eq!(run(&sample, "verify run").0, 0);
}

#[test]
fn what_is_set_is_what_the_manifest_states() {
    let sample = Sample::new();
    let arguments = "backtest index.toml --set portfolio.lag_snapshots=0 --set costs.fee_bps=12.5 --out run";
    let (code, out, _) = run(&sample, arguments);
    assert_eq!(code, 0);
    let manifest: Value = serde_json::from_slice(&files(&sample.path("run"))["manifest.json"]).unwrap();
    assert_eq!(manifest["methodology"]["portfolio"]["lag_snapshots"], 0);
    assert_eq!(manifest["methodology"]["costs"]["fee_bps"], "12.5");
    // Nobody can trade at the prices decided on, and each output says so.
    assert!(out.contains("lag 0") && manifest["execution"].as_str().unwrap().contains("lag 0"), "{out}");
}

#[test]
fn json_is_json() {
    let sample = Sample::new();
    let parsed = |arguments: &str| {
        let (code, out, error) = run(&sample, arguments);
        assert_eq!(code, 0, "{arguments}: {error}");
        serde_json::from_str::<Value>(&out).unwrap_or_else(|error| panic!("{arguments}: {error}: {out}"))
    };
    let summary = parsed("backtest index.toml --out run --format json");
    let written: Value = serde_json::from_slice(&files(&sample.path("run"))["summary.json"]).unwrap();
    assert_eq!(summary, written);
    assert_eq!(parsed("check index.toml --format json")["name"], "Sample");
    assert_eq!(parsed("schema")["type"], "object");
    parsed("verify run --format json");
    let (code, out, error) = run(&sample, "check index.toml --set costs.fee_bps=-1 --format json");
    let findings: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &findings["items"][0]["code"]), (2, &Value::from("DEF007")));
    assert!(error.contains("DEF007"), "{error}");
}

#[test]
fn verification_says_what_it_checked_line_by_line() {
    let sample = Sample::new();
    assert_eq!(run(&sample, "backtest index.toml --out run").0, 0);
    let (_, out, _) = run(&sample, "verify run");
    let words =
        ["verified", "files", "transactions", "snapshots", "readings", "positions", "rebalances", "orders"];
    let found: Vec<bool> = out.lines().zip(words).map(|(line, word)| line.contains(word)).collect();
    assert_eq!(found, [true; 8], "{out}");
    assert_eq!(out.lines().count(), 8, "{out}");
}

#[test]
fn the_same_seed_makes_the_same_bytes() {
    let sample = Sample::new();
    for folder in ["one", "two"] {
        assert_eq!(run(&sample, &format!("synth --seed 9 --assets 25 --days 110 --out {folder}")).0, 0);
    }
    assert_eq!(run(&sample, "synth --seed 10 --assets 25 --days 110 --out three").0, 0);
    let [one, two, three] = ["one", "two", "three"].map(|folder| files(&sample.path(folder)));
    assert_eq!(one.len(), 2);
    assert!(one == two && one != three);
}
