//! A small run with everything in it: both regimes, a sleeve off its peg, an asset that vanishes, cash
//! beside.

use std::path::{Path, PathBuf};

use regimen::{Inputs, Methodology, parse_definition};
use regimen_analytics::{RandomRegimes, counterfactuals};
use regimen_replay::{Period, RunError, replay};
use regimen_run::{RunDescription, RunFolderError, RunWriter, Verification};
use regimen_types::{AsOf, AssetInfo, Diagnostic, History, InputEntry, RowInput};
use rust_decimal::Decimal;

const DEFINITION: &str = r#"
name = "Sample 3"
currency = "USD"
snapshots.asset_list = "assets.csv"
index.base_level = "100"
regime = { rule = "price_above_average", asset = "BTC", window_snapshots = 4, enter_above = "0.01", exit_below = "-0.01", confirm_snapshots = 1, evaluate = "every_snapshot" }
defensive = { sleeve = [{ asset = "USD-A", weight = "0.5" }, { asset = "USD-B", weight = "0.25" }], peg_tolerance = "0.02" }
universe = { exclude_categories = ["stablecoin"], history_snapshots_min = 3 }
selection.count = 3
weighting.rule = "market_cap"
schedule = { every = "week", weekday = "monday", if_missing = "next_snapshot" }
portfolio = { initial_cash = "100000", lag_snapshots = 1, money_scale = 4, units_scale = 6 }
costs = { fee_bps = "10", slippage_bps = "5" }
vanished = { max_stale_days = 3, sell_while_stale = false, then = "write_off", recovery = "0.1" }
"#;

/// The snapshots of the sample market.
pub(crate) const DAYS: u32 = 60;

pub(crate) fn methodology(lag_snapshots: u32) -> Methodology {
    let lag = format!("portfolio.lag_snapshots={lag_snapshots}");
    Methodology::new(parse_definition("index.toml", DEFINITION, &[lag]).unwrap(), Inputs::none()).unwrap()
}

pub(crate) fn day(number: u32) -> AsOf {
    AsOf::from_unix_millis(1_609_459_200_000 + i64::from(number) * 86_400_000).unwrap()
}

/// Prices rise and fall in a triangle, so that the regime changes several times.
pub(crate) fn history() -> History {
    let mut builder = History::builder();
    for number in 0..DAYS {
        builder = builder.snapshot(day(number), rows(number));
    }
    for asset in ["USD-A", "USD-B"] {
        let info = AssetInfo { category: "stablecoin".parse().ok(), ..AssetInfo::default() };
        builder = builder.asset(asset.parse().unwrap(), info);
    }
    builder.build().unwrap()
}

fn rows(number: u32) -> Vec<RowInput> {
    let wave = i64::from(12 - (number % 24).abs_diff(12));
    let row = |asset: &str, price: Decimal, supply: i64| {
        let cap = price * Decimal::from(supply);
        RowInput::new(
            asset.parse().unwrap(),
            price.to_string().parse().unwrap(),
            cap.to_string().parse().unwrap(),
        )
    };
    let mut rows = vec![
        row("BTC", Decimal::new(1_000_000 + wave * 70_013, 2), 1_000),
        row("ETH", Decimal::new(500_000 + wave * 31_117, 3), 9_000),
        row("LTC", Decimal::new(700_001 + wave * wave * 777, 4), 20_000),
        row("ADA", Decimal::new(1_234_567 + wave * 3_333, 6), 900_000),
        row("USD-A", Decimal::new(10_000 + wave % 3, 4), 1_000_000),
        row("USD-B", Decimal::new(if number > 40 { 9_000 } else { 9_999 }, 4), 1_000_000),
    ];
    // Large enough to be selected, and gone in the midst of a bullish regime.
    if number < 30 {
        rows.push(row("GONE", Decimal::new(3_000 + wave * 11, 2), 500_000));
    }
    rows
}

/// Writes the sample run to `folder`.
pub(crate) fn write_run(folder: &Path, lag_snapshots: u32) {
    write_run_with(folder, &methodology(lag_snapshots), None);
}

