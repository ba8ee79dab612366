//! Warnings: on standard error, in the manifest, in the summary, and refused under `--strict`.

use std::fs;

use serde_json::Value;

use crate::workspace::{Sample, regimen};

/// A sample whose corporate action never comes into force, which is a warning.
fn sample_with_a_warning() -> Sample {
    let sample = Sample::new();
    let actions = "as_of,asset,kind,ratio,new_asset\n2021-02-16,A0001,airdrop,1,NOWHERE\n";
    fs::write(sample.path("actions.csv"), actions).unwrap();
    let definition = fs::read_to_string(sample.path("index.toml")).unwrap();
    fs::write(sample.path("index.toml"), definition + "corporate_actions.path = \"actions.csv\"\n").unwrap();
    sample
}

/// Runs the program and returns its exit code, output and errors.
fn run(sample: &Sample, arguments: &str) -> (i32, String, String) {
    let mut command = regimen();
    let command = command.current_dir(sample.folder.path()).args(arguments.split_whitespace());
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_warning_is_shown_listed_and_counted() {
    let sample = sample_with_a_warning();
    let (code, out, error) = run(&sample, "backtest index.toml --out run");
    assert_eq!(code, 0, "{error}");
    assert!(error.contains("warning[CLI050]"), "{error}");
    assert!(out.contains("warnings") && out.contains("CLI050"), "{out}");
    let read = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(sample.path(name)).unwrap()).unwrap()
    };
    let (manifest, summary) = (read("run/manifest.json"), read("run/summary.json"));
    let warning = manifest["warnings"].as_array().unwrap().iter().find(|each| each["code"] == "CLI050");
    assert_eq!(warning.unwrap()["file"], "actions.csv");
    assert_eq!(summary["warnings"]["CLI050"], 1);
    assert_eq!(run(&sample, "verify run").0, 0);
}

#[test]
fn strict_takes_a_warning_for_an_error_and_writes_nothing() {
    let sample = sample_with_a_warning();
    for command in ["backtest index.toml --strict --out run", "level index.toml --strict --out run"] {
        let (code, _, error) = run(&sample, command);
        assert_eq!(code, 2, "{error}");
        assert!(error.contains("error[CLI050]") && !error.contains("warning["), "{error}");
        assert!(!sample.path("run").exists());
    }
}

/// Runs a backtest with an override, and returns the codes of its warnings and its errors.
fn codes_of(sample: &Sample, overrides: &[&str]) -> (Vec<String>, String) {
    let mut command = regimen();
    command.current_dir(sample.folder.path()).args(["backtest", "index.toml", "--out", "run"]);
    command.args(overrides.iter().flat_map(|each| ["--set", *each]));
    let output = command.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{error}");
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(sample.path("run/manifest.json")).unwrap()).unwrap();
    let warnings = manifest["warnings"].as_array().cloned().unwrap_or_default();
    (warnings.iter().map(|each| each["code"].as_str().unwrap().to_owned()).collect(), error)
}

#[test]
fn what_had_no_effect_in_a_run_is_said() {
    let sample = Sample::new();
    assert!(codes_of(&sample, &[]).0.is_empty());
    let cases: [(&[&str], &str, &str); 5] = [
        (
            &["regime.window_snapshots=119", "regime.confirm_snapshots=9"],
            "RUN200",
            "undetermined at all 118 snapshots",
        ),
        (
            &["regime={rule='always_bullish'}", "universe.screens=[{rule='min_price',enter=1000000000}]"],
            "RUN201",
            "did not trade",
        ),
        (
            &["regime={rule='always_bullish'}", "universe.screens=[{rule='min_price',enter=1000000000}]"],
            "RUN202",
            "most often by `price_too_low`",
        ),
        (
            &["universe.screens=[{rule='min_price',enter=0.000000001}]"],
            "RUN203",
            "`universe.screens[0]` excluded nobody",
        ),
        (&["cash_flows={from='list',flows=[{as_of='2001-01-01',amount=1}]}"], "CLI206", "1 of 1 cash flows"),
    ];
    for (overrides, code, states) in cases {
        let (codes, error) = codes_of(&sample, overrides);
        assert!(codes.contains(&code.to_owned()), "{code} in {codes:?}: {error}");
        assert!(error.contains(states), "{states} in {error}");
        assert!(sample.regimen("verify run").output().unwrap().status.success());
    }
    let from = sample.regimen("backtest index.toml --out run --from 2021-03-01 --set cash_flows={from='list',flows=[{as_of='2021-02-01',amount=1}]}");
    let error = { from }.output().unwrap().stderr;
    assert!(String::from_utf8(error).unwrap().contains("RUN204"));
}
