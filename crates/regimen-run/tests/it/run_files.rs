//! A run that is whole passes, and files that are missing, added or changed are named.

use crate::sample_run::{DAYS, SampleRun};

#[test]
fn the_untouched_run_passes() {
    for lag in 0..3 {
        let run = SampleRun::with_lag(lag);
        let verification = run.verify();
        assert!(verification.passed(), "lag {lag}\n{verification}");
        assert_eq!(verification.checked.files, 17);
        assert_eq!(verification.checked.snapshots, u64::from(DAYS));
    }
}

#[test]
fn the_sample_has_what_the_checks_are_about() {
    let run = SampleRun::new();
    let log = run.text("transactions.csv");
    for part in
        [",deposit,", ",buy,", ",sell,", ",write_off,GONE,", ",inception,", ",schedule,", ",regime_switch,"]
    {
        assert!(log.contains(part), "no {part} in\n{log}");
    }
    let decisions = run.text("decisions.csv");
    for part in
        [",selected,", ",below_count,", ",excluded,", ",held,", ",cash,", ",not_tradable", "off its peg"]
    {
        assert!(decisions.contains(part), "no {part} in\n{decisions}");
    }
    let verification = run.verify();
    assert!(verification.checked.orders > 30 && verification.checked.rebalances > 10, "{verification}");
}

#[test]
fn a_folder_that_is_no_run_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let verification = regimen_run::verify(&folder.path().join("nowhere"));
    assert_eq!(verification.faults.items[0].code, "RUN010");
}

#[test]
fn every_removed_file_is_missed() {
    let run = SampleRun::new();
    for entry in std::fs::read_dir(run.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let code = if name == "manifest.json" { "RUN010" } else { "RUN011" };
        assert_eq!(run.faults()[0], format!("{code} {name}"));
        std::fs::write(&path, bytes).unwrap();
    }
    assert!(run.verify().passed());
}

#[test]
fn an_added_file_is_not_the_runs() {
    let run = SampleRun::new();
    std::fs::write(run.file("notes.txt"), "mine").unwrap();
    assert_eq!(run.faults(), ["RUN012 notes.txt"]);
}

#[test]
fn a_log_cut_after_a_row_does_not_end_where_it_should() {
    let run = SampleRun::new();
    let rows = run.text("transactions.csv").lines().count();
    run.edit("transactions.csv", |text| {
        text.lines().take(rows - 3).map(|line| format!("{line}\n")).collect()
    });
    let faults = run.faults();
    assert_eq!(faults[0], "RUN017 transactions.csv:1");
    assert_eq!(faults[1], format!("RUN018 transactions.csv:{} seq", rows - 3));
    assert!(run.verify().to_string().contains("bytes are missing"));
}

#[test]
fn swapped_rows_are_out_of_order() {
    let swap = |line: usize| {
        move |text: String| {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.swap(line - 1, line);
            lines.join("\n") + "\n"
        }
    };
    for (file, line, fault) in [
        ("transactions.csv", 8, "LOG012 transactions.csv:8 seq"),
        ("nav.csv", 20, "RUN021 nav.csv:21 as_of"),
        ("holdings.csv", 30, "RUN022 holdings.csv:30 asset"),
        ("index.csv", 20, "RUN021 index.csv:20 as_of"),
        ("decisions.csv", 30, "RUN021 decisions.csv:31 as_of"),
    ] {
        let run = SampleRun::new();
        run.edit(file, swap(line));
        let faults = run.faults();
        assert!(faults.iter().any(|found| found == fault), "{file}: {faults:#?}");
    }
}

#[test]
fn another_format_is_not_guessed_at() {
    let run = SampleRun::new();
    run.edit("manifest.json", |text| text.replace("\"format\": 3", "\"format\": 1"));
    assert_eq!(run.faults(), ["RUN013 manifest.json", "RUN015 manifest.json"]);
}

#[test]
fn the_checksum_line_is_that_of_sha256sum() {
    let run = SampleRun::new();
    let line = run.text("manifest.sha256");
    let (hash, name) = line.split_once("  ").unwrap();
    assert_eq!((hash.len(), name), (64, "manifest.json\n"));
}
