//! The peers' job: weekly top 100 by market cap while BTC is above its 200-day average, else cash; executed
//! at the same close, 15 bps. Compared with the results of independent tools, and with floats computed here
//! from the job's specification.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regimen_types::AsOf;

use crate::table::{Table, bisect, number, relative_distance};
use crate::workspace::{backtest, regimen, shared};

const WINDOW: usize = 200;
const COUNT: usize = 100;
const COST: f64 = 0.0015;
const CASH: f64 = 1_000_000.0;

/// The largest difference in a trade's value that the last digit of a double explains, as a fraction of the
/// initial cash. A small trade is the difference of two large positions.
const LAST_DIGIT: f64 = 1e-15;

/// What a run says: NAV by date, and quantities and prices by date, asset and side.
#[derive(Default)]
struct Run {
    nav: Vec<(String, f64)>,
    trades: BTreeMap<(String, String, String), (f64, f64)>,
}

impl Run {
    fn of_engine(market: &Path) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("run");
        backtest("peer-parity", market, &folder, &[]);
        regimen().arg("verify").arg(&folder).assert().success();
        let mut run = Self::default();
        for [date, nav] in Table::read(&folder.join("nav.csv")).columns(["as_of", "nav"]) {
            run.nav.push((date.to_owned(), number(nav)));
        }
        let columns = ["as_of", "kind", "asset", "side", "units", "price"];
        for [date, kind, asset, side, units, price] in
            Table::read(&folder.join("transactions.csv")).columns(columns)
        {
            if kind != "deposit" {
                run.trade(date, asset, side, number(units), number(price));
            }
        }
        run
    }

    fn trade(&mut self, date: &str, asset: &str, side: &str, quantity: f64, price: f64) {
        let key = (date.to_owned(), asset.to_owned(), side.to_owned());
        assert!(self.trades.insert(key, (quantity, price)).is_none(), "{asset} trades twice on {date}");
    }

    /// Compares each day's NAV and each trade.
    #[track_caller]
    fn assert_close(&self, expected: &Self, nav_tolerance: f64) {
        assert_eq!(self.nav.len(), expected.nav.len());
        let mut nav_distance: f64 = 0.0;
        for ((date, nav), (expected_date, expected_nav)) in self.nav.iter().zip(&expected.nav) {
            assert_eq!(date, expected_date);
            nav_distance = nav_distance.max(relative_distance(*nav, *expected_nav));
        }
        assert!(self.trades.keys().eq(expected.trades.keys()), "{}", self.first_other_trade(expected));
        let quantity_distance = self.quantity_distance(expected);
        println!(
            "{} days, NAV within {nav_distance:.1e}; {} trades, quantities within {quantity_distance:.1e}",
            self.nav.len(),
            self.trades.len()
        );
        assert!(nav_distance <= nav_tolerance, "NAV differs by {nav_distance:e}");
        assert!(quantity_distance <= 1e-9, "a quantity differs by {quantity_distance:e}");
    }

    /// Returns the largest relative difference of quantities, ignoring what the last digit of a double
    /// explains.
    fn quantity_distance(&self, expected: &Self) -> f64 {
        let trades = self.trades.values().zip(expected.trades.values());
        let differing = trades.filter(|((quantity, _), (expected, price))| {
            (quantity - expected).abs() * price > LAST_DIGIT * CASH
        });
        differing
            .map(|((quantity, _), (expected, _))| relative_distance(*quantity, *expected))
            .fold(0.0, f64::max)
    }

    fn first_other_trade(&self, expected: &Self) -> String {
        let missing = expected.trades.keys().find(|trade| !self.trades.contains_key(*trade));
        let surplus = self.trades.keys().find(|trade| !expected.trades.contains_key(*trade));
        format!("missing: {missing:?}, surplus: {surplus:?}")
    }
}

/// The job in floats, from the specification alone.
#[derive(Default)]
struct Reference {
    cash: f64,
    units: BTreeMap<String, f64>,
    last_price: BTreeMap<String, f64>,
    leader: Vec<f64>,
    run: Run,
}

impl Reference {
    fn of(market: &Path) -> Run {
        let table = Table::read(market);
        let mut reference = Self { cash: CASH, ..Self::default() };
        let mut day: Vec<(&str, f64, f64)> = Vec::new();
        let mut date = "";
        for [as_of, asset, price, cap] in table.columns(["date", "asset", "price", "market_cap"]) {
            if as_of != date && !day.is_empty() {
                reference.close(date, &day);
                day.clear();
            }
            date = as_of;
            day.push((asset, number(price), number(cap)));
        }
        reference.close(date, &day);
        reference.run
    }

