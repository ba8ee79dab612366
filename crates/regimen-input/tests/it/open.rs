//! A definition is opened with all that it names, or refused with a code, a place and a remedy.

use std::path::{Path, PathBuf};

use regimen_input::{
    DefinitionSource, OPEN_CODES, OpenError, Opened, ReadDefinition, SnapshotInput, open, read_snapshots,
};
use regimen_types::{Diagnostics, Severity, SnapshotFormat};

/// A definition of a portfolio; tests append what they are about. The market has two assets and ten days.
const DEFINITION: &str = r#"
name = "Sample"
currency = "USD"
snapshots = { path = "market.csv", asset_list = "assets.csv" }
index.base_level = 100
regime.rule = "always_bullish"
universe = { exclude_categories = ["stablecoin"], history_snapshots_min = 1 }
schedule = { every = "week", weekday = "monday", if_missing = "skip" }
portfolio = { initial_cash = 1000, lag_snapshots = 1, money_scale = 2, units_scale = 8 }
vanished = { then = "sell_at_last_price", max_stale_days = 7, sell_while_stale = true }
"#;
pub(crate) const SELECTED: &str = "selection.count = 2\nweighting.rule = \"market_cap\"\n";
pub(crate) const COSTS: &str = "costs = { fee_bps = 10, slippage_bps = 5 }\n";
pub(crate) const SLEEVE: &str = "defensive = { sleeve = [] }\n";

/// A folder with a market and a definition.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn with(parts: &[&str]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let mut market = "date,asset,price,market_cap,volume\n".to_owned();
        for day in 1..=10 {
            for (asset, price) in [("bitcoin", 100 + day), ("tether", 1)] {
                market += &format!("2021-01-{day:02},{asset},{price},1000,10\n");
            }
        }
        folder.write("market.csv", &market);
        folder.write("assets.csv", "asset,category\nbitcoin,\ntether,stablecoin\n");
        folder.write("index.toml", &format!("{DEFINITION}{}", parts.concat()));
        folder
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn open(&self, overrides: &[&str]) -> Result<Opened, OpenError> {
        let overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
        open(DefinitionSource::File(&self.path("index.toml")), &overrides, None, &|_, _| {})
    }
}

fn only_code(findings: &Diagnostics) -> &'static str {
    assert_eq!(findings.items.len(), 1, "{findings}");
    findings.items[0].code
}

#[test]
fn all_that_a_definition_names_is_read_and_noted() {
    let folder = Folder::with(&[
        SLEEVE,
        SELECTED,
        COSTS,
        "corporate_actions.path = \"actions.csv\"\ncash_flows = { from = \"file\", path = \"flows.csv\" }\n",
    ]);
    folder.write("actions.csv", "as_of,asset,kind,ratio\n2021-01-05,bitcoin,redenomination,10\n");
    folder.write("flows.csv", "as_of,amount\n2021-01-04,12.5\n");
    let opened = folder.open(&["selection.count=1"]).unwrap();
    let roles: Vec<&str> = opened.inputs.iter().map(|input| input.role.as_str()).collect();
    assert_eq!(roles, ["definition", "snapshots", "asset_list", "corporate_actions", "cash_flows"]);
    let selection = opened.methodology.definition().selection.as_ref();
    assert_eq!(selection.and_then(|selection| selection.count), Some(1));
    assert_eq!(opened.methodology.cash_flows().len(), 1);
    assert_eq!(opened.history.snapshot_count(), 10);
    assert!(opened.warnings.items.is_empty(), "{}", opened.warnings);
}

#[test]
fn a_text_with_snapshots_read_elsewhere_opens_like_the_file() {
    let folder = Folder::with(&[SLEEVE, SELECTED, COSTS]);
    let from_file = folder.open(&[]).unwrap();
    let text = std::fs::read_to_string(folder.path("index.toml")).unwrap();
    let source = DefinitionSource::Text { text: &text, folder: folder.0.path() };
    let read = ReadDefinition::read(source, &[]).unwrap();
    let SnapshotInput { history, files, warnings } =
        read_snapshots(&folder.path("market.csv"), &SnapshotFormat::default(), &|_, _| {}).unwrap();
    let from_text = read.with_snapshots(SnapshotInput { history, files, warnings }).unwrap();
    assert_eq!(from_file.methodology, from_text.methodology);
    assert!(from_file.history.columns() == from_text.history.columns());
    let hashes = |opened: &Opened| opened.inputs.iter().map(|input| input.sha256.clone()).collect::<Vec<_>>();
    assert_eq!(hashes(&from_file), hashes(&from_text));
}

#[test]
fn progress_ends_at_the_total() {
    let folder = Folder::with(&[SLEEVE, SELECTED, COSTS]);
    let seen = std::sync::Mutex::new(Vec::new());
    let progress = |done, total| seen.lock().unwrap().push((done, total));
    open(DefinitionSource::File(&folder.path("index.toml")), &[], None, &progress).unwrap();
    let seen = seen.into_inner().unwrap();
    let size = std::fs::metadata(folder.path("market.csv")).unwrap().len();
    assert_eq!(seen.last(), Some(&(size, size)));
}

#[test]
fn an_action_that_changes_nothing_is_a_warning() {
    let folder = Folder::with(&[SLEEVE, SELECTED, COSTS, "corporate_actions.path = \"actions.csv\"\n"]);
    folder.write("actions.csv", "as_of,asset,kind,ratio\n2021-01-05,dogecoin,redenomination,10\n");
    let warnings = folder.open(&[]).unwrap().warnings;
    assert_eq!((only_code(&warnings), warnings.items[0].severity), ("CLI050", Severity::Warning));
    assert_eq!(warnings.items[0].file, "actions.csv");
}

