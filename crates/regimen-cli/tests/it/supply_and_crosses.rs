//! Runs with constant supplies, and with grades that cross a threshold: written, verified, explained.

use std::fmt::Write;
use std::fs;

use crate::table::Table;
use crate::workspace::Sample;

/// Adds a grade to the market of a sample: 70 for all, and at times 50 for `BTC`.
fn with_grades(sample: &Sample) {
    let text = fs::read_to_string(sample.path("synthetic-market.csv")).unwrap();
    let mut graded = String::new();
    for (number, line) in text.lines().enumerate() {
        let low = line.contains(",BTC,") && ("2021-03-10".."2021-03-20").contains(&&line[..10]);
        let grade = if low { "50" } else { "70" };
        writeln!(graded, "{line},{}", if number == 0 { "grade" } else { grade }).unwrap();
    }
    fs::write(sample.path("graded.csv"), graded).unwrap();
}

const GRADED: [&str; 8] = [
    "--snapshots",
    "graded.csv",
    "--set",
    "regime={rule='always_bullish'}",
    "--set",
    "universe={screens=[\
     {rule='attribute',name='grade',bound='at_least',enter=60,stay=55,if_unknown='exclude'}]}",
    "--set",
    "schedule={every='month',on='first day',if_missing='next_snapshot',on_cross={attributes=['grade'],of='all'}}",
];

#[test]
fn a_cross_is_a_cause_of_its_own_in_the_run_and_explained() {
    let sample = Sample::new();
    with_grades(&sample);
    sample.regimen("backtest index.toml --out run").args(GRADED).assert().success();
    sample.regimen("verify run").assert().success();
    let decisions = Table::read(&sample.path("run/decisions.csv"));
    let caused: Vec<[&str; 6]> = decisions
        .columns(["as_of", "cause", "asset", "reason_code", "reason", "crossed"])
        .filter(|row| !row[5].is_empty())
        .collect();
    assert_eq!(
        caused,
        [
            [
                "2021-03-10",
                "threshold_cross",
                "BTC",
                "attribute_too_low",
                "grade 50 is below 55",
                "grade crossed 55: 50 after 70"
            ],
            ["2021-03-20", "threshold_cross", "BTC", "", "", "grade crossed 60: 70 after 50"],
        ]
    );
    // The portfolio follows: the asset is sold at the next snapshot, and bought again.
    let log = Table::read(&sample.path("run/transactions.csv"));
    let traded: Vec<[&str; 3]> = log
        .columns(["as_of", "asset", "kind"])
        .filter(|row| row[1] == "BTC" && row[0] > "2021-03-05" && row[0] < "2021-03-25")
        .collect();
    assert_eq!(traded, [["2021-03-11", "BTC", "sell"], ["2021-03-21", "BTC", "buy"]]);
    let explained = sample.regimen("explain run --at 2021-03-10").assert().success();
    let text = String::from_utf8(explained.get_output().stdout.clone()).unwrap();
    assert!(text.contains("Decided on this date: an attribute crossed its threshold"), "{text}");
    assert!(text.contains("  BTC: grade crossed 55: 50 after 70"), "{text}");

    // The index alone says so too.
    sample.regimen("level index.toml --out level.csv --weights weights.csv").args(GRADED).assert().success();
    let weights = Table::read(&sample.path("weights.csv"));
    let causes: std::collections::BTreeSet<[&str; 2]> =
        weights.columns(["as_of", "cause"]).filter(|row| row[1] == "threshold_cross").collect();
    assert_eq!(
        Vec::from_iter(causes).concat(),
        ["2021-03-10", "threshold_cross", "2021-03-20", "threshold_cross"]
    );
}

#[test]
fn the_supplies_of_a_run_are_written_verified_and_explained() {
    let sample = Sample::new();
    sample
        .regimen("backtest index.toml --out run --set regime={rule='always_bullish'}")
        .args([
            "--set",
            "schedule.supply={every='month',on='day 10',if_missing='next_snapshot',effective_after_days=3}",
        ])
        .args(["--set", "schedule.rebalance={every='snapshots',count=3}"])
        .assert()
        .success();
    sample.regimen("verify run").assert().success();
    let supplies = Table::read(&sample.path("run/supplies.csv"));
    let used: std::collections::BTreeMap<&str, &str> =
        supplies.columns(["as_of", "supply_as_of"]).map(|[as_of, supply]| (as_of, supply)).collect();
    // Until the first scheduled supply is in force, that of the first snapshot is; the tenth is from the
    // thirteenth.
    let at = |day: &str| *used.range(..=day).next_back().unwrap().1;
    assert_eq!(at("2021-01-12"), "2021-01-01");
    assert_eq!(at("2021-02-12"), "2021-01-10");
    assert_eq!(at("2021-02-15"), "2021-02-10");
    let explained = sample.regimen("explain run --at 2021-02-15").assert().success();
    let text = String::from_utf8(explained.get_output().stdout.clone()).unwrap();
    assert!(text.contains("  ranked and weighed with the supplies of 2021-02-10\n"), "{text}");

    sample.regimen("backtest index.toml --out plain").assert().success();
    assert!(!sample.path("plain/supplies.csv").exists());
}
