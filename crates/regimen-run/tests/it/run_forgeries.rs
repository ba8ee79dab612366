//! A forger who hashes everything anew is found by what does not add up.

use sha2::{Digest, Sha256};

use regimen_run::Manifest;
use regimen_types::hex;

use crate::sample_run::SampleRun;

/// Makes the manifest list the files as they are now.
fn hash_anew(run: &SampleRun) {
    let mut manifest: Manifest = serde_json::from_str(&run.text("manifest.json")).unwrap();
    for output in &mut manifest.outputs {
        let bytes = std::fs::read(run.file(&output.name)).unwrap();
        output.bytes = bytes.len() as u64;
        output.sha256 = hex(&Sha256::digest(&bytes));
        output.blocks = bytes.chunks(65_536).map(|block| hex(&Sha256::digest(block)[..8])).collect();
    }
    write_manifest(run, &manifest);
}

fn write_manifest(run: &SampleRun, manifest: &Manifest) {
    let text = serde_json::to_string_pretty(manifest).unwrap() + "\n";
    let checksum = format!("{}  manifest.json\n", hex(&Sha256::digest(text.as_bytes())));
    std::fs::write(run.file("manifest.json"), text).unwrap();
    std::fs::write(run.file("manifest.sha256"), checksum).unwrap();
}

fn forge(name: &str, edit: impl FnOnce(String) -> String) -> Vec<String> {
    forge_run(&SampleRun::new(), name, edit)
}

fn forge_run(run: &SampleRun, name: &str, edit: impl FnOnce(String) -> String) -> Vec<String> {
    run.edit(name, edit);
    hash_anew(run);
    run.faults()
}

/// Rewrites one field of one line.
fn set<'a>(
    line: usize,
    column: &'a str,
    value: impl Fn(&str) -> String + 'a,
) -> impl FnOnce(String) -> String + 'a {
    move |text| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut cells: Vec<String> = lines[line - 1].split(',').map(str::to_owned).collect();
        let place = lines[0].split(',').position(|name| name == column).unwrap();
        cells[place] = value(&cells[place]);
        lines[line - 1] = cells.join(",");
        lines.join("\n") + "\n"
    }
}

/// Rewrites why the portfolio held, in code and words.
fn hold_for<'a>(line: usize, code: &'a str, words: &'a str) -> impl FnOnce(String) -> String + 'a {
    move |text| set(line, "reason", |_| words.into())(set(line, "reason_code", |_| code.into())(text))
}

fn without_line(line: usize) -> impl FnOnce(String) -> String {
    move |text| {
        let lines = text.lines().enumerate().filter(|(index, _)| index + 1 != line);
        lines.map(|(_, text)| format!("{text}\n")).collect()
    }
}

/// Returns the line of the first row that contains a text.
fn line_with(name: &str, part: &str) -> usize {
    let text = SampleRun::new().text(name);
    text.lines().position(|line| line.contains(part)).unwrap() + 1
}

#[test]
fn hashing_anew_changes_nothing_in_a_whole_run() {
    let run = SampleRun::new();
    let before = run.text("manifest.json");
    hash_anew(&run);
    assert_eq!(before, run.text("manifest.json"));
}

#[test]
fn a_warning_cannot_be_left_out_of_manifest_or_summary_alone() {
    let faults = forge("summary.json", |text| text.replace("\"CLI050\": 1", "\"CLI050\": 2"));
    assert!(faults[0].starts_with("RUN028 summary.json") && faults[0].ends_with("warnings"), "{faults:?}");
    let run = SampleRun::new();
    let mut manifest: Manifest = serde_json::from_str(&run.text("manifest.json")).unwrap();
    assert_eq!(manifest.warnings[0].file.as_deref(), Some("actions.csv"));
    manifest.warnings.clear();
    write_manifest(&run, &manifest);
    let faults = run.faults();
    assert!(faults[0].starts_with("RUN028 summary.json") && faults[0].ends_with("warnings"), "{faults:?}");
}

#[test]
fn rows_that_are_left_out_are_missed() {
    assert_eq!(forge("holdings.csv", without_line(40))[0], "RUN022 holdings.csv:40 asset");
    assert_eq!(forge("orders.csv", without_line(12))[0], "RUN026 transactions.csv:13");
    assert_eq!(forge("regime.csv", without_line(12))[0], "RUN021 regime.csv:12 as_of");
    assert_eq!(forge("index.csv", without_line(61))[0], "RUN021 index.csv:61");
    let faults = forge("decisions.csv", without_line(line_with("decisions.csv", ",below_count,")));
    assert!(
        faults.iter().all(|fault| fault.starts_with("RUN027") || fault.starts_with("RUN021")),
        "{faults:#?}"
    );
    let faults = forge("nav.csv", without_line(61));
    assert!(faults.iter().any(|fault| fault.starts_with("RUN021 holdings.csv")), "{faults:#?}");
    assert!(faults.iter().any(|fault| fault.starts_with("RUN021 regime.csv:61")), "{faults:#?}");
    assert!(faults.iter().any(|fault| fault.contains("summary.json:3 to")), "{faults:#?}");
}

