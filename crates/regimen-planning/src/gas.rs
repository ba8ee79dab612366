//! Transaction fees on the chain of each asset: given amounts, or a series as it became known.

use std::collections::BTreeMap;

use regimen_types::{AsOf, AssetId, Money};

/// The fee per transaction on the chain of each asset.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Gas {
    /// The chain of assets that are not listed.
    pub default_chain: String,
    /// The chains of assets.
    pub chain_of: BTreeMap<AssetId, String>,
    /// The gas per transaction by chain: amounts with the instant from which each applies, ascending.
    pub per_trade: BTreeMap<String, Vec<(Option<AsOf>, Money)>>,
    /// The gas of the chains that have no given amount.
    pub series: Option<GasSeries>,
}

/// The gas of chains over time.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct GasSeries {
    /// The values by chain, ascending in time.
    pub values: BTreeMap<String, Vec<GasValue>>,
    /// The days of 24 hours after which a value is too old.
    pub max_stale_days: u32,
    /// The gas to charge where no value is known or the newest is too old; `None` forbids trading then.
    pub otherwise: Option<Money>,
}

/// The gas of one transaction at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GasValue {
    /// The instant that the value describes.
    pub as_of: AsOf,
    /// When it became known; not before `as_of`.
    pub known_at: AsOf,
    /// The gas per transaction.
    pub per_trade: Money,
}

/// Why nothing trades: the gas of a chain is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownGas {
    /// No value is known yet.
    #[error("no gas of {chain} is known")]
    Never {
        /// The chain.
        chain: String,
    },
    /// The newest known value is too old.
    #[error("the newest known gas of {chain} is of {newest}, which is more than {max_stale_days} days ago")]
    Stale {
        /// The chain.
        chain: String,
        /// The instant of the newest known value.
        newest: AsOf,
        /// The days after which a value is too old.
        max_stale_days: u32,
    },
}

impl Gas {
    /// Returns the chain of an asset.
    #[must_use]
    pub fn chain(&self, asset: &AssetId) -> &str {
        self.chain_of.get(asset).unwrap_or(&self.default_chain)
    }

    /// Returns the gas of one transaction: the newest amount known at the instant. Before the first given
    /// amount takes effect, that first amount applies.
    ///
    /// # Errors
    /// [`UnknownGas`] if the series has no known, recent value and no default amount is set.
    pub fn of(&self, asset: &AssetId, as_of: AsOf) -> Result<Money, UnknownGas> {
        let chain = self.chain(asset);
        match (self.per_trade.get(chain), &self.series) {
            (None, Some(series)) => series.of(chain, as_of),
            (None, None) => Ok(Money::ZERO),
            (Some(amounts), _) => {
                let known = amounts.iter().take_while(|(from, _)| from.is_none_or(|from| from <= as_of));
                Ok(known.last().or(amounts.first()).map_or(Money::ZERO, |(_, amount)| *amount))
            }
        }
    }
}

impl GasSeries {
    fn of(&self, chain: &str, as_of: AsOf) -> Result<Money, UnknownGas> {
        let values = self.values.get(chain).map_or(&[][..], Vec::as_slice);
        let past = values.get(..values.partition_point(|each| each.as_of <= as_of)).unwrap_or_default();
        let chain = chain.to_owned();
        let unknown = match past.iter().rev().find(|each| each.known_at <= as_of) {
            Some(newest) if !as_of.is_more_than_days_after(newest.as_of, self.max_stale_days) => {
                return Ok(newest.per_trade);
            }
            Some(GasValue { as_of: newest, .. }) => {
                UnknownGas::Stale { chain, newest: *newest, max_stale_days: self.max_stale_days }
            }
            None => UnknownGas::Never { chain },
        };
        self.otherwise.ok_or(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> AsOf {
        AsOf::from_ymd(2024, 5, day).unwrap()
    }

    fn money(amount: &str) -> Money {
        amount.parse().unwrap()
    }

    fn of(gas: &Gas, asset: &str, at: AsOf) -> Result<Money, UnknownGas> {
        gas.of(&asset.parse().unwrap(), at)
    }

    #[test]
    fn gas_is_that_of_the_chain_at_the_instant() {
        let series = vec![(Some(day(1)), money("5")), (Some(day(7)), money("50"))];
        let per_trade = [("ethereum".into(), series), ("solana".into(), vec![(None, money("0.01"))])];
        let gas = Gas {
            default_chain: "ethereum".into(),
            chain_of: BTreeMap::from([("sol".parse().unwrap(), "solana".into())]),
            per_trade: BTreeMap::from(per_trade),
            series: None,
        };
        assert_eq!(of(&gas, "ether", day(6)), Ok(money("5")));
        assert_eq!(of(&gas, "ether", day(7)), Ok(money("50")));
        assert_eq!(of(&gas, "sol", day(7)), Ok(money("0.01")));
    }

    #[test]
    fn a_series_counts_from_when_it_is_known_until_it_is_too_old() {
        let value = |as_of, known_at, amount| GasValue { as_of, known_at, per_trade: money(amount) };
        let values = vec![value(day(2), day(2), "4"), value(day(3), day(6), "9")];
        let series =
            GasSeries { values: BTreeMap::from([("a".into(), values)]), max_stale_days: 3, otherwise: None };
        let mut gas = Gas { default_chain: "a".into(), series: Some(series), ..Gas::default() };
        assert_eq!(of(&gas, "x", day(1)), Err(UnknownGas::Never { chain: "a".into() }));
        assert_eq!(of(&gas, "x", day(2)), Ok(money("4")));
        // The value of the third becomes known on the sixth, when it is three days old.
        assert_eq!(of(&gas, "x", day(5)), Ok(money("4")));
        assert_eq!(of(&gas, "x", day(6)), Ok(money("9")));
        let stale = UnknownGas::Stale { chain: "a".into(), newest: day(3), max_stale_days: 3 };
        assert_eq!(of(&gas, "x", day(7)), Err(stale));
        gas.series.as_mut().unwrap().otherwise = Some(money("7"));
        assert_eq!((of(&gas, "x", day(1)), of(&gas, "x", day(7))), (Ok(money("7")), Ok(money("7"))));
    }
}
