//! `regimen regime`: the present gauge as text and JSON, its history, and what would turn it.

use std::fs;

use serde_json::Value;

use crate::commands::run;
use crate::table::Table;
use crate::workspace::{Sample, repository};

const SIGNALS: &str = r#"
[regime]
rule = "signals"
combine = "weighted"
enter_above = 0.05
exit_below = "-0.05"
confirm_snapshots = 1
min_dwell_days = 0
evaluate = "every_snapshot"

[[regime.signals]]
name = "trend"
reads = { signal = "against_average", of = { series = "asset", asset = "BTC" }, average = { kind = "simple", window_snapshots = 20 } }
neutral = 0
full = 0.2
weight = 2

[[regime.signals]]
name = "mood"
reads = { signal = "level", of = { series = "file", path = "mood.csv", max_stale_days = 400, when_stale = "hold" } }
neutral = 50
full = 100
weight = 1

[[regime.groups]]
name = "the market"
combine = "any"
weight = 1

[[regime.groups.signals]]
name = "cap"
reads = { signal = "momentum", of = { series = "total_market_cap" }, back_snapshots = 5 }
neutral = 0
full = 0.3

[[regime.groups.signals]]
name = "breadth"
reads = { signal = "level", of = { series = "breadth", average = { kind = "simple", window_snapshots = 10 } } }
neutral = 0.5
full = 1
"#;

/// The sample under three signals and a group.
fn sample() -> Sample {
    let sample = Sample::new();
    let definition = fs::read_to_string(sample.path("index.toml")).unwrap();
    let kept: Vec<&str> = definition.lines().filter(|line| !line.starts_with("regime ")).collect();
    fs::write(sample.path("index.toml"), kept.join("\n") + SIGNALS).unwrap();
    fs::write(sample.path("mood.csv"), "as_of,value\n2021-01-01,62.5\n2021-02-15,40\n").unwrap();
    sample
}