#[test]
fn a_better_price_contradicts_other_rows() {
    let stale = line_with("holdings.csv", "2021-02-01,GONE,");
    let faults = forge("holdings.csv", set(stale, "price", |_| "999".into()));
    assert!(faults.contains(&format!("RUN024 holdings.csv:{stale} price")), "{faults:#?}");
    let faults = forge("holdings.csv", set(stale, "price_as_of", |_| "2021-02-02".into()));
    assert!(faults.contains(&format!("RUN024 holdings.csv:{stale} price_as_of")), "{faults:#?}");
}

#[test]
fn a_regime_cannot_begin_in_silence() {
    let faults = forge("regime.csv", set(30, "since", |_| "2021-01-02".into()));
    assert_eq!(faults[0], "RUN025 regime.csv:30 since");
    let other = |regime: &str| if regime == "bullish" { "bearish".into() } else { "bullish".into() };
    let faults = forge("nav.csv", set(30, "regime", other));
    assert_eq!(faults[0], "RUN025 regime.csv:30 regime");
}

#[test]
fn weights_sum_to_one() {
    let cash = line_with("decisions.csv", ",cash,");
    let faults = forge("decisions.csv", set(cash, "weight", |_| "0.5".into()));
    assert_eq!(faults, [format!("RUN027 decisions.csv:{cash} weight")]);
}

#[test]
fn an_order_that_nobody_decided_is_found() {
    let faults = forge("orders.csv", set(12, "decided_at", |_| "2021-01-02".into()));
    assert!(faults.contains(&"RUN026 orders.csv:12 asset".to_owned()), "{faults:#?}");
    assert!(faults.iter().any(|fault| fault.starts_with("RUN021 decisions.csv:")), "{faults:#?}");
}

#[test]
fn another_methodology_has_another_hash() {
    let run = SampleRun::new();
    let mut manifest: Manifest = serde_json::from_str(&run.text("manifest.json")).unwrap();
    manifest.methodology["costs"]["fee_bps"] = "0".into();
    write_manifest(&run, &manifest);
    assert_eq!(run.faults(), ["RUN016 manifest.json methodology_sha256"]);
}

#[test]
fn a_forged_log_needs_every_table_to_follow() {
    let run = SampleRun::new();
    let mut manifest: Manifest = serde_json::from_str(&run.text("manifest.json")).unwrap();
    manifest.log.transactions -= 1;
    write_manifest(&run, &manifest);
    let faults = run.faults();
    assert!(faults[0].starts_with("RUN018 transactions.csv:") && faults[0].ends_with("seq"), "{faults:#?}");
}

#[test]
fn outputs_are_the_runs_own_files() {
    let run = SampleRun::new();
    let mut manifest: Manifest = serde_json::from_str(&run.text("manifest.json")).unwrap();
    manifest.outputs[0].name = "../nav.csv".into();
    write_manifest(&run, &manifest);
    assert_eq!(run.faults(), ["RUN014 manifest.json outputs"]);
}

#[test]
fn an_order_of_keys_is_canonical() {
    let run = SampleRun::new();
    run.edit("manifest.json", |text| text.replacen("  \"format\": 3", "   \"format\": 3", 1));
    let faults = run.faults();
    assert_eq!(faults[1], "RUN014 manifest.json:2");
}