    fn close(&mut self, date: &str, day: &[(&str, f64, f64)]) {
        for (asset, price, _) in day {
            self.last_price.insert((*asset).to_owned(), *price);
            if *asset == "BTC" {
                self.leader.push(*price);
            }
        }
        if date.parse::<AsOf>().unwrap().weekday().num_days_from_monday() == 0 {
            let weights = if self.is_bullish() { weights(day) } else { BTreeMap::new() };
            self.rebalance(date, &weights);
        }
        self.run.nav.push((date.to_owned(), self.value()));
    }

    fn is_bullish(&self) -> bool {
        let Some(first) = self.leader.len().checked_sub(WINDOW) else { return false };
        let mean = self.leader[first..].iter().sum::<f64>() / 200.0;
        self.leader[self.leader.len() - 1] > mean
    }

    fn value(&self) -> f64 {
        self.cash + self.units.iter().map(|(asset, units)| units * self.last_price[asset]).sum::<f64>()
    }

    /// Solves V' = V − cost × Σ|w V' − q p| and trades to it.
    fn rebalance(&mut self, date: &str, weights: &BTreeMap<String, f64>) {
        let value = self.value();
        let held = |asset: &String| self.units.get(asset).copied().unwrap_or(0.0);
        let assets: BTreeSet<String> = self.units.keys().chain(weights.keys()).cloned().collect();
        let traded = |after: f64| {
            let gap =
                |asset| weights.get(asset).unwrap_or(&0.0) * after - held(asset) * self.last_price[asset];
            assets.iter().map(|asset| gap(asset).abs()).sum::<f64>()
        };
        let after = bisect(value, |after| COST * traded(after));
        let mut units = BTreeMap::new();
        for asset in &assets {
            let target = weights.get(asset).unwrap_or(&0.0) * after / self.last_price[asset];
            let change = target - held(asset);
            if change != 0.0 {
                let side = if change > 0.0 { "buy" } else { "sell" };
                self.run.trade(date, asset, side, change.abs(), self.last_price[asset]);
            }
            if target > 0.0 {
                units.insert(asset.clone(), target);
            }
        }
        self.units = units;
        self.cash = if weights.is_empty() { after } else { 0.0 };
    }
}

fn weights(day: &[(&str, f64, f64)]) -> BTreeMap<String, f64> {
    let mut ranked = day.to_vec();
    ranked.sort_by(|left, right| right.2.total_cmp(&left.2));
    ranked.truncate(COUNT);
    let total: f64 = ranked.iter().map(|each| each.2).sum();
    ranked.iter().map(|(asset, _, cap)| ((*asset).to_owned(), cap / total)).collect()
}

#[test]
#[ignore = "needs ../shared"]
fn the_engine_does_what_independent_tools_did() {
    let oracle = shared("oracles/peer-job");
    let mut expected = Run::default();
    for [date, nav] in Table::read(&oracle.join("nav.csv")).columns(["date", "nav"]) {
        expected.nav.push((date.to_owned(), number(nav)));
    }
    let columns = ["date", "asset", "side", "quantity", "price"];
    for [date, asset, side, quantity, price] in Table::read(&oracle.join("trades.csv.gz")).columns(columns) {
        expected.trade(date, asset, side, number(quantity), number(price));
    }
    Run::of_engine(&oracle.join("market.csv.gz")).assert_close(&expected, 1e-12);
    Reference::of(&oracle.join("market.csv.gz")).assert_close(&expected, 1e-12);
}

#[test]
fn the_engine_does_what_the_specification_says_on_other_markets() {
    for seed in ["101", "102", "103"] {
        let temporary = tempfile::tempdir().unwrap();
        let market = temporary.path().join("synthetic-market.csv");
        let mut command = regimen();
        command.args(["synth", "--clean", "--plain", "--assets", "150", "--days", "500"]);
        command.args(["--first-day", "2019-03-05", "--seed", seed]).arg("--out").arg(temporary.path());
        command.assert().success();
        let engine = Run::of_engine(&market);
        assert!(engine.trades.len() > 1_000, "{} trades are too few to say much", engine.trades.len());
        engine.assert_close(&Reference::of(&market), 1e-12);
    }
}
