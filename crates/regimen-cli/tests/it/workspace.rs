//! Where things are, and the built program.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// Returns a path of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap().join(path)
}

/// Returns a path in the folder of foreign data beside the repository. Tests that call it are ignored by
/// default.
pub(crate) fn shared(path: &str) -> PathBuf {
    let path = repository("../shared").join(path);
    assert!(path.exists(), "{} is not there", path.display());
    path
}

/// Returns the program, to be run in the repository.
pub(crate) fn regimen() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regimen"));
    command.current_dir(repository(""));
    command
}

/// Runs a backtest of the repository's definition `backtests/NAME` into `out`.
pub(crate) fn backtest(name: &str, snapshots: &Path, out: &Path, overrides: &[String]) {
    let mut command = regimen();
    command.arg("backtest").arg(repository(&format!("backtests/{name}/index.toml")));
    command.arg("--snapshots").arg(snapshots).arg("--out").arg(out);
    for each in overrides {
        command.arg("--set").arg(each);
    }
    command.assert().success();
}

/// A small synthetic market with a definition beside it, in a folder of its own.
pub(crate) struct Sample {
    pub(crate) folder: tempfile::TempDir,
}

impl Sample {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sample = Self { folder };
        std::fs::write(sample.path("index.toml"), DEFINITION).unwrap();
        let mut command = regimen();
        command.args(["synth", "--seed", "5", "--assets", "30", "--days", "120", "--plain", "--out"]);
        command.arg(sample.folder.path()).assert().success();
        sample
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the definition without the tables of a portfolio.
    pub(crate) fn write_index_alone(&self, name: &str) {
        let of_portfolio =
            |line: &&str| ["portfolio ", "costs ", "vanished "].iter().any(|key| line.starts_with(key));
        let kept: Vec<&str> = DEFINITION.lines().filter(|line| !of_portfolio(line)).collect();
        std::fs::write(self.path(name), kept.join("\n")).unwrap();
    }

    /// Returns the program, to be run in the sample's folder.
    pub(crate) fn regimen(&self, arguments: &str) -> Command {
        let mut command = regimen();
        command.current_dir(self.folder.path()).args(arguments.split_whitespace());
        command
    }
}

const DEFINITION: &str = r#"
name = "Sample"
currency = "USD"
snapshots = { path = "synthetic-market.csv", asset_list = "synthetic-assets.csv" }
index.base_level = 100
regime = { rule = "price_above_average", asset = "BTC", window_snapshots = 20, enter_above = 0.01, exit_below = -0.01, confirm_snapshots = 1, evaluate = "every_snapshot" }
defensive = { sleeve = [{ asset = "USD-A", weight = 0.6 }], peg_tolerance = 0.02 }
universe = { exclude_categories = ["stablecoin", "wrapped"], history_snapshots_min = 5 }
selection.count = 10
weighting.rule = "market_cap"
schedule = { every = "week", weekday = "monday", if_missing = "next_snapshot" }
portfolio = { initial_cash = 100000, lag_snapshots = 1, money_scale = 6, units_scale = 9 }
costs = { fee_bps = 10, slippage_bps = 5 }
vanished = { max_stale_days = 3, sell_while_stale = false, then = "write_off", recovery = 0 }
"#;
