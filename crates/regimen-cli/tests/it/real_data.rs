//! Global 100 on real daily data: it runs to the end, its folder verifies, and no money appears or vanishes.
//! The latter is checked here from the written tables and the market's file, in exact decimals.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use regimen_types::{Exact, ExcessDigits, Rounding, parse_decimal};
use rust_decimal::Decimal;

use crate::table::Table;
use crate::workspace::{backtest, regimen, shared};

const MONEY_SCALE: u32 = 8;
/// The definitions' 10 and 5 basis points.
const COST_RATES: [Decimal; 2] =
    [Decimal::from_parts(10, 0, 0, false, 4), Decimal::from_parts(5, 0, 0, false, 4)];

/// Categories of the assets of 2021, as a vendor published them.
const EXCLUSIONS: &str = "market-data/assets/exclusions-2021-coingecko-ids.csv";
/// The stablecoins of the years before, by the slugs that their vendors used.
const EARLIER_STABLECOINS: [&str; 10] = [
    "bitusd",
    "nubits",
    "trueusd",
    "single-collateral-dai",
    "multi-collateral-dai",
    "usdk",
    "susd",
    "neutrino-usd",
    "gemini-dollar",
    "paxos-standard",
];
/// Its cap is given as 120 billion in May 2020, and more than all other assets together in July.
const BROKEN: &str = "innovative-bioresearch-classic";

fn decimal(text: &str) -> Decimal {
    parse_decimal(text.as_bytes(), ExcessDigits::RoundHalfEven)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn sum(terms: impl IntoIterator<Item = Exact>) -> Exact {
    terms.into_iter().fold(Exact::ZERO, |sum, term| sum.plus(term).unwrap())
}

fn minus(left: Exact, right: Exact) -> Exact {
    left.minus(right).unwrap()
}

fn is_between(value: Exact, low: Decimal, below: Decimal) -> bool {
    value.compare(low.into()).unwrap().is_ge() && value.compare(below.into()).unwrap().is_lt()
}

/// Writes the asset list for the file that splices several vendors.
fn write_asset_list(exclusions: &Path, path: &Path) {
    let mut categories: BTreeMap<String, String> =
        EARLIER_STABLECOINS.iter().map(|asset| ((*asset).to_owned(), "stablecoin".to_owned())).collect();
    for [asset, kind] in Table::read(exclusions).columns(["coingecko_id", "kind"]) {
        categories.insert(asset.to_owned(), kind.to_owned());
        categories.insert(format!("cg:{asset}"), kind.to_owned());
    }
    categories.insert(BROKEN.to_owned(), "broken_data".to_owned());
    let rows: String = categories.iter().map(|(asset, category)| format!("{asset},{category}\n")).collect();
    fs::write(path, format!("asset,category\n{rows}")).unwrap();
}

/// The books of a run, kept from its transactions and the market's prices.
#[derive(Default)]
struct Books {
    cash: Decimal,
    units: BTreeMap<String, Decimal>,
    prices: BTreeMap<String, Decimal>,
}

/// The rows of a table by their date.
fn by_date<'a, const COUNT: usize>(
    table: &'a Table,
    columns: [&str; COUNT],
) -> BTreeMap<&'a str, Vec<[&'a str; COUNT]>> {
    let mut dates: BTreeMap<&str, Vec<[&str; COUNT]>> = BTreeMap::new();
    for row in table.columns(columns) {
        dates.entry(row[0]).or_default().push(row);
    }
    dates
}

impl Books {
    fn value(&self) -> Exact {
        let positions = self.units.iter().map(|(asset, units)| Exact::product(*units, self.prices[asset]));
        sum(positions.chain([self.cash.into()]))
    }

    /// Takes the day's prices, and returns what they add to the value of what is held.
    fn mark(&mut self, rows: &[[&str; 3]]) -> Exact {
        let mut gains = Exact::ZERO;
        for [_, asset, price] in rows {
            let price = if price.is_empty() { Decimal::ZERO } else { decimal(price) };
            if price.is_zero() || asset.is_empty() {
                continue;
            }
            let before = self.prices.insert((*asset).to_owned(), price);
            if let (Some(units), Some(before)) = (self.units.get(*asset), before) {
                gains = gains
                    .plus(Exact::from(price).minus(before.into()).unwrap().times(*units).unwrap())
                    .unwrap();
            }
        }
        gains
    }

