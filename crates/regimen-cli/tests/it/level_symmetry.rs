//! No level, of the index alone or in a backtest, depends on the order of rows, the names of assets, the unit
//! of caps, or the division of a market into files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::table::Table;
use crate::workspace::{Sample, regimen};

/// The rows of a market by day: asset, price, market cap, volume.
type Market = BTreeMap<String, Vec<[String; 4]>>;

const HEADER: &str = "date,asset,price,market_cap,volume\n";

fn market(seed: u64) -> (tempfile::TempDir, Market) {
    let folder = tempfile::tempdir().unwrap();
    let mut synth = regimen();
    synth.args(["synth", "--assets", "24", "--days", "120", "--plain", "--seed"]);
    synth.arg(seed.to_string()).arg("--out").arg(folder.path()).assert().success();
    let mut market = Market::new();
    let text = fs::read_to_string(folder.path().join("synthetic-market.csv")).unwrap();
    for line in text.lines().skip(1) {
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let row = [1, 2, 3, 4].map(|cell| cells[cell].clone());
        market.entry(cells[0].clone()).or_default().push(row);
    }
    (folder, market)
}

fn rows(day: &str, rows: &[[String; 4]]) -> String {
    rows.iter().map(|row| format!("{day},{}\n", row.join(","))).collect()
}

fn write(market: &Market, path: &Path) {
    let days = market.iter().map(|(day, of_day)| rows(day, of_day));
    fs::write(path, HEADER.to_owned() + &days.collect::<String>()).unwrap();
}

/// Orders the rows of each day by a hash of key and asset.
fn permuted(market: &Market, key: u64) -> Market {
    let hash = |asset: &str| {
        let mix =
            |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        asset.bytes().fold(key, mix)
    };
    let mut market = market.clone();
    market.values_mut().for_each(|rows| rows.sort_by_key(|row| hash(&row[0])));
    market
}

fn changed(market: &Market, change: impl Fn(&mut [String; 4])) -> Market {
    let mut market = market.clone();
    market.values_mut().flatten().for_each(change);
    market
}

/// Definitions for each kind of weighting, with screens, buffers, supplies and events between
/// reconstitutions.
const DEFINITIONS: [&str; 4] = [
    r#"selection = { count = 8, reserve = 2, buffer = { by = "rank", enter = 6, stay = 10 } }
weighting = { rule = "market_cap" }
limits = { cap = 0.3, floor = 0.02, if_infeasible = "equal_weights" }
index = { base_level = 1000, deletion = { max_stale_days = 1, recovery = 0.5, then = "next_ranked" } }
schedule = { every = "week", weekday = "monday", if_missing = "previous_snapshot" }
universe = { screens = [{ rule = "min_share", enter = 0.001 }] }"#,
    r#"selection = { coverage = 0.9, reserve = 1 }
weighting = { rule = "square_root", of = { measure = "mean_market_cap", over = { unit = "days", count = 10 } } }
index = { base_level = 100, base_date = "2021-01-20", deletion = { max_stale_days = 0, recovery = 1, then = "redistribute" } }
schedule = { every = "month", on = "day 15", if_missing = "next_snapshot", effective_after_days = 2, rebalance = { every = "snapshots", count = 9 } }
universe = { screens = [{ rule = "none_missing", columns = ["price", "volume"], over = { unit = "snapshots", count = 3 } }] }"#,
    r#"selection = { all = true }
weighting = { rule = "power", exponent = 0.75 }
index = { base_level = 1000, deletion = { max_stale_days = 2, recovery = 0, then = "hold_cash" } }
schedule = { every = "snapshots", count = 6, supply = { every = "month", on = "first day", if_missing = "previous_snapshot" } }
universe = { screens = [{ rule = "min_volume_quantile", statistic = "median", over = { unit = "days", count = 7 }, unknown = "zero", quantile = 0.4, quantile_type = "type_7" }] }"#,
    r#"selection = { count = 5 }
weighting = { rule = "inverse_volatility", over = { unit = "snapshots", count = 8 } }
index = { base_level = 1000 }
schedule = { every = "week", weekday = "friday", if_missing = "skip" }
universe = { history_snapshots_min = 9 }"#,
];

