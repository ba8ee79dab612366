//! Annual rates of cash and of assets, by the date from which they hold.

use std::collections::BTreeMap;

use regimen_definition::Yields;
use regimen_types::{AnnualRate, AsOf, AssetId};

/// An annual rate from an instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YieldRate {
    /// The instant from which it holds.
    pub as_of: AsOf,
    /// When it became known, not before `as_of`.
    pub known_at: AsOf,
    /// The asset; `None` for cash.
    pub asset: Option<AssetId>,
    /// The rate for a year of 365 days.
    pub annual_rate: AnnualRate,
}

/// Annual rates of cash and of assets.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct YieldTable {
    cash: Rates,
    assets: BTreeMap<AssetId, Rates>,
}

/// The rates of one asset, or of cash.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rates {
    Constant(AnnualRate),
    /// By the instant from which they hold.
    Dated(Vec<YieldRate>),
}

impl Default for Rates {
    fn default() -> Self {
        Self::Dated(Vec::new())
    }
}

impl FromIterator<YieldRate> for YieldTable {
    /// Builds a table; of two rates of an asset for one instant the later one counts.
    fn from_iter<Rows: IntoIterator<Item = YieldRate>>(rows: Rows) -> Self {
        let mut rows: Vec<YieldRate> = rows.into_iter().collect();
        rows.sort_by_key(|row| row.as_of);
        let mut table = Self::default();
        for row in rows {
            let rates = match &row.asset {
                None => &mut table.cash,
                Some(asset) => table.assets.entry(asset.clone()).or_default(),
            };
            if let Rates::Dated(rates) = rates {
                rates.push(row);
            }
        }
        table
    }
}

impl YieldTable {
    /// Builds the table of a definition that states its rates; empty if it states none.
    pub(crate) fn of(yields: Option<&Yields>) -> Self {
        let Some(Yields::Constant { cash, assets }) = yields else { return Self::default() };
        let assets = assets.iter().map(|each| (each.asset.clone(), Rates::Constant(each.annual_rate)));
        Self { cash: Rates::Constant(*cash), assets: assets.collect() }
    }

    /// Returns the rate at which an asset, or cash, earned from one instant to another: the newest that held
    /// at the first and was known at the second. `None` if it earned nothing.
    #[must_use]
    pub fn rate(&self, asset: Option<&AssetId>, from: AsOf, to: AsOf) -> Option<AnnualRate> {
        let rates = match asset {
            None => &self.cash,
            Some(asset) => self.assets.get(asset)?,
        };
        let rate = match rates {
            Rates::Constant(rate) => *rate,
            Rates::Dated(rates) => {
                let held = rates.get(..rates.partition_point(|rate| rate.as_of <= from))?;
                held.iter().rev().find(|rate| rate.known_at <= to)?.annual_rate
            }
        };
        (!rate.is_zero()).then_some(rate)
    }

    /// Iterates over the assets that have rates.
    pub fn assets(&self) -> impl Iterator<Item = &AssetId> {
        self.assets.keys()
    }

    /// Returns true if nothing ever earns.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(as_of: &str, known_at: &str, rate: &str) -> YieldRate {
        YieldRate {
            as_of: as_of.parse().unwrap(),
            known_at: known_at.parse().unwrap(),
            asset: "USD-A".parse().ok(),
            annual_rate: rate.parse().unwrap(),
        }
    }

    #[test]
    fn the_newest_rate_that_held_and_was_known_counts() {
        let table: YieldTable = [
            row("2021-02-01", "2021-02-01", "0.02"),
            row("2021-01-01", "2021-01-01", "0.01"),
            row("2021-03-01", "2021-03-05", "0.03"),
        ]
        .into_iter()
        .collect();
        let asset = "USD-A".parse().unwrap();
        let rate = |from: &str, to: &str| {
            let rate = table.rate(Some(&asset), from.parse().unwrap(), to.parse().unwrap());
            rate.map(|rate| rate.to_string())
        };
        assert_eq!(rate("2020-12-31", "2021-01-01"), None);
        assert_eq!(rate("2021-01-01", "2021-01-02").as_deref(), Some("0.01"));
        assert_eq!(rate("2021-01-31", "2021-02-01").as_deref(), Some("0.01"));
        assert_eq!(rate("2021-03-01", "2021-03-04").as_deref(), Some("0.02"));
        assert_eq!(rate("2021-03-04", "2021-03-05").as_deref(), Some("0.03"));
        assert_eq!(table.rate(None, "2021-03-04".parse().unwrap(), "2021-03-05".parse().unwrap()), None);
    }
}