fn write_run_with(folder: &Path, methodology: &Methodology, random: Option<RandomRegimes>) {
    let inputs = vec![InputEntry {
        role: "definition".into(),
        name: "index.toml".into(),
        bytes: DEFINITION.len() as u64,
        sha256: "00".repeat(32),
    }];
    let description = RunDescription { methodology, period: Period::default(), inputs };
    let mut writer = RunWriter::create(folder, description).unwrap();
    writer.warn([&Diagnostic::warning("CLI050", "../actions.csv", "the fork of ETH waits", "wait")]);
    let history = history();
    writer.write_suspects(&history.price_jumps(2)).unwrap();
    let finished: Result<_, RunError<RunFolderError>> =
        replay(methodology, &history, Period::default(), &mut writer);
    finished.unwrap();
    if let Some(random) = random {
        let given = writer.regimes();
        let made = counterfactuals(methodology, &history, Period::default(), &given, random, &|| ());
        writer.add_counterfactuals(made.unwrap());
    }
    writer.finish().unwrap();
}

/// The sample run in a folder that is removed at the end of the test.
pub(crate) struct SampleRun {
    folder: tempfile::TempDir,
}

impl SampleRun {
    pub(crate) fn new() -> Self {
        Self::with_lag(1)
    }

    pub(crate) fn with_lag(lag_snapshots: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_run(&folder.path().join("run"), lag_snapshots);
        Self { folder }
    }

    /// The sample run beside the same run under other regimes.
    pub(crate) fn with_counterfactuals() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let random = RandomRegimes { runs: 5, seed: 7 };
        write_run_with(&folder.path().join("run"), &methodology(1), Some(random));
        Self { folder }
    }

    /// The sample run under a rule of a signal and a group of two.
    pub(crate) fn with_signals() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let level = |name: &str, asset: &str, neutral: u32| {
            format!(
                "{{name='{name}',neutral={neutral},full={},reads={{signal='level',of={{series='asset',asset='{asset}'}}}}}}",
                2 * neutral
            )
        };
        let trend = "{name='trend',neutral=0,full=0.1,reads={signal='against_average',\
of={series='asset',asset='BTC'},average={kind='simple',window_snapshots=4}}}";
        let (ether, litecoin) = (level("ether", "ETH", 590), level("litecoin", "LTC", 72));
        let rule = format!(
            "regime={{rule='signals',combine='majority',enter_above=0.05,exit_below='-0.05',confirm_snapshots=1,\
min_dwell_days=2,evaluate='every_snapshot',signals=[{trend}],groups=[{{name='levels',combine='any',\
signals=[{ether},{litecoin}]}}]}}"
        );
        let methodology =
            Methodology::new(parse_definition("index.toml", DEFINITION, &[rule]).unwrap(), Inputs::none())
                .unwrap();
        write_run_with(&folder.path().join("run"), &methodology, None);
        Self { folder }
    }

    /// The sample run with cash and an asset of the sleeve that earn.
    pub(crate) fn with_yields() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let yields = "defensive.yields={from='constant',cash=0.02,assets=[{asset='USD-A',annual_rate=0.05}]}"
            .to_owned();
        let methodology =
            Methodology::new(parse_definition("index.toml", DEFINITION, &[yields]).unwrap(), Inputs::none())
                .unwrap();
        write_run_with(&folder.path().join("run"), &methodology, None);
        Self { folder }
    }

    /// The sample run by a definition with further overrides.
    pub(crate) fn with(overrides: &[&str]) -> Self {
        let overrides: Vec<String> = overrides.iter().map(|each| (*each).to_owned()).collect();
        let methodology =
            Methodology::new(parse_definition("index.toml", DEFINITION, &overrides).unwrap(), Inputs::none())
                .unwrap();
        let folder = tempfile::tempdir().unwrap();
        write_run_with(&folder.path().join("run"), &methodology, None);
        Self { folder }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    /// Replaces a file's text by what `edit` makes of it.
    pub(crate) fn edit(&self, name: &str, edit: impl FnOnce(String) -> String) {
        let text = self.text(name);
        let edited = edit(text.clone());
        assert_ne!(text, edited, "the edit changes nothing");
        std::fs::write(self.file(name), edited).unwrap();
    }

    pub(crate) fn verify(&self) -> Verification {
        regimen_run::verify(&self.path())
    }

    /// Verifies and returns what is wrong: code, file, line and column.
    pub(crate) fn faults(&self) -> Vec<String> {
        let verification = self.verify();
        assert!(!verification.passed(), "nothing is wrong");
        verification.faults.items.iter().map(|item| self.place(item)).collect()
    }

    fn place(&self, item: &Diagnostic) -> String {
        let file = Path::new(&item.file).strip_prefix(self.path()).unwrap().display().to_string();
        let line = item.line.map_or_else(String::new, |line| format!(":{line}"));
        let column = item.column.as_ref().map_or_else(String::new, |column| format!(" {column}"));
        format!("{} {file}{line}{column}", item.code)
    }
}