fn present(sample: &Sample, options: &str) -> Value {
    let (code, out, error) = run(sample, &format!("regime index.toml --format json {options}"));
    assert_eq!(code, 0, "{error}");
    serde_json::from_str(&out).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn text_and_json_say_the_same() {
    let sample = sample();
    let json = present(&sample, "");
    let (code, text, _) = run(&sample, "regime index.toml");
    assert_eq!(code, 0);
    let (as_of, regime) = (json["as_of"].as_str().unwrap(), json["regime"].as_str().unwrap());
    let since = json["since"].as_str().unwrap();
    assert!(text.starts_with(&format!("Sample at {as_of}: {regime} since {since}\n")), "{text}");
    let gauge = &json["gauge"];
    assert_eq!((number(&gauge["enter_above"]), number(&gauge["exit_below"])), (52.5, 47.5));
    assert!(text.contains("bullish begins above 52.5, ends at 47.5 or below"), "{text}");
    for name in ["trend", "mood", "the market", "cap", "breadth"] {
        assert!(text.lines().any(|line| line.trim_start().starts_with(name)), "{name} is not in\n{text}");
    }
    assert!(text.contains("the gauge turns, the other inputs as they are"), "{text}");
    // The gauge is the weighted mean of the scores, worked out here.
    let readings = json["readings"].as_array().unwrap();
    let mean =
        readings.iter().map(|each| number(&each["weight"]) * number(&each["score"])).sum::<f64>() / 4.0;
    assert!((number(&gauge["value"]) - 50.0 - 50.0 * mean).abs() < 1e-9, "{json:#}");
    assert_eq!(number(&readings[1]["score"]), -0.2);
}

#[test]
fn the_history_is_that_of_a_run() {
    let sample = sample();
    let (code, _, error) = run(&sample, "regime index.toml --history past.csv --history past.json");
    assert_eq!(code, 0, "{error}");
    assert_eq!(run(&sample, "backtest index.toml --out run").0, 0);
    let (past, regime) = (Table::read(&sample.path("past.csv")), Table::read(&sample.path("run/regime.csv")));
    let columns = ["as_of", "regime", "since", "gauge", "enter_above", "exit_below", "vote"];
    let rows = |table: &Table| -> Vec<Vec<String>> {
        table.columns(columns).map(|row| row.map(str::to_owned).to_vec()).collect()
    };
    assert_eq!(rows(&past), rows(&regime));
    let signals = Table::read(&sample.path("run/signals.csv"));
    for name in ["trend", "mood", "cap", "breadth"] {
        let score = format!("{name} score");
        let of_history: Vec<[&str; 3]> = past.columns(["as_of", name, score.as_str()]).collect();
        let of_run = signals.columns(["as_of", "signal", "reading", "score"]).filter(|row| row[1] == name);
        for ([as_of, reading, score], row) in of_history.iter().zip(of_run) {
            // What has no value is a word in the run and empty here.
            let value = if row[2].parse::<f64>().is_ok() { row[2] } else { "" };
            assert_eq!([as_of, reading, score], [&row[0], &value, &row[3]], "{name}");
        }
    }
    let json: Value = serde_json::from_slice(&fs::read(sample.path("past.json")).unwrap()).unwrap();
    let json = json.as_array().unwrap();
    assert_eq!(json.len(), rows(&past).len());
    for (object, row) in json.iter().zip(rows(&past)) {
        assert_eq!(object["as_of"].as_str().unwrap(), row[0]);
        assert_eq!(object["state"]["regime"].as_str().unwrap(), row[1]);
    }
}

/// Writes the market until a day, with another price of Bitcoin on that day.
fn until(sample: &Sample, day: &str, price: Option<f64>) {
    let market = fs::read_to_string(sample.path("synthetic-market.csv")).unwrap();
    let mut lines = market.lines();
    let mut text = lines.next().unwrap().to_owned() + "\n";
    for line in lines.take_while(|line| &line[..10] <= day) {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        if let (Some(price), true) = (price, cells[0] == day && cells[1] == "BTC") {
            cells[2] = price.to_string();
        }
        text += &(cells.join(",") + "\n");
    }
    fs::write(sample.path("changed.csv"), text).unwrap();
}

/// At the named price, written into the market's file, the signal's vote flips; just before that price it
/// does not.
#[test]
fn the_named_price_turns_the_signal() {
    let sample = sample();
    let mut tried = 0;
    for day in ["2021-02-01", "2021-02-20", "2021-03-10", "2021-03-25", "2021-04-20"] {
        until(&sample, day, None);
        let before = present(&sample, "--snapshots changed.csv");
        let turns = before["turns"].as_array().unwrap();
        let trend = turns.iter().find(|turns| turns["signal"] == "trend").unwrap();
        let regime = before["regime"].as_str().unwrap();
        // The prices are seen from the regime in force at the next snapshot: a gauge above its threshold is
        // bullish.
        let threshold = if regime == "bullish" { "exit_below" } else { "enter_above" };
        let threshold = number(&before["gauge"][threshold]);
        let is_bullish = |present: &Value| 50.0 + 50.0 * number(&present["readings"][0]["score"]) > threshold;
        let now = is_bullish(&before);
        for (side, inward) in [("at_or_below", 1.0), ("at_or_above", -1.0)] {
            let Some(price) = trend["signal_turns"][side].as_f64() else { continue };
            // A price in the file has the digits of a double, no more.
            for (price, turned) in [(price, true), (price * (1.0 + inward * 1e-9), false)] {
                until(&sample, day, Some(price));
                let after = present(&sample, "--snapshots changed.csv");
                assert_eq!(is_bullish(&after) != now, turned, "{day}: {side} {price}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 8, "{tried}");
}

#[test]
fn what_cannot_be_read_is_refused() {
    let sample = sample();
    let definition = fs::read_to_string(sample.path("index.toml")).unwrap();
    let own = definition.replace(
        r#"{ signal = "level", of = { series = "file", path = "mood.csv", max_stale_days = 400, when_stale = "hold" } }"#,
        r#"{ signal = "own" }"#,
    );
    assert_ne!(own, definition);
    fs::write(sample.path("own.toml"), own).unwrap();
    for (arguments, code) in [
        ("regime own.toml", "CLI020"),
        ("regime index.toml --set index.base_date=2050-01-01", "CLI021"),
        ("regime index.toml --history past.txt", "CLI022"),
        ("regime index.toml --history past", "CLI022"),
    ] {
        let (exit, out, error) = run(&sample, arguments);
        assert_eq!((exit, out.as_str()), (2, ""), "{arguments}: {error}");
        assert!(error.contains(code), "{arguments}: {error}");
    }
    assert!(!sample.path("past.txt").exists());
}

/// The rules that `docs/regimes.md` compares are sound, each behind the definition that they share.
#[test]
fn the_rules_that_are_compared_are_sound() {
    let sample = Sample::new();
    let folder = repository("backtests/regimes");
    let shared = fs::read_to_string(folder.join("definition.toml")).unwrap();
    let table = fs::read_to_string(repository("docs/regimes.md")).unwrap();
    let rules: Vec<_> =
        fs::read_dir(folder.join("rules")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(rules.len() >= 6);
    for path in rules {
        fs::write(sample.path("rule.toml"), format!("{shared}\n{}", fs::read_to_string(&path).unwrap()))
            .unwrap();
        let (code, out, error) = run(&sample, "check rule.toml");
        assert_eq!(code, 0, "{}: {out}{error}", path.display());
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(table.contains(&format!("\n| `{name}` |")), "{name} has no row");
    }
}

#[test]
fn two_signals_that_read_one_input_have_one_figure_for_the_gauge() {
    let sample = Sample::new();
    let definition = fs::read_to_string(sample.path("index.toml")).unwrap();
    let kept: Vec<&str> = definition.lines().filter(|line| !line.starts_with("regime ")).collect();
    let rule = r#"
[regime]
rule = "signals"
combine = "any"
enter_above = 0
exit_below = 0
confirm_snapshots = 1
min_dwell_days = 0
evaluate = "every_snapshot"
"#;
    let signal = |name: &str, window: u32| {
        format!(
            "[[regime.signals]]\nname = \"{name}\"\nneutral = 0\nfull = 0.2\nreads = {{ signal = \"against_average\", \
             of = {{ series = \"asset\", asset = \"BTC\" }}, \
             average = {{ kind = \"simple\", window_snapshots = {window} }} }}\n"
        )
    };
    let turning = |bounds: &Value| {
        let found = [&bounds["at_or_below"], &bounds["at_or_above"]].map(Value::as_f64);
        found.into_iter().flatten().next().unwrap_or_else(|| panic!("{bounds} turns nowhere"))
    };
    for combine in ["any", "all"] {
        let text =
            kept.join("\n") + &rule.replace("any", combine) + &signal("short", 5) + &signal("long", 40);
        fs::write(sample.path("index.toml"), text).unwrap();
        let json = present(&sample, "");
        let turns = json["turns"].as_array().unwrap();
        assert_eq!(turns.len(), 2);
        assert_eq!(turns[0]["gauge_turns"], turns[1]["gauge_turns"], "{json:#}");
        // Each signal is bullish above its number: the gauge above the lesser of both, or above the greater.
        let [short, long] = [0, 1].map(|index| turning(&turns[index]["signal_turns"]));
        let expected = if combine == "any" { short.min(long) } else { short.max(long) };
        let found = turning(&turns[0]["gauge_turns"]);
        assert!((found / expected - 1.0).abs() < 1e-12, "{combine}: {found}, not {expected}");
    }
}
