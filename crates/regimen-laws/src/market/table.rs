//! A market as a plain table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use regimen_types::{
    AsOf, AssetId, AssetInfo, AssetList, Attribute, Category, DecimalColumn, History, HistoryColumns,
    HistoryError,
};
use rust_decimal::Decimal;

use crate::text_table::TextTable;

/// All snapshots of a market, oldest first. It prints as a table.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct MarketTable {
    /// The snapshots, in ascending order of their instants.
    pub snapshots: Vec<MarketSnapshot>,
    /// The categories of the asset list; assets without an entry have no category.
    pub categories: BTreeMap<AssetId, Category>,
}

/// The rows of one instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MarketSnapshot {
    /// When the market was in this state (UTC).
    pub as_of: AsOf,
    /// The rows, each of another asset.
    pub rows: Vec<MarketRow>,
}

/// The row of one asset in a snapshot. Zero means unknown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MarketRow {
    /// The asset.
    pub asset: AssetId,
    /// The price of one unit.
    pub price: Decimal,
    /// The market cap.
    pub market_cap: Decimal,
    /// The volume traded, in currency.
    pub volume: Decimal,
    /// The circulating supply, in units.
    pub circulating_supply: Decimal,
    /// When the row became known: at the snapshot's instant or later.
    pub known_at: AsOf,
    /// Further numbers by name.
    pub attributes: BTreeMap<String, Decimal>,
}

impl MarketTable {
    /// Builds the history.
    ///
    /// # Errors
    /// [`HistoryError`] if instants do not ascend, an asset occurs twice at one instant, or a number is
    /// negative. The markets of [`markets`](super::markets) have none of this.
    pub fn history(&self) -> Result<History, HistoryError> {
        let rows = || self.rows().map(|(_, row)| row);
        let assets = self.assets();
        let index: BTreeMap<&AssetId, u32> = assets.iter().zip(0..).collect();
        let column = |of: fn(&MarketRow) -> Decimal| rows().map(of).collect::<DecimalColumn>();
        let mut end: usize = 0;
        let columns = HistoryColumns {
            instants: self.snapshots.iter().map(|each| each.as_of).collect(),
            ends: Vec::from_iter(self.snapshots.iter().map(|each| {
                end = end.saturating_add(each.rows.len());
                end
            })),
            asset: rows().filter_map(|row| index.get(&row.asset).copied()).collect(),
            price: column(|row| row.price),
            market_cap: column(|row| row.market_cap),
            volume: column(|row| row.volume),
            circulating_supply: column(|row| row.circulating_supply),
            known_at: rows().map(|row| row.known_at).collect(),
            attributes: Vec::from_iter(self.attributes().into_iter().map(|name| {
                let values = rows().map(|row| row.attributes.get(&name).copied()).collect();
                Attribute { name, values }
            })),
            assets: assets.into_iter().collect(),
        };
        Ok(History::from_columns(columns)?.with_asset_list(&self.asset_list()))
    }

    /// Returns the assets that have a row anywhere.
    #[must_use]
    pub fn assets(&self) -> BTreeSet<AssetId> {
        self.rows().map(|(_, row)| row.asset.clone()).collect()
    }

    /// Returns the names of the further numbers.
    #[must_use]
    pub fn attributes(&self) -> BTreeSet<String> {
        self.rows().flat_map(|(_, row)| row.attributes.keys().cloned()).collect()
    }

    /// Returns the asset list.
    #[must_use]
    pub fn asset_list(&self) -> AssetList {
        let info =
            |category: &Category| AssetInfo { category: Some(category.clone()), ..AssetInfo::default() };
        self.categories.iter().map(|(asset, category)| (asset.clone(), info(category))).collect()
    }

    /// Iterates over all rows with their instants.
    pub fn rows(&self) -> impl Iterator<Item = (AsOf, &MarketRow)> {
        self.snapshots.iter().flat_map(|each| each.rows.iter().map(|row| (each.as_of, row)))
    }
}

impl fmt::Display for MarketTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes = self.attributes();
        let mut headings =
            ["as of", "asset", "category", "price", "market cap", "volume", "supply", "known at"]
                .map(str::to_owned)
                .to_vec();
        headings.extend(attributes.iter().cloned());
        let mut table = TextTable::default();
        table.push_cells(headings);
        for (as_of, row) in self.rows() {
            let known_at = if row.known_at == as_of { String::new() } else { row.known_at.to_string() };
            let category = self.categories.get(&row.asset).map(ToString::to_string);
            let mut cells = vec![
                as_of.to_string(),
                row.asset.to_string(),
                category.unwrap_or_default(),
                known(row.price),
                known(row.market_cap),
                known(row.volume),
                known(row.circulating_supply),
                known_at,
            ];
            let value = |name| row.attributes.get(name).map(ToString::to_string).unwrap_or_default();
            cells.extend(attributes.iter().map(value));
            table.push_cells(cells);
        }
        write!(formatter, "{}", table.without_empty_columns())?;
        let empty = self.snapshots.iter().filter(|each| each.rows.is_empty()).map(|each| each.as_of);
        for as_of in empty {
            write!(formatter, "\nand a snapshot of {as_of} without rows")?;
        }
        Ok(())
    }
}

/// As [`Display`](fmt::Display): proptest prints failing cases by `Debug`.
impl fmt::Debug for MarketTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\n{self}\n")
    }
}

/// Prints a number; nothing for zero, which is unknown.
fn known(decimal: Decimal) -> String {
    if decimal.is_zero() { String::new() } else { decimal.normalize().to_string() }
}