    /// Books a transaction and returns what it adds to the value: money from outside, or what it costs.
    fn book(&mut self, [date, kind, asset, units, price, notional, fee, slippage]: [&str; 8]) -> Exact {
        let [units, notional, fee, slippage] = [units, notional, fee, slippage].map(decimal);
        let costs = fee + slippage;
        if kind == "deposit" {
            self.cash += notional;
            return notional.into();
        }
        assert_eq!(decimal(price), self.prices[asset], "{asset} at {date}: not the market's price");
        let value = Exact::product(units, self.prices[asset]);
        let held = self.units.entry(asset.to_owned()).or_default();
        let lost = match kind {
            "buy" => {
                *held += units;
                self.cash -= notional + costs;
                minus(notional.into(), value)
            }
            "sell" => {
                *held -= units;
                self.cash += notional - costs;
                minus(value, notional.into())
            }
            other => panic!("{other} in a run that sells what vanishes"),
        };
        assert!(*held >= Decimal::ZERO && self.cash >= Decimal::ZERO, "{asset} at {date}: below zero");
        self.units.retain(|_, units| !units.is_zero());
        let step = Decimal::new(1, MONEY_SCALE);
        assert!(is_between(lost, Decimal::ZERO, step), "{asset} at {date}: notional {notional}");
        for (cost, rate) in [fee, slippage].into_iter().zip(COST_RATES) {
            let rounding = minus(cost.into(), Exact::product(notional, rate));
            assert!(
                costs == notional || is_between(rounding, Decimal::ZERO, step),
                "{asset} at {date}: {cost}"
            );
        }
        minus(Exact::ZERO, sum([lost, costs.into()]))
    }

    /// Follows a run day by day: each value equals the previous one plus gains and flows, to the last digit.
    fn follow(run: &Path, market: &Path) -> usize {
        let tables = ["nav.csv", "holdings.csv", "transactions.csv"].map(|name| Table::read(&run.join(name)));
        let [nav, holdings, transactions] = &tables;
        let market = Table::read(market);
        let market = by_date(&market, ["date", "asset", "price"]);
        let holdings = by_date(holdings, ["as_of", "asset", "units"]);
        let columns = ["as_of", "kind", "asset", "units", "price", "notional", "fee", "slippage"];
        let mut transactions = by_date(transactions, columns);
        let mut books = Self::default();
        let mut days = 0;
        for [date, total, cash, invested] in nav.columns(["as_of", "nav", "cash", "invested"]) {
            let before = books.value();
            let gains = books.mark(&market[date]);
            let booked = transactions.remove(date).unwrap_or_default();
            let flows = sum(booked.into_iter().map(|transaction| books.book(transaction)));
            let value = books.value();
            assert!(value.compare(sum([before, gains, flows])).unwrap().is_eq(), "the value at {date}");
            assert_eq!(decimal(cash), books.cash, "the cash at {date}");
            let positions = minus(value, books.cash.into()).round(MONEY_SCALE, Rounding::HalfEven).unwrap();
            assert_eq!(decimal(invested), positions, "the positions at {date}");
            assert_eq!(decimal(total), books.cash + positions, "the NAV at {date}");
            let held: BTreeMap<String, Decimal> = (holdings.get(date).into_iter().flatten())
                .map(|[_, asset, units]| ((*asset).to_owned(), decimal(units)))
                .collect();
            assert_eq!(held, books.units, "the holdings at {date}");
            days += 1;
        }
        assert!(transactions.is_empty(), "transactions on days without a NAV");
        days
    }
}

fn run(name: &str, market: &Path, asset_list: &Path, days: usize) {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("run");
    let overrides = [format!("snapshots.asset_list={}", asset_list.display())];
    backtest(name, market, &folder, &overrides);
    regimen().arg("verify").arg(&folder).assert().success();
    println!("{name}: {}", fs::read_to_string(folder.join("summary.json")).unwrap());
    assert_eq!(Books::follow(&folder, market), days);
}

#[test]
#[ignore = "needs ../shared"]
fn no_money_appears_or_vanishes_in_2021() {
    let (market, exclusions) = (shared("market-data/crypto-2021-daily-top250.csv.gz"), shared(EXCLUSIONS));
    run("real-2021", &market, &exclusions, 365);
}

#[test]
#[ignore = "needs ../shared"]
fn no_money_appears_or_vanishes_from_2014_to_2021() {
    let (market, exclusions) =
        (shared("market-data/crypto-2014-2021-daily-top200.csv.gz"), shared(EXCLUSIONS));
    let temporary = tempfile::tempdir().unwrap();
    let asset_list = temporary.path().join("assets.csv");
    write_asset_list(&exclusions, &asset_list);
    run("real-2014-2021", &market, &asset_list, 2921);
}
