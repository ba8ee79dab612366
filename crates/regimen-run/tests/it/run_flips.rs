//! A single flipped bit anywhere is found, and placed.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::sample_run::SampleRun;

const FILES: [&str; 17] = [
    "manifest.json",
    "manifest.sha256",
    "summary.json",
    "nav.csv",
    "index.csv",
    "regime.csv",
    "transactions.csv",
    "orders.csv",
    "holdings.csv",
    "decisions.csv",
    "actions.csv",
    "suspects.csv",
    "regime_report.json",
    "signals.csv",
    "yields.csv",
    "attribution.csv",
    "holds.csv",
];

/// The files of the sample run, by name.
static RUN: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let run = SampleRun::new();
    FILES.iter().map(|name| std::fs::read(run.file(name)).unwrap()).collect()
});

fn copy() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in FILES.iter().zip(RUN.iter()) {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let path = folder.path().to_owned();
    (folder, path)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_flipped_bit_is_found_in_its_file(
        file in 0..FILES.len(), position in any::<prop::sample::Index>(), bit in 0..8,
    ) {
        let (_folder, path) = copy();
        let mut bytes = RUN[file].clone();
        let position = position.index(bytes.len());
        bytes[position] ^= 1_u8 << bit;
        std::fs::write(path.join(FILES[file]), &bytes).unwrap();
        let verification = regimen_run::verify(&path);
        let first = verification.faults.items.first();
        prop_assert!(first.is_some(), "{}: byte {position}, bit {bit}", FILES[file]);
        prop_assert_eq!(&first.unwrap().file, &path.join(FILES[file]).display().to_string());
        let json = serde_json::to_string(&verification).unwrap();
        prop_assert!(json.contains(FILES[file]));
    }

    #[test]
    fn any_flipped_bit_of_the_log_is_found_in_its_line(position in any::<prop::sample::Index>(), bit in 0..8) {
        let (_folder, path) = copy();
        let mut bytes = RUN[6].clone();
        let position = position.index(bytes.len());
        bytes[position] ^= 1_u8 << bit;
        std::fs::write(path.join(FILES[6]), &bytes).unwrap();
        let line = bytes[..position].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let verification = regimen_run::verify(&path);
        let of_the_log = verification.faults.items.iter().find(|item| item.code.starts_with("LOG"));
        let at_the_end = verification.faults.items.iter().find(|item| item.code == "RUN019");
        let found = of_the_log.or(at_the_end).and_then(|item| item.line);
        prop_assert_eq!(found, Some(line), "{}", verification);
    }
}

/// Changes one character and returns what is found beside the file's hash.
fn flip(name: &str, line: usize, column: &str, change: impl Fn(&str) -> String) -> Vec<String> {
    let run = SampleRun::new();
    run.edit(name, |text| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut cells: Vec<String> = lines[line - 1].split(',').map(str::to_owned).collect();
        let place = lines[0].split(',').position(|name| name == column).unwrap();
        cells[place] = change(&cells[place]);
        lines[line - 1] = cells.join(",");
        lines.join("\n") + "\n"
    });
    let faults = run.faults();
    assert_eq!(faults[0], format!("RUN017 {name}:1"));
    faults[1..].to_vec()
}

/// Raises the last digit by one, or lowers a nine.
fn next_digit(cell: &str) -> String {
    let index = cell.rfind(|c: char| c.is_ascii_digit()).unwrap();
    let digit = cell[index..=index].parse::<u8>().unwrap();
    let other = if digit == 9 { 8 } else { digit + 1 };
    format!("{}{other}{}", &cell[..index], &cell[index + 1..])
}

