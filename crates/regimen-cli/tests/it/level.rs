//! `regimen level`: what it writes, and that runs whose baskets take effect later are verified.

use std::fs;

use serde_json::Value;

use crate::table::Table;
use crate::workspace::Sample;

#[test]
fn the_level_is_the_index_of_a_run_and_needs_no_portfolio() {
    let sample = Sample::new();
    sample.write_index_alone("alone.toml");
    sample.regimen("backtest index.toml --out run").assert().success();
    sample.regimen("level alone.toml --out level.csv --weights weights.csv").assert().success();
    let text = fs::read_to_string(sample.path("level.csv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    assert_eq!(header, "as_of,level,divisor,constituents");
    let index = fs::read_to_string(sample.path("run/index.csv")).unwrap();
    assert_eq!(rows, index.split_once('\n').unwrap().1);

    let weights = Table::read(&sample.path("weights.csv"));
    let written: Vec<[&str; 4]> = weights.columns(["as_of", "cause", "asset", "weight"]).collect();
    let decisions = Table::read(&sample.path("run/decisions.csv"));
    let of_run = decisions.columns(["as_of", "cause", "asset", "weight"]);
    let mut decided: Vec<[&str; 4]> = of_run.filter(|row| row[3] != "0").collect();
    // Decisions are sorted by rank, weights by asset with cash last.
    decided.sort_by_key(|row| (row[0], row[2].is_empty(), row[2]));
    assert_eq!(written, decided);
}

#[test]
fn from_and_to_choose_what_is_written_and_json_says_the_same() {
    let sample = Sample::new();
    sample.regimen("level index.toml --out whole.csv").assert().success();
    sample.regimen("level index.toml --out part.csv --from 2021-03-01 --to 2021-03-31").assert().success();
    sample
        .regimen("level index.toml --out part.json --from 2021-03-01 --to 2021-03-31 --format json")
        .assert()
        .success();
    let read = |name: &str| fs::read_to_string(sample.path(name)).unwrap();
    let (whole, part) = (read("whole.csv"), read("part.csv"));
    let march: Vec<&str> = whole.lines().filter(|line| line.starts_with("2021-03")).collect();
    assert_eq!(part.lines().skip(1).collect::<Vec<_>>(), march);
    let objects: Vec<Value> = serde_json::from_str(&read("part.json")).unwrap();
    let lines: Vec<String> = objects
        .iter()
        .map(|each| {
            let text = |key: &str| each[key].as_str().unwrap();
            format!("{},{},{},{}", text("as_of"), text("level"), text("divisor"), each["constituents"])
        })
        .collect();
    assert_eq!(lines, march);
}

#[test]
fn a_level_is_written_whole_or_not_at_all() {
    let sample = Sample::new();
    fs::write(sample.path("level.csv"), "old").unwrap();
    for refused in [
        "level index.toml --out level.csv --from 1999-01-01 --to 1999-12-31",
        "level index.toml --out level.csv --weights level.csv",
        "level index.toml --out level.csv --weights no/such/folder.csv",
        "level index.toml --out level.csv --set index.base_date=2031-01-01",
    ] {
        sample.regimen(refused).assert().failure();
        assert_eq!(fs::read_to_string(sample.path("level.csv")).unwrap(), "old", "{refused}");
        assert!(!sample.path("level.csv.partial").exists(), "{refused}");
    }
}

#[test]
fn splitting_the_snapshots_into_many_files_changes_nothing() {
    let sample = Sample::new();
    let text = fs::read_to_string(sample.path("synthetic-market.csv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    fs::create_dir(sample.path("days")).unwrap();
    let mut days: std::collections::BTreeMap<&str, Vec<&str>> = std::collections::BTreeMap::new();
    for row in rows.lines() {
        days.entry(&row[..10]).or_default().push(row);
    }
    for (day, mut rows) in days {
        rows.reverse();
        fs::write(sample.path(&format!("days/{day}.csv")), format!("{header}\n{}\n", rows.join("\n")))
            .unwrap();
    }
    sample.regimen("level index.toml --out one.csv --weights one-weights.csv").assert().success();
    let many = "level index.toml --snapshots days --out many.csv --weights many-weights.csv";
    sample.regimen(many).assert().success();
    for (one, many) in [("one.csv", "many.csv"), ("one-weights.csv", "many-weights.csv")] {
        assert_eq!(fs::read(sample.path(one)).unwrap(), fs::read(sample.path(many)).unwrap());
    }
}

#[test]
fn runs_of_every_schedule_are_verified() {
    let sample = Sample::new();
    for schedule in [
        "{every='month',on='last day',if_missing='previous_snapshot',effective_after_snapshots=3}",
        "{every='snapshots',count=10,rebalance={every='week',weekday='tuesday',if_missing='previous_snapshot'}}",
        "{every='week',weekday='friday',if_missing='skip',effective_after_days=2}",
    ] {
        let mut backtest = sample.regimen("backtest index.toml --out run --set");
        backtest.arg(format!("schedule={schedule}")).assert().success();
        sample.regimen("verify run").assert().success();
        sample.regimen("explain run --at 2021-04-01").assert().success();
    }
}