/// Every figure of the regime report follows from the tables, and of other runs' all that does not take a
/// replay.
#[test]
fn a_forged_figure_of_the_regime_report_is_found() {
    for (part, figure, key) in [
        ("", "flips", "flips"),
        ("\"bearish\": {", "worst_drawdown", "in_regime"),
        ("\"switch_costs\": {", "slippage", "switch_costs"),
        ("\"whipsaw\": {", "shorter_than_snapshots", "whipsaw"),
        ("\"spells\": [", "nav_return", "spells"),
        ("\"switches\": [", "fee", "switches"),
        ("\"rule\": {", "nav_multiple", "counterfactuals"),
        ("\"early\": {", "attainable", "counterfactuals"),
        ("\"late\": [", "flips", "counterfactuals"),
        ("\"random\": {", "distinct", "counterfactuals"),
        ("\"random\": {", "percentile_of_rule", "counterfactuals"),
    ] {
        let run = SampleRun::with_counterfactuals();
        assert!(run.verify().passed(), "{}", run.verify());
        run.edit("regime_report.json", |text| {
            let start = text.find(part).unwrap();
            let at = start + text[start..].find(&format!("\"{figure}\": ")).unwrap() + figure.len() + 4;
            let end = at + text[at..].find([',', '\n']).unwrap();
            let forged = match &text[at..end] {
                "false" => "true".to_owned(),
                number if number.starts_with('"') => "\"0.123\"".to_owned(),
                number => format!("{}", number.parse::<u64>().unwrap() + 1),
            };
            format!("{}{forged}{}", &text[..at], &text[end..])
        });
        hash_anew(&run);
        let faults = run.faults();
        assert!(
            faults.len() == 1
                && faults[0].starts_with("RUN070 regime_report.json:")
                && faults[0].ends_with(key),
            "{part} {figure}: {faults:#?}"
        );
    }
}

/// Each signal's score follows from its reading, the reading from what was observed, and the gauge from the
/// scores.
#[test]
fn a_forged_reading_or_vote_is_found() {
    let run = SampleRun::with_signals();
    assert!(run.verify().passed(), "{}", run.verify());
    let text = run.text("signals.csv");
    // The rows of a snapshot: the signal, the group, and the group's two.
    let first = text.lines().position(|line| line.starts_with("2021-01-10,trend,")).unwrap() + 1;
    let (trend, group, ether) = (first, first + 1, first + 2);
    assert!(text.lines().nth(group - 1).unwrap().contains(",levels,,any,1,,"), "{text}");
    for (line, column, value, fault) in [
        (trend, "signal", "tendency", "RUN021 signals.csv:L signal"),
        (ether, "group", "", "RUN021 signals.csv:L group"),
        (group, "combination", "all", "RUN021 signals.csv:L combination"),
        (trend, "weight", "2", "RUN023 signals.csv:L weight"),
        (trend, "reading", "0.5", "RUN023 signals.csv:L score"),
        (trend, "reading", "missing", "RUN020 signals.csv:L observed"),
        (trend, "observed", "1.5", "RUN023 signals.csv:L reading"),
        (trend, "benchmark", "1.5", "RUN023 signals.csv:L reading"),
        (ether, "benchmark", "1.5", "RUN023 signals.csv:L reading"),
        (trend, "score", "-0.5", "RUN023 signals.csv:L score"),
        (group, "score", "-0.5", "RUN023 signals.csv:L score"),
        (trend, "vote", "bearish", "RUN025 signals.csv:L vote"),
    ] {
        let run = SampleRun::with_signals();
        run.edit(
            "signals.csv",
            set(line, column, |found| {
                assert_ne!(found, value);
                value.to_owned()
            }),
        );
        hash_anew(&run);
        let (faults, fault) = (run.faults(), fault.replace('L', &line.to_string()));
        assert!(faults.contains(&fault), "{fault} is not among {faults:#?}");
    }
    let row = run.text("regime.csv").lines().position(|line| line.starts_with("2021-01-10,")).unwrap() + 1;
    for (column, value, fault) in [
        ("combination", "any", "combination"),
        ("gauge", "50", "gauge"),
        ("enter_above", "60", "enter_above"),
        ("exit_below", "10", "exit_below"),
        ("vote", "bearish", "vote"),
    ] {
        let run = SampleRun::with_signals();
        run.edit("regime.csv", set(row, column, |_| value.to_owned()));
        hash_anew(&run);
        let faults = run.faults();
        let found = |each: &String| each.ends_with(&format!("regime.csv:{row} {fault}"));
        assert!(faults.iter().any(found), "{fault} is not among {faults:#?}");
    }
    // A signal that is left out altogether.
    let run = SampleRun::with_signals();
    run.edit("signals.csv", without_line(ether));
    hash_anew(&run);
    assert!(
        run.faults().iter().any(|fault| fault == &format!("RUN021 regime.csv:{row} as_of")),
        "{:#?}",
        run.faults()
    );
}

