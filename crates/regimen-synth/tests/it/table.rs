//! Reads a market's CSV strictly: whatever is not as promised panics with its line.

use std::collections::{BTreeMap, BTreeSet};

use regimen_synth::{Market, SynthSettings};
use regimen_types::{AsOf, AssetId, Category, ExcessDigits, approximate, parse_decimal};

const MILLIS_A_DAY: i64 = 86_400_000;

/// A market as read from its two CSVs. Days count from its first row's.
pub(crate) struct Table {
    pub(crate) first_day: AsOf,
    pub(crate) days: BTreeSet<i64>,
    pub(crate) row_count: u64,
    pub(crate) assets: BTreeMap<String, BTreeMap<i64, Row>>,
    pub(crate) categories: BTreeMap<String, String>,
}

#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) price: f64,
    pub(crate) market_cap: Option<f64>,
    pub(crate) volume: Option<f64>,
}

pub(crate) fn snapshots_text(settings: SynthSettings) -> String {
    let mut text = Vec::new();
    let row_count = Market::new(settings).unwrap().write_snapshots(&mut text).unwrap();
    assert_eq!(row_count, text.iter().filter(|byte| **byte == b'\n').count() as u64 - 1);
    String::from_utf8(text).unwrap()
}

pub(crate) fn asset_list_text(settings: SynthSettings) -> String {
    let mut text = Vec::new();
    Market::new(settings).unwrap().write_asset_list(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

impl Table {
    pub(crate) fn of(settings: SynthSettings) -> Self {
        Self::read(&snapshots_text(settings), &asset_list_text(settings))
    }

    /// Reads both CSVs and checks order, uniqueness, and that each number is a positive decimal.
    pub(crate) fn read(snapshots: &str, asset_list: &str) -> Self {
        let mut lines = snapshots.lines();
        assert_eq!(lines.next(), Some("date,asset,price,market_cap,volume"));
        let first_day = snapshots.lines().nth(1).unwrap()[..10].parse().unwrap();
        let mut table = Self {
            first_day,
            days: BTreeSet::new(),
            row_count: 0,
            assets: BTreeMap::new(),
            categories: read_categories(asset_list),
        };
        let mut previous = None;
        for line in lines {
            let [date, asset, price, market_cap, volume] = cells(line);
            let day = date.parse::<AsOf>().unwrap().millis_since(first_day) / MILLIS_A_DAY;
            let row = Row {
                price: number(price).unwrap_or_else(|| panic!("no price: {line}")),
                market_cap: number(market_cap),
                volume: number(volume),
            };
            let key = (day, -row.market_cap.unwrap_or(-1.0), asset.to_owned());
            assert!(previous.as_ref() < Some(&key), "not after the row before: {line}");
            previous = Some(key);
            table.days.insert(day);
            table.row_count += 1;
            let replaced = table.assets.entry(asset.to_owned()).or_default().insert(day, row);
            assert!(replaced.is_none(), "duplicate: {line}");
        }
        assert!(table.assets.keys().eq(table.categories.keys()), "the asset list has other assets");
        table
    }

    pub(crate) fn date(&self, day: i64) -> String {
        AsOf::from_unix_millis(self.first_day.unix_millis() + day * MILLIS_A_DAY).unwrap().to_string()
    }

    pub(crate) fn last_day(&self) -> i64 {
        *self.days.last().unwrap()
    }
}

fn read_categories(asset_list: &str) -> BTreeMap<String, String> {
    let mut lines = asset_list.lines();
    assert_eq!(lines.next(), Some("asset,symbol,name,category"));
    let mut categories = BTreeMap::new();
    for line in lines {
        let [asset, _symbol, name, category] = cells(line);
        AssetId::new(asset).unwrap();
        Category::new(category).unwrap();
        assert!(name.starts_with("Synthetic "), "{line}");
        assert!(categories.insert(asset.to_owned(), category.to_owned()).is_none(), "duplicate: {line}");
    }
    categories
}

fn cells<const COUNT: usize>(line: &str) -> [&str; COUNT] {
    let cells: Vec<&str> = line.split(',').collect();
    cells.try_into().unwrap_or_else(|_| panic!("not {COUNT} cells: {line}"))
}

/// Parses a positive decimal in plain notation, or nothing from nothing.
fn number(text: &str) -> Option<f64> {
    if text.is_empty() {
        return None;
    }
    assert!(text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "not plain: {text}");
    let decimal = parse_decimal(text.as_bytes(), ExcessDigits::Error).unwrap();
    assert!(!decimal.is_zero() && decimal.to_string() == text, "{text} reads as {decimal}");
    Some(approximate(decimal))
}
