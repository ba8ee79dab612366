//! The positions of an index, and their value.

use std::collections::BTreeMap;

use regimen_types::{AssetId, Exact, Money, Price, Quantity};
use serde::{Deserialize, Serialize};

use crate::error::ValuationError;

/// The index units of an asset, and the price that values them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexPosition {
    /// The index units.
    pub units: Quantity,
    /// The last known price.
    pub last_price: Price,
}

impl IndexPosition {
    /// Returns the exact value of the units at the last known price.
    #[must_use]
    pub fn value(&self) -> Exact {
        self.units.value_at(self.last_price)
    }
}

/// Returns the exact value of a basket at last known prices, with its cash.
pub(super) fn value_of(
    basket: &BTreeMap<AssetId, IndexPosition>,
    cash: Money,
) -> Result<Exact, ValuationError> {
    let cash = Exact::from(cash.decimal());
    let value = basket.values().try_fold(cash, |sum, held| sum.plus(held.value()))?;
    Ok(value)
}