/// What was earned follows from what was held, and every booking has its row.
#[test]
fn a_forged_yield_is_found() {
    let run = SampleRun::with_yields();
    assert!(run.verify().passed(), "{}", run.verify());
    let text = run.text("yields.csv");
    let line_of = |part: &str| text.lines().position(|line| line.contains(part)).unwrap() + 1;
    let (cash, asset) = (line_of(",,"), line_of(",USD-A,"));
    let forged = |line: usize, column: &str, value: &str| {
        let run = SampleRun::with_yields();
        run.edit("yields.csv", set(line, column, |_| value.to_owned()));
        hash_anew(&run);
        run.faults()
    };
    for (line, column, value, fault) in [
        (cash, "from", "2020-12-31", "from"),
        (cash, "held", "123", "held"),
        (asset, "held", "123", "held"),
        (cash, "annual_rate", "0.03", "annual_rate"),
        (asset, "annual_rate", "0.06", "annual_rate"),
        (asset, "accrued", "0.5", "accrued"),
        (asset, "booked", "0.25", "booked"),
    ] {
        let faults = forged(line, column, value);
        assert_eq!(faults[0], format!("RUN071 yields.csv:{line} {fault}"), "{faults:#?}");
    }
    // A booking without its row.
    let run = SampleRun::with_yields();
    run.edit("yields.csv", without_line(asset));
    hash_anew(&run);
    let faults = run.faults();
    assert!(faults.iter().any(|fault| fault.starts_with("RUN071 transactions.csv:")), "{faults:#?}");
}

#[test]
fn suspects_jump_from_an_earlier_price() {
    let row = "2021-01-05,BTC,3,1,2021-01-05,,\n";
    assert_eq!(forge("suspects.csv", |text| text + row), ["RUN024 suspects.csv:2 last_price_as_of"]);
    let row = "2021-01-05,BTC,3,1,2021-01-04,redenomination,\n";
    assert_eq!(forge("suspects.csv", |text| text + row), ["RUN019 suspects.csv:2 ratio"]);
}

/// A run whose supplies are held for a month at a time.
fn supplied() -> SampleRun {
    let supply = "schedule.supply={every='month',on='first day',if_missing='next_snapshot'}";
    let run = SampleRun::with(&[supply, "regime={rule='always_bullish'}", "selection.reserve=1"]);
    assert!(run.verify().passed(), "{}", run.verify());
    run
}

#[test]
fn supplies_are_constant_and_make_the_amounts() {
    let run = supplied();
    let text = run.text("supplies.csv");
    let line =
        text.lines().position(|line| line.starts_with("2021-01-11,2021-01-11,2021-01-01,ETH,")).unwrap() + 1;
    let faults =
        forge_run(&supplied(), "supplies.csv", set(line, "rank_amount", |amount| format!("{amount}9")));
    assert!(faults.contains(&format!("RUN090 supplies.csv:{line} rank_amount")), "{faults:#?}");
    assert!(faults.iter().any(|fault| fault.starts_with("RUN090 decisions.csv:")), "{faults:#?}");
    let faults =
        forge_run(&supplied(), "supplies.csv", set(line, "weigh_amount", |amount| format!("{amount}9")));
    assert!(faults.iter().any(|fault| fault.ends_with("raw_weight")), "{faults:#?}");
    let faults = forge_run(&supplied(), "supplies.csv", set(line, "supply_as_of", |_| "2021-01-10".into()));
    assert!(faults.contains(&format!("RUN090 supplies.csv:{line} supply_as_of")), "{faults:#?}");
    let faults = forge_run(&supplied(), "supplies.csv", set(line, "price", |_| "1".into()));
    assert!(faults.iter().any(|fault| fault.starts_with("RUN090 decisions.csv:")), "{faults:#?}");
    let faults = forge_run(&supplied(), "supplies.csv", without_line(line));
    assert!(faults.iter().any(|fault| fault.starts_with("RUN090 decisions.csv:")), "{faults:#?}");
}

#[test]
fn who_is_selected_follows_from_ranks_and_incumbents() {
    let buffered = || {
        let buffer = "selection.buffer={by='rank',enter=2,stay=4}";
        SampleRun::with(&[buffer, "regime={rule='always_bullish'}", "selection.count=2"])
    };
    let run = buffered();
    assert!(run.verify().passed(), "{}", run.verify());
    let text = run.text("decisions.csv");
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.contains(",below_count,")).unwrap();
    let reserve = |text: String| text.replacen(",below_count,", ",reserve,", 1);
    assert_eq!(
        forge_run(&run, "decisions.csv", reserve),
        [format!("RUN027 decisions.csv:{} verdict", at + 1)]
    );
}

#[test]
fn a_cross_that_nobody_made_is_found() {
    let cause = |text: String| text.replace(",schedule,bullish,", ",threshold_cross,bullish,");
    let faults = forge("decisions.csv", cause);
    assert!(
        faults.iter().any(|fault| fault.starts_with("RUN027 decisions.csv:") && fault.ends_with(" cause")),
        "{faults:#?}"
    );
}

