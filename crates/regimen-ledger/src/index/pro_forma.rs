//! A basket as it is announced: units that reference prices give, before it takes effect.

use std::collections::BTreeMap;

use regimen_types::{AssetId, Exact, Money, Price, Weight};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::grid::{BASKET_VALUE, index_units, money};
use super::position::IndexPosition;
use crate::error::ValuationError;

/// The basket that an index takes at a later instant: its units are fixed by weights and prices of the
/// reference instant, so its weights drift with the market until it takes effect.
///
/// Units are weight × 1,000,000 ÷ reference price, rounded down at 18 decimal places, or 28 below 10^-6, or
/// where 28 digits end. What the weights leave to 1 is cash. Index publishers call it the pro forma: S&P Dow
/// Jones Indices, *Index Mathematics Methodology*, "Capped Market Capitalization Indices" (weights are set at
/// reference prices and drift until the rebalancing is effective).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProForma {
    /// By asset: the units, and the reference price.
    pub(super) basket: BTreeMap<AssetId, IndexPosition>,
    /// The cash.
    pub(super) cash: Money,
}

impl ProForma {
    /// Fixes the units of weights at reference prices. A weight of zero is left out.
    ///
    /// # Errors
    /// [`ValuationError`] if an asset has two weights or no price, or the weights sum to more than 1.
    pub fn new(
        weights: impl IntoIterator<Item = (AssetId, Weight)>,
        mut reference_price_of: impl FnMut(&AssetId) -> Option<Price>,
    ) -> Result<Self, ValuationError> {
        let mut basket = BTreeMap::new();
        let mut cash_weight = Exact::from(Decimal::ONE);
        for (asset, weight) in weights {
            cash_weight = cash_weight.minus(weight.decimal().into())?;
            if weight.is_zero() {
                continue;
            }
            let last_price = reference_price_of(&asset)
                .ok_or_else(|| ValuationError::MissingPrice { asset: asset.clone() })?;
            let position = IndexPosition { units: index_units(weight, last_price)?, last_price };
            if basket.insert(asset.clone(), position).is_some() {
                return Err(ValuationError::RepeatedAsset { asset });
            }
        }
        if cash_weight.is_negative() {
            return Err(ValuationError::WeightsAboveOne);
        }
        // Exact: the weight has at most 28 decimal places, and the factor of 10^6 takes six of them away.
        let cash = money(cash_weight.times(BASKET_VALUE)?)?;
        Ok(Self { basket, cash })
    }

    /// Iterates over the assets, by identifier.
    pub fn assets(&self) -> impl Iterator<Item = &AssetId> {
        self.basket.keys()
    }
}
