//! Files of events, and the gains of a run, as commands read and print them.

use std::fs;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::workspace::{Sample, regimen};

fn run(sample: &Sample, arguments: &[&str]) -> (i32, String, String) {
    let mut command = regimen();
    let output = command.current_dir(sample.folder.path()).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap_or("0").parse().unwrap()
}

#[test]
fn events_are_inputs_of_a_run_and_the_run_is_verified() {
    let sample = Sample::new();
    let actions = "as_of,asset,kind,ratio,new_asset\n2021-02-15,A0001,staking,0.01,\n2021-02-16,A0001,airdrop,1,NOWHERE\n";
    fs::write(sample.path("actions.csv"), actions).unwrap();
    fs::write(sample.path("flows.csv"), "as_of,amount\n2021-03-01,50000\n2021-03-20,-25000\n").unwrap();
    let events = [
        "--set",
        "corporate_actions={path='actions.csv'}",
        "--set",
        "cash_flows={from='file',path='flows.csv'}",
        "--set",
        "execution={slices=2,carry_snapshots=1}",
    ];
    let arguments = [&["backtest", "index.toml", "--out", "run"][..], &events].concat();
    let (code, out, error) = run(&sample, &arguments);
    assert_eq!(code, 0, "{error}");
    assert!(error.contains("warning[CLI050]") && error.contains("the airdrop of A0001"), "{error}");
    assert!(out.contains("deposited later") && out.contains("withdrawn"), "{out}");
    let manifest = fs::read_to_string(sample.path("run/manifest.json")).unwrap();
    assert!(manifest.contains("\"corporate_actions\"") && manifest.contains("\"cash_flows\""));
    assert!(fs::read_to_string(sample.path("run/actions.csv")).unwrap().contains("A0001,staking,0.01"));
    assert_eq!(run(&sample, &["verify", "run"]).0, 0);

    fs::write(sample.path("flows.csv"), "as_of,amount\n2021-03-01,0.0000000000001\n").unwrap();
    let (code, _, error) = run(&sample, &arguments);
    assert_eq!(code, 2);
    assert!(error.contains("CLI051") && error.contains("flows.csv"), "{error}");
}

#[test]
fn every_method_gains_the_same_in_total_and_disposals_are_written() {
    let sample = Sample::new();
    assert_eq!(run(&sample, &["backtest", "index.toml", "--out", "run"]).0, 0);
    let mut totals = Vec::new();
    for method in ["fifo", "lifo", "hifo", "average"] {
        let (code, out, error) =
            run(&sample, &["gains", "run", "--method", method, "--format", "json", "--out", "disposals.csv"]);
        assert_eq!(code, 0, "{error}");
        let gains: Value = serde_json::from_str(&out).unwrap();
        let assets = gains["assets"].as_array().unwrap();
        let of = |key: &str| assets.iter().map(|asset| decimal(&asset[key])).sum::<Decimal>();
        totals.push(of("realised") + of("unrealised"));
        let written = fs::read_to_string(sample.path("disposals.csv")).unwrap();
        assert!(
            written.starts_with("disposed_at,acquired_at,asset,kind,units,proceeds,cost,gain,transaction\n")
        );
        let sold: Decimal = written
            .lines()
            .skip(1)
            .map(|line| line.split(',').nth(7).unwrap().parse::<Decimal>().unwrap())
            .sum();
        assert_eq!(sold, of("realised"), "{method}");
        assert_eq!(written.lines().count(), gains["disposals"].as_array().unwrap().len() + 1);
    }
    assert!(totals.iter().all(|total| *total == totals[0]), "{totals:?}");
    // All the money came in at the start, so what was gained is what there is more: rounding of values apart.
    let summary: Value =
        serde_json::from_str(&fs::read_to_string(sample.path("run/summary.json")).unwrap()).unwrap();
    let more = decimal(&summary["final_nav"]) - decimal(&summary["initial_cash"]);
    assert!((more - totals[0]).abs() < Decimal::new(1, 6), "{more} is not {}", totals[0]);

    let (code, out, _) = run(&sample, &["gains", "run", "--method", "fifo", "--year", "1999"]);
    assert_eq!(code, 0);
    assert!(out.contains("unrealised"), "{out}");
    assert_eq!(run(&sample, &["gains", "index.toml", "--method", "fifo"]).0, 2);
}
