//! The golden outputs of backtests. `BLESS=1 cargo test -p regimen-cli golden` writes them anew.

use std::fs;

use crate::workspace::{regimen, repository};

/// The files that are kept; the manifest pins the others by their hashes.
const KEPT: [&str; 4] = ["manifest.json", "summary.json", "nav.csv", "transactions.csv"];
/// What is kept beside them of a run that is about the sleeve.
const SLEEVE_KEPT: [&str; 2] = ["decisions.csv", "regime_report.json"];

#[test]
fn global_100_is_what_it_was() {
    is_what_it_was("global-100", &[]);
}

#[test]
fn a_sleeve_asset_that_leaves_its_peg_is_what_it_was() {
    let decisions = is_what_it_was("depeg", &SLEEVE_KEPT);
    for part in [
        "2024-02-07,off_peg,bearish,USD-B,,,excluded,off_peg,,off its peg",
        "2024-02-12,schedule,bearish,USD-B,,,excluded,not_trusted_yet,,back at its peg but not trusted yet",
        "2024-02-19,schedule,bearish,USD-B,,,selected,",
    ] {
        assert!(decisions.contains(part), "no {part} in\n{decisions}");
    }
}

#[test]
fn the_death_of_a_sleeve_asset_is_what_it_was() {
    let decisions = is_what_it_was("sleeve-death", &SLEEVE_KEPT);
    for part in [
        "2024-02-19,schedule,bearish,USD-A,,,selected,",
        "2024-02-19,schedule,bearish,USD-B,,,excluded,no_price,,no known price",
    ] {
        assert!(decisions.contains(part), "no {part} in\n{decisions}");
    }
    let log = fs::read_to_string(repository("backtests/sleeve-death/expected/transactions.csv")).unwrap();
    assert!(log.contains(",2024-02-21,write_off,USD-B,"), "{log}");
}

/// The definition decides what a stale outside series does to a signal: there is a golden run for each of the
/// four answers.
#[test]
fn the_outage_of_a_series_is_what_it_was() {
    is_what_it_was("series-outage", &[]);
    let definition = fs::read_to_string(repository("backtests/series-outage/index.toml")).unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let mut regimes = Vec::new();
    for policy in ["hold", "leave_out", "bullish", "bearish"] {
        let absolute = |text: &str, file: &str| {
            let path = repository("backtests/series-outage").join(file).canonicalize().unwrap();
            text.replace(&format!("{file:?}"), &format!("{path:?}"))
        };
        let files = ["../depeg/market.csv", "../depeg/assets.csv", "mood.csv"];
        let text = definition.replace("when_stale = \"hold\"", &format!("when_stale = {policy:?}"));
        let text = files.iter().fold(text, |text, file| absolute(&text, file));
        let path = temporary.path().join("index.toml");
        fs::write(&path, text).unwrap();
        let folder = temporary.path().join(policy);
        regimen().arg("backtest").arg(&path).arg("--out").arg(&folder).assert().success();
        regimen().arg("verify").arg(&folder).assert().success();
        let regime = fs::read_to_string(folder.join("regime.csv")).unwrap();
        let expected = repository(&format!("backtests/series-outage/expected/regime-{policy}.csv"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &regime).unwrap();
        }
        assert!(
            regime == fs::read_to_string(&expected).unwrap(),
            "{policy}: the regimes are not what they were"
        );
        let signals = fs::read_to_string(folder.join("signals.csv")).unwrap();
        assert!(signals.contains(&format!("2024-02-20,mood,,,1,stale 2024-02-13 {policy},,,")), "{signals}");
        let at = |day: &str| {
            let row = regime.lines().find(|line| line.starts_with(day)).unwrap();
            let mut cells = row.split(',').skip(1);
            let regime = cells.next().unwrap().to_owned();
            (regime, !cells.nth(3).unwrap().is_empty())
        };
        regimes.push((policy, ["2024-02-20", "2024-03-03", "2024-03-24"].map(at)));
    }
    // The regime, and the gauge if there is one: in the first outage, at its end after the trend turned, and
    // at the end of the second.
    let [bullish, bearish] = ["bullish", "bearish"].map(str::to_owned);
    let expected = [
        ("hold", [(&bearish, false), (&bearish, false), (&bullish, false)]),
        ("leave_out", [(&bearish, true), (&bullish, true), (&bullish, true)]),
        ("bullish", [(&bullish, true), (&bullish, true), (&bullish, true)]),
        ("bearish", [(&bearish, true), (&bearish, true), (&bearish, true)]),
    ];
    for ((policy, found), (_, expected)) in regimes.into_iter().zip(expected) {
        let expected = expected.map(|(regime, has_gauge)| (regime.clone(), has_gauge));
        assert_eq!(found, expected, "{policy}");
    }
}

/// Runs a definition, compares what is kept of it and returns its decisions.
fn is_what_it_was(name: &str, kept_beside: &[&str]) -> String {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("run");
    let definition = format!("backtests/{name}/index.toml");
    regimen().args(["backtest", &definition, "--out"]).arg(&folder).assert().success();
    let expected = repository(&format!("backtests/{name}/expected"));
    let kept: Vec<&str> = KEPT.iter().chain(kept_beside).copied().collect();
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(&expected).unwrap();
        for name in &kept {
            fs::copy(folder.join(name), expected.join(name)).unwrap();
        }
    }
    for file in kept.iter().rev() {
        let (new, old) = (fs::read(folder.join(file)).unwrap(), fs::read(expected.join(file)).unwrap());
        let same = new.iter().zip(&old).take_while(|(new, old)| new == old).count();
        let line = 1 + new[..same].iter().filter(|byte| **byte == b'\n').count();
        assert!(
            new == old,
            "{name}: {file} is not what it was, from line {line}; if that is meant, BLESS=1 and say why"
        );
    }
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    for foreign in [repository(""), temporary.path().to_owned()] {
        assert!(
            !manifest.contains(&*foreign.to_string_lossy()),
            "the manifest names a place on this machine"
        );
    }
    regimen().arg("verify").arg(&folder).assert().success();
    fs::read_to_string(folder.join("decisions.csv")).unwrap()
}

#[test]
fn a_second_run_is_the_same_to_the_last_byte() {
    let temporary = tempfile::tempdir().unwrap();
    let run = |name: &str, threads: &str| {
        let folder = temporary.path().join(name);
        let mut command = regimen();
        command.env("RAYON_NUM_THREADS", threads).args(["backtest", "backtests/global-100/index.toml"]);
        command.args(["--from", "2021-06-01", "--to", "2022-03-31", "--out"]).arg(&folder).assert().success();
        let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let mut contents: Vec<_> =
            files.map(|file| (file.file_name().unwrap().to_owned(), fs::read(&file).unwrap())).collect();
        contents.sort();
        contents
    };
    let first = run("first", "1");
    assert_eq!(first.len(), 17);
    assert!(first == run("second", "8"));
}