const OF_ALL: &str = r#"
name = "Symmetry"
currency = "USD"
regime = { rule = "always_bullish" }
defensive = { sleeve = [] }
portfolio = { initial_cash = 100000, lag_snapshots = 1, money_scale = 6, units_scale = 9 }
costs = { fee_bps = 10, slippage_bps = 5 }
vanished = { max_stale_days = 3, sell_while_stale = false, then = "write_off", recovery = 0 }
"#;

/// Levels, and the NAV of a backtest, by the market at `path`.
fn figures(folder: &Path, market: &str) -> (Vec<[String; 3]>, Vec<[String; 2]>) {
    let in_folder = |arguments: &str| {
        let mut command = regimen();
        command.current_dir(folder).args(arguments.split_whitespace()).assert().success();
    };
    in_folder(&format!("level index.toml --snapshots {market} --out level.csv"));
    in_folder(&format!("backtest index.toml --snapshots {market} --out run"));
    let (levels, nav) = (Table::read(&folder.join("level.csv")), Table::read(&folder.join("run/nav.csv")));
    let levels =
        levels.columns(["as_of", "level", "constituents"]).map(|row| row.map(str::to_owned)).collect();
    let nav = nav.columns(["as_of", "nav"]).map(|row| row.map(str::to_owned)).collect();
    (levels, nav)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn what_is_no_information_changes_no_level_and_no_nav(
        seed in 0_u64..1_000, key in any::<u64>(), power in 1_u32..9, definition in prop::sample::select(&DEFINITIONS[..]),
    ) {
        let (folder, market) = market(seed);
        let path = |name: &str| folder.path().join(name);
        fs::write(path("index.toml"), format!("{definition}\n{OF_ALL}")).unwrap();
        write(&market, &path("plain.csv"));
        let expected = figures(folder.path(), "plain.csv");

        write(&permuted(&market, key), &path("permuted.csv"));
        prop_assert_eq!(&figures(folder.path(), "permuted.csv"), &expected, "permuted rows");

        // The new names sort as the old ones did: where remainders are equal, the last digit goes by name.
        write(&changed(&market, |row| row[0] = format!("the {}", row[0])), &path("renamed.csv"));
        prop_assert_eq!(&figures(folder.path(), "renamed.csv"), &expected, "renamed assets");

        let unit = Decimal::from(10_u64.pow(power));
        let scaled = |row: &mut [String; 4]| {
            if let Ok(cap) = row[2].parse::<Decimal>() {
                row[2] = (cap * unit).normalize().to_string();
            }
        };
        write(&changed(&market, scaled), &path("scaled.csv"));
        prop_assert_eq!(&figures(folder.path(), "scaled.csv"), &expected, "caps in another unit");

        fs::create_dir(path("days")).unwrap();
        for (day, of_day) in &permuted(&market, key) {
            fs::write(path(&format!("days/{day}.csv")), HEADER.to_owned() + &rows(day, of_day)).unwrap();
        }
        prop_assert_eq!(&figures(folder.path(), "days"), &expected, "one file a day");
    }
}

#[test]
fn a_market_without_its_largest_asset_is_another() {
    // The comparison above would notice a difference.
    let sample = Sample::new();
    sample.regimen("level index.toml --out whole.csv").assert().success();
    let text = fs::read_to_string(sample.path("synthetic-market.csv")).unwrap();
    let kept: String =
        text.lines().filter(|line| !line.contains(",A0001,")).map(|line| format!("{line}\n")).collect();
    fs::write(sample.path("without.csv"), kept).unwrap();
    sample.regimen("level index.toml --snapshots without.csv --out without-level.csv").assert().success();
    assert_ne!(
        fs::read(sample.path("whole.csv")).unwrap(),
        fs::read(sample.path("without-level.csv")).unwrap()
    );
}