const MANAGED: [&str; 2] = [
    "costs.management_fee={bps_per_year=200,days_per_year=365}",
    "trading.triggers={calendar=true,forced_exits=true,drift={absolute=0.2},turnover=0.5}",
];

/// Returns the line of the first row that contains a text, in a file of a run.
fn line_in(run: &SampleRun, name: &str, part: &str) -> usize {
    run.text(name).lines().position(|line| line.contains(part)).unwrap() + 1
}

#[test]
fn a_run_with_a_management_fee_is_whole() {
    let run = SampleRun::with(&MANAGED);
    let verification = run.verify();
    assert!(verification.passed(), "{verification}");
    assert!(run.text("transactions.csv").contains(",management_fee,"));
    assert!(run.text("summary.json").contains("\"management_fees\": \"2"), "{}", run.text("summary.json"));
}

#[test]
fn another_rate_than_that_of_the_fees_is_found() {
    let run = SampleRun::with(&MANAGED);
    let line = line_in(&run, "transactions.csv", ",management_fee,");
    let mut manifest: Manifest = serde_json::from_str(&run.text("manifest.json")).unwrap();
    manifest.methodology["costs"]["management_fee"]["bps_per_year"] = "100".into();
    let compact = serde_json::to_string(&manifest.methodology).unwrap();
    manifest.methodology_sha256 = hex(&Sha256::digest(compact.as_bytes()));
    write_manifest(&run, &manifest);
    let faults = run.faults();
    assert_eq!(faults[0], format!("RUN100 transactions.csv:{line} notional"));
}

#[test]
fn a_hold_has_the_reason_that_other_tables_allow() {
    let run = || SampleRun::with(&MANAGED);
    let line = line_in(&run(), "holds.csv", ",within_limits,");
    let fault = |column: &str| format!("RUN101 holds.csv:{line} {column}");
    let first = |edit: Box<dyn FnOnce(String) -> String>| forge_run(&run(), "holds.csv", edit)[0].clone();
    assert_eq!(first(Box::new(hold_for(line, "not_due", "no rebalance is due"))), fault("reason_code"));
    let beyond = line + 1;
    let drift = forge_run(&run(), "holds.csv", set(beyond, "measured", |_| "0.3".into()));
    assert_eq!(drift[0], format!("RUN101 holds.csv:{beyond} measured"));
    let allowed = forge_run(&run(), "holds.csv", set(beyond, "allowed", |_| "0.4".into()));
    assert_eq!(allowed[0], format!("RUN101 holds.csv:{beyond} allowed"));
    let missing = forge_run(&run(), "holds.csv", without_line(beyond + 1));
    assert_eq!(missing[0], fault("trigger"));
    let rebalanced = run().text("decisions.csv").lines().nth(1).unwrap()[..10].to_owned();
    let moved = first(Box::new(set(line, "as_of", move |_| rebalanced.clone())));
    assert!(moved.starts_with("RUN101") || moved.starts_with("RUN021"), "{moved}");
}

#[test]
fn a_snapshot_without_a_decision_or_a_hold_is_missed() {
    let line = line_with("holds.csv", ",not_due,");
    assert_eq!(forge("holds.csv", without_line(line)), ["RUN021 holds.csv"]);
    let faults = forge("holds.csv", hold_for(line, "orders_pending", "orders wait for their execution"));
    assert_eq!(faults, [format!("RUN101 holds.csv:{line} reason_code")]);
    let faults = forge(
        "holds.csv",
        hold_for(line, "not_followed", "\"the index was rebalanced, and its calendar is not followed\""),
    );
    assert_eq!(faults, [format!("RUN101 holds.csv:{line} reason_code")]);
}

#[test]
fn a_reason_whose_code_and_words_differ_is_found() {
    let line = line_with("holds.csv", ",not_due,");
    let faults = forge("holds.csv", set(line, "reason", |_| "nothing to do".into()));
    assert_eq!(faults[0], format!("RUN020 holds.csv:{line} reason"));
    let line = line_with("decisions.csv", ",not_in_target,");
    let faults = forge("decisions.csv", set(line, "reason_code", |_| "short_history".into()));
    assert_eq!(faults, [format!("RUN027 decisions.csv:{line} reason_code")]);
    let faults = forge("decisions.csv", set(line, "reason", |_| String::new()));
    assert_eq!(faults[0], format!("RUN019 decisions.csv:{line} reason"));
    let faults = forge("decisions.csv", set(line, "crossed", |_| "grade crossed 5: 6 after 4".into()));
    assert_eq!(faults, [format!("RUN027 decisions.csv:{line} crossed")]);
}
