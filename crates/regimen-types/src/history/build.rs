//! A history built in code, snapshot by snapshot, as a service does.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::columns::{Attribute, HistoryColumns, HistoryError};
use super::market::History;
use crate::as_of::AsOf;
use crate::asset::{AssetId, AssetInfo, AssetList};
use crate::quantities::{MarketCap, Price};

/// One row of a snapshot. `None` means unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowInput {
    /// The asset.
    pub asset: AssetId,
    /// The price of one unit.
    pub price: Option<Price>,
    /// The market cap.
    pub market_cap: Option<MarketCap>,
    /// The volume traded, in currency.
    pub volume: Option<Decimal>,
    /// The circulating supply, in units.
    pub circulating_supply: Option<Decimal>,
    /// Further numbers by name.
    pub attributes: BTreeMap<String, Decimal>,
}

impl RowInput {
    /// Builds a row with a price and a market cap.
    #[must_use]
    pub fn new(asset: AssetId, price: Price, market_cap: MarketCap) -> Self {
        Self {
            asset,
            price: Some(price),
            market_cap: Some(market_cap),
            volume: None,
            circulating_supply: None,
            attributes: BTreeMap::new(),
        }
    }
}

/// Collects snapshots in ascending order of their instants.
///
/// ```
/// use regimen_types::{AsOf, History, RowInput};
/// let (price, market_cap) = ("47345".parse().unwrap(), "890000000000".parse().unwrap());
/// let row = RowInput::new("bitcoin".parse().unwrap(), price, market_cap);
/// let history = History::builder().snapshot(AsOf::from_ymd(2022, 1, 1).unwrap(), [row]).build().unwrap();
/// assert_eq!(history.newest().unwrap().as_of().to_string(), "2022-01-01");
/// ```
#[derive(Clone, Debug, Default)]
pub struct HistoryBuilder {
    snapshots: Vec<(AsOf, Vec<RowInput>)>,
    asset_list: AssetList,
}

impl HistoryBuilder {
    /// Adds a snapshot.
    #[must_use]
    pub fn snapshot(mut self, as_of: AsOf, rows: impl IntoIterator<Item = RowInput>) -> Self {
        self.snapshots.push((as_of, rows.into_iter().collect()));
        self
    }

    /// Adds an asset's entry in the asset list.
    #[must_use]
    pub fn asset(mut self, asset: AssetId, info: AssetInfo) -> Self {
        self.asset_list.insert(asset, info);
        self
    }

    /// Checks and indexes the snapshots.
    ///
    /// # Errors
    /// [`HistoryError`] if instants do not ascend, an asset occurs twice at one instant, or a volume or
    /// supply is negative.
    pub fn build(self) -> Result<History, HistoryError> {
        let mut columns = HistoryColumns::default();
        let mut index_of_asset = HashMap::new();
        let names: std::collections::BTreeSet<String> = self
            .snapshots
            .iter()
            .flat_map(|(_, rows)| rows)
            .flat_map(|row| row.attributes.keys().cloned())
            .collect();
        columns.attributes = names.into_iter().map(|name| Attribute { name, values: Vec::new() }).collect();
        for (as_of, rows) in self.snapshots {
            for row in rows {
                let next = u32::try_from(columns.assets.len()).map_err(|_| HistoryError::TooManyRows)?;
                let asset = *index_of_asset.entry(row.asset.clone()).or_insert(next);
                if asset == next {
                    columns.assets.push(row.asset);
                }
                columns.asset.push(asset);
                columns.price.push(row.price.map_or(Decimal::ZERO, Price::decimal));
                columns.market_cap.push(row.market_cap.map_or(Decimal::ZERO, MarketCap::decimal));
                columns.volume.push(row.volume.unwrap_or_default());
                columns.circulating_supply.push(row.circulating_supply.unwrap_or_default());
                for column in &mut columns.attributes {
                    column.values.push(row.attributes.get(&column.name).copied());
                }
            }
            columns.instants.push(as_of);
            columns.ends.push(columns.asset.len());
        }
        Ok(History::from_columns(columns)?.with_asset_list(&self.asset_list))
    }
}

impl History {
    /// Starts an empty history; snapshots are added one by one.
    #[must_use]
    pub fn builder() -> HistoryBuilder {
        HistoryBuilder::default()
    }
}