#[test]
fn an_action_that_waits_says_for_what() {
    let folder = Folder::with(&[SLEEVE, SELECTED, COSTS, "corporate_actions.path = \"actions.csv\"\n"]);
    folder.write(
        "actions.csv",
        "as_of,asset,kind,ratio,new_asset\n2021-01-05,bitcoin,airdrop,0.1,first\n\
         2021-01-06,first,ticker_change,1,second\n2021-01-07,nobody,delisting,0,\n",
    );
    let warnings = folder.open(&[]).unwrap().warnings;
    let messages: Vec<&str> = warnings.items.iter().map(|each| each.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "the airdrop of bitcoin at 2021-01-05 never comes into force: it waits for a price of first from 2021-01-05 on",
            "the ticker_change of first at 2021-01-06 never comes into force: it waits for the airdrop of bitcoin at \
             2021-01-05, which brings first in",
            "the delisting of nobody at 2021-01-07 never comes into force: it waits for a row of nobody",
        ]
    );
}

#[test]
fn each_code_is_provoked() {
    let signals = |reads: &str| {
        format!(
            "[regime]\nrule = \"signals\"\ncombine = \"all\"\nenter_above = 0\nexit_below = 0\nconfirm_snapshots = 1\n\
             min_dwell_days = 0\nevaluate = \"every_snapshot\"\n\
             signals = [{{ name = \"mood\", reads = {reads}, neutral = 0, full = 1 }}]\n"
        )
    };
    let mut provoked = vec!["CLI050"];
    let mut refuse = |folder: &Folder, expected: &'static str| {
        let error = folder.open(&[]).map(|_| ()).expect_err(expected);
        let findings = error.diagnostics();
        assert_eq!(only_code(&findings), expected, "{findings}");
        assert_eq!(error.to_string(), findings.to_string());
        assert!(!findings.items[0].help.is_empty());
        provoked.push(expected);
    };

    let unreadable = Folder::with(&[]);
    std::fs::write(unreadable.path("index.toml"), b"name = \"\xff\"").unwrap();
    refuse(&unreadable, "CLI001");
    std::fs::remove_file(unreadable.path("index.toml")).unwrap();
    refuse(&unreadable, "CLI001");

    let nowhere = Folder::with(&[SLEEVE, SELECTED, COSTS]);
    let text = std::fs::read_to_string(nowhere.path("index.toml")).unwrap();
    nowhere.write("index.toml", &text.replace("path = \"market.csv\", ", ""));
    refuse(&nowhere, "CLI002");

    let sleeve = "defensive = { sleeve = [{ asset = \"teter\", weight = 1 }], peg_tolerance = 0.02 }\n";
    refuse(&Folder::with(&[sleeve, SELECTED, COSTS]), "CLI004");

    let weights = Folder::with(&[SLEEVE, COSTS, "weighting = { rule = \"file\", path = \"weights.csv\" }\n"]);
    weights.write("weights.csv", "date,asset,weight\n2021-01-04,bitcoin,1.5\n");
    let text = std::fs::read_to_string(weights.path("index.toml")).unwrap();
    weights.write("index.toml", &text.replace("universe = ", "# universe = "));
    refuse(&weights, "CLI011");

    let own = Folder::with(&[SLEEVE, SELECTED, COSTS, &signals("{ signal = \"own\" }")]);
    let text = std::fs::read_to_string(own.path("index.toml")).unwrap();
    own.write("index.toml", &text.replace("regime.rule = \"always_bullish\"\n", ""));
    refuse(&own, "CLI020");

    let yields = "defensive = { sleeve = [{ asset = \"tether\", weight = 1 }], peg_tolerance = 0.02, \
                  yields = { from = \"file\", path = \"rates.csv\" } }\n";
    let rates = Folder::with(&[yields, SELECTED, COSTS]);
    rates.write("rates.csv", "as_of,asset,rate\n2021-01-04,bitcoin,0.04\n");
    refuse(&rates, "CLI025");

    let gas = Folder::with(&[
        SLEEVE,
        SELECTED,
        "costs = { fee_bps = 10, slippage_bps = 5, gas = { default_chain = \"ethereum\", \
         series = { path = \"gas.csv\", max_stale_days = 7 } } }\n",
    ]);
    gas.write("gas.csv", "as_of,chain,per_trade\n2021-01-04,solana,0.01\n");
    refuse(&gas, "CLI042");

    let flows =
        Folder::with(&[SLEEVE, SELECTED, COSTS, "cash_flows = { from = \"file\", path = \"flows.csv\" }\n"]);
    flows.write("flows.csv", "as_of,amount\n2021-01-04,12.505\n");
    refuse(&flows, "CLI051");

    provoked.extend(crate::effect::codes());
    provoked.sort_unstable();
    provoked.dedup();
    assert_eq!(provoked, OPEN_CODES.iter().map(|entry| entry.code).collect::<Vec<_>>());
}

#[test]
fn findings_of_definition_and_snapshots_keep_their_codes() {
    let folder = Folder::with(&[SLEEVE, SELECTED, COSTS]);
    folder.write("market.csv", "date,asset,price,market_cap,volume\n2021-01-01,bitcoin,x,1,1\n");
    let error = folder.open(&[]).map(|_| ()).unwrap_err();
    assert_eq!(only_code(&error.diagnostics()), "SNAP019");
    let error = folder.open(&["selection.cuont=3"]).map(|_| ()).unwrap_err();
    assert!(error.diagnostics().items.iter().all(|item| item.code.starts_with("DEF")), "{error}");
    let missing = open(DefinitionSource::File(Path::new("nowhere.toml")), &[], None, &|_, _| {});
    assert!(matches!(missing, Err(OpenError::UnreadableDefinition { .. })));
}