#[test]
fn a_changed_figure_is_found_in_its_line() {
    for (name, line, column, expected) in [
        ("transactions.csv", 9, "units", "LOG013 transactions.csv:9 units_after"),
        ("transactions.csv", 9, "cash_after", "LOG013 transactions.csv:9 cash_after"),
        ("transactions.csv", 9, "hash", "LOG015 transactions.csv:9 hash"),
        ("nav.csv", 30, "nav", "RUN023 nav.csv:30 nav"),
        ("nav.csv", 30, "cash", "RUN022 nav.csv:30 cash"),
        ("nav.csv", 30, "invested", "RUN023 nav.csv:30 invested"),
        ("nav.csv", 30, "index_level", "RUN025 index.csv:30 level"),
        ("index.csv", 30, "level", "RUN025 index.csv:30 level"),
        ("index.csv", 30, "divisor", "RUN025 index.csv:30 divisor"),
        ("holdings.csv", 40, "units", "RUN022 holdings.csv:40 units"),
        ("holdings.csv", 40, "price", "RUN023 holdings.csv:40 value"),
        ("holdings.csv", 40, "value", "RUN023 holdings.csv:40 value"),
        ("holdings.csv", 40, "weight", "RUN023 holdings.csv:40 weight"),
        ("orders.csv", 12, "units", "RUN026 orders.csv:12 units"),
        ("orders.csv", 12, "filled_units", "RUN026 orders.csv:12 filled_units"),
        ("orders.csv", 12, "decision_price", "RUN024 orders.csv:12 decision_price"),
        ("decisions.csv", 12, "rank", "RUN027 decisions.csv:12 rank"),
        ("decisions.csv", 12, "rank_amount", "RUN027 decisions.csv:12 rank_amount"),
        ("decisions.csv", 12, "raw_weight", "RUN027 decisions.csv:12 raw_weight"),
        ("decisions.csv", 12, "units", "RUN022 decisions.csv:12 units"),
        ("decisions.csv", 5, "target_units", "RUN027 decisions.csv:5 target_units"),
        ("decisions.csv", 45, "target_units", "RUN027 decisions.csv:45 target_units"),
    ] {
        let faults = flip(name, line, column, next_digit);
        assert!(faults.iter().any(|fault| fault == expected), "{expected} is not among {faults:#?}");
    }
}

#[test]
fn a_changed_name_is_found_in_its_line() {
    let other = |_: &str| "bearisg".to_owned();
    assert_eq!(flip("nav.csv", 30, "regime", other)[0], "RUN020 nav.csv:30 regime");
    assert_eq!(flip("regime.csv", 30, "regime", other)[0], "RUN020 regime.csv:30 regime");
    assert_eq!(flip("regime.csv", 30, "evaluated", other)[0], "RUN020 regime.csv:30 evaluated");
    assert_eq!(flip("decisions.csv", 30, "verdict", other)[0], "RUN020 decisions.csv:30 verdict");
    assert_eq!(flip("orders.csv", 9, "reason_code", other)[0], "RUN020 orders.csv:9 reason_code");
    let quoted = flip("decisions.csv", 30, "reason", |_| "\"no known price\"".to_owned());
    assert_eq!(quoted[0], "RUN020 decisions.csv:30 reason");
}

#[test]
fn a_padded_number_is_not_canonical() {
    let padded = |cell: &str| format!("0{cell}");
    assert_eq!(flip("nav.csv", 30, "nav", padded)[0], "RUN020 nav.csv:30 nav");
    assert_eq!(flip("holdings.csv", 40, "price", padded)[0], "RUN020 holdings.csv:40 price");
    assert_eq!(flip("regime.csv", 40, "gauge", padded)[0], "RUN020 regime.csv:40 gauge");
}

#[test]
fn every_figure_of_the_summary_is_compared() {
    let run = SampleRun::new();
    let text = run.text("summary.json");
    let (mut compared, mut in_difference) = (0, false);
    for (index, line) in text.lines().enumerate() {
        in_difference |= line.contains("\"tracking_difference\"");
        let Some((key, value)) = line.split_once(": ").filter(|(_, value)| *value != "{") else { continue };
        // Dates stay dates when the last digit changes.
        let digit = value.rfind(|c: char| c.is_ascii_digit()).unwrap();
        let other = if &value[digit..=digit] == "1" { "2" } else { "1" };
        let changed = format!("{key}: {}{other}{}", &value[..digit], &value[digit + 1..]);
        std::fs::write(run.file("summary.json"), text.replacen(line, &changed, 1)).unwrap();
        let faults = run.faults();
        let key = key.trim().trim_matches('"');
        let is_count = ["undetermined", "bullish", "bearish"].contains(&key);
        let name = match key {
            key if key.starts_with("CLI") => "warnings",
            _ if in_difference => "tracking_difference",
            _ if is_count => "snapshots_in_regime",
            key => key,
        };
        assert!(faults.iter().any(|fault| fault.ends_with(name)), "line {}: {faults:#?}", index + 1);
        compared += 1;
    }
    assert_eq!(compared, 51);
}

#[test]
fn a_large_file_places_a_change_within_its_block() {
    let run = SampleRun::new();
    run.edit("decisions.csv", |text| format!("{text}{}", "x".repeat(200_000)));
    let faults = run.verify().to_string();
    assert!(faults.contains("200000 bytes are too many"), "{faults}");
}
