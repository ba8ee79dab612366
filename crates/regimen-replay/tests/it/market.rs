//! Markets as plain tables, which tests change before they become histories.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use regimen_synth::{Market, MarketKind, SynthSettings};
use regimen_types::{
    AsOf, AssetId, AssetInfo, AssetList, Attribute, CorporateAction, History, HistoryColumns,
};
use rust_decimal::Decimal;

pub(crate) const MILLIS_A_DAY: i64 = 86_400_000;

/// One row; zero means unknown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MarketRow {
    pub(crate) asset: String,
    pub(crate) price: Decimal,
    pub(crate) market_cap: Decimal,
    pub(crate) volume: Decimal,
    pub(crate) known_at: AsOf,
}

impl MarketRow {
    /// What one unit distributes at the snapshot: nothing mostly, by the digits of the market cap, which no
    /// new basis changes.
    pub(crate) fn dividend(&self) -> Option<Decimal> {
        let digits = self.market_cap.normalize().mantissa();
        (digits % 7 == 3).then(|| (self.price * Decimal::new(25, 3)).normalize())
    }
}

/// All snapshots of a market, oldest first. A failing test prints it as CSV.
#[derive(Clone, PartialEq)]
pub(crate) struct Table {
    pub(crate) snapshots: Vec<(AsOf, Vec<MarketRow>)>,
    pub(crate) actions: Vec<CorporateAction>,
}

impl fmt::Debug for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "date,asset,price,market_cap,volume,known_at")?;
        for (as_of, rows) in &self.snapshots {
            for MarketRow { asset, price, market_cap, volume, known_at } in rows {
                writeln!(formatter, "{as_of},{asset},{price},{market_cap},{volume},{known_at}")?;
            }
        }
        for action in &self.actions {
            writeln!(formatter, "{action:?}")?;
        }
        Ok(())
    }
}

impl Table {
    /// Builds the history. Without late rows it has no column that says when rows became known, as most data
    /// has none: such a column would hide rows that a window reaches beyond its end.
    pub(crate) fn history(&self) -> History {
        let rows = || self.snapshots.iter().flat_map(|(_, rows)| rows);
        let assets: BTreeSet<&str> = rows().map(|row| row.asset.as_str()).collect();
        let index: BTreeMap<&str, u32> = assets.iter().copied().zip(0..).collect();
        let is_late = |(as_of, rows): &(AsOf, Vec<MarketRow>)| rows.iter().any(|row| row.known_at != *as_of);
        let any_late = self.snapshots.iter().any(is_late);
        let mut end = 0;
        let columns = HistoryColumns {
            instants: self.snapshots.iter().map(|(as_of, _)| *as_of).collect(),
            ends: Vec::from_iter(self.snapshots.iter().map(|(_, rows)| {
                end += rows.len();
                end
            })),
            assets: assets.iter().map(|asset| asset.parse().unwrap()).collect(),
            asset: rows().map(|row| index[row.asset.as_str()]).collect(),
            price: rows().map(|row| row.price).collect(),
            market_cap: rows().map(|row| row.market_cap).collect(),
            volume: rows().map(|row| row.volume).collect(),
            known_at: rows().filter(|_| any_late).map(|row| row.known_at).collect(),
            attributes: vec![Attribute {
                name: "dividend".to_owned(),
                values: rows().map(MarketRow::dividend).collect(),
            }],
            ..HistoryColumns::default()
        };
        let history = History::from_columns(columns).unwrap().with_asset_list(&asset_list(&assets));
        history.with_corporate_actions(self.actions.clone()).0
    }

    pub(crate) fn len(&self) -> usize {
        self.snapshots.len()
    }

    /// Returns the first `count` snapshots: all that a service has on that day.
    pub(crate) fn first(&self, count: usize) -> Self {
        Self { snapshots: self.snapshots[..count].to_vec(), actions: self.actions.clone() }
    }

    /// Finds the last price that was known at an instant, as a person would: row by row, backwards.
    pub(crate) fn last_price(&self, asset: &AssetId, at: AsOf) -> Option<Decimal> {
        let earlier = self.snapshots.iter().rev().filter(|(as_of, _)| *as_of <= at);
        let mut rows = earlier.flat_map(|(_, rows)| rows).filter(|row| row.asset == asset.as_str());
        rows.find(|row| row.known_at <= at && !row.price.is_zero()).map(|row| row.price)
    }

    /// Makes a synthetic market and reads its CSV.
    pub(crate) fn synthetic(seed: u64, assets: u32, days: u32, kind: MarketKind) -> Self {
        Self::of_csv(&synthetic_csv(seed, assets, days, kind))
    }

    fn of_csv(text: &str) -> Self {
        let mut table = Self { snapshots: Vec::new(), actions: Vec::new() };
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let number =
                |cell: &str| if cell.is_empty() { Decimal::ZERO } else { cell.parse::<Decimal>().unwrap() };
            let as_of: AsOf = cells[0].parse().unwrap();
            if table.snapshots.last().is_none_or(|(last, _)| *last != as_of) {
                table.snapshots.push((as_of, Vec::new()));
            }
            table.snapshots.last_mut().unwrap().1.push(MarketRow {
                asset: cells[1].to_owned(),
                price: number(cells[2]),
                market_cap: number(cells[3]),
                volume: number(cells[4]),
                known_at: as_of,
            });
        }
        table
    }
}

pub(crate) fn synthetic_csv(seed: u64, assets: u32, days: u32, kind: MarketKind) -> String {
    let first_day = "2021-01-01".parse().unwrap();
    let mut text = Vec::new();
    let market = Market::new(SynthSettings { seed, first_day, days, assets, kind }).unwrap();
    market.write_snapshots(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// Calls every asset whose name begins with `USD` a stablecoin.
fn asset_list(assets: &BTreeSet<&str>) -> AssetList {
    let stable = assets.iter().filter(|asset| asset.starts_with("USD"));
    let info = AssetInfo { category: "stablecoin".parse().ok(), ..AssetInfo::default() };
    stable.map(|asset| (asset.parse().unwrap(), info.clone())).collect()
}
