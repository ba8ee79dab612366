//! The portfolio that a rebalance aims at.

use std::collections::BTreeMap;

use regimen_types::{AssetId, Weight};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Target weights of assets, with the rest in cash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenTarget")]
pub struct TargetPortfolio {
    weights: BTreeMap<AssetId, Weight>,
    cash_weight: Weight,
}

/// A target as it is written, before its sum is checked.
#[derive(Deserialize)]
struct WrittenTarget {
    weights: BTreeMap<AssetId, Weight>,
    cash_weight: Weight,
}

impl TryFrom<WrittenTarget> for TargetPortfolio {
    type Error = TargetError;

    fn try_from(written: WrittenTarget) -> Result<Self, TargetError> {
        let target = Self::new(written.weights)?;
        if target.cash_weight == written.cash_weight {
            Ok(target)
        } else {
            Err(TargetError::NotOne { cash_weight: written.cash_weight, rest: target.cash_weight })
        }
    }
}

/// Says why weights are no target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// The weights sum to more than one.
    #[error("the target weights sum to {0}, more than 1")]
    AboveOne(Decimal),
    /// A target that is read back has another weight of cash than its weights leave.
    #[error("the target has {cash_weight} in cash, but its weights leave {rest}")]
    NotOne {
        /// The weight of cash as written.
        cash_weight: Weight,
        /// What the weights of the assets leave of one.
        rest: Weight,
    },
    /// An asset occurs twice.
    #[error("the target names {0} twice")]
    Repeated(AssetId),
}

impl TargetPortfolio {
    /// Builds the target of cash alone.
    #[must_use]
    pub fn of_cash() -> Self {
        Self { weights: BTreeMap::new(), cash_weight: Weight::ONE }
    }

    /// Builds a target from weights; what they leave is cash.
    ///
    /// # Errors
    /// [`TargetError`] if the weights sum to more than one or an asset occurs twice.
    pub fn new(weights: impl IntoIterator<Item = (AssetId, Weight)>) -> Result<Self, TargetError> {
        let mut of_asset = BTreeMap::new();
        let mut cash = Decimal::ONE;
        for (asset, weight) in weights {
            cash = cash.saturating_sub(weight.decimal());
            if of_asset.insert(asset.clone(), weight).is_some() {
                return Err(TargetError::Repeated(asset));
            }
        }
        let above_one = TargetError::AboveOne(Decimal::ONE.saturating_sub(cash));
        let cash_weight = Weight::new(cash).map_err(|_| above_one)?;
        Ok(Self { weights: of_asset, cash_weight })
    }

    /// Returns the weight of an asset, zero if it is not in the target.
    #[must_use]
    pub fn weight(&self, asset: &AssetId) -> Weight {
        self.weights.get(asset).copied().unwrap_or(Weight::ZERO)
    }

    /// Returns the weight of cash.
    #[must_use]
    pub fn cash_weight(&self) -> Weight {
        self.cash_weight
    }

    /// Iterates over assets and weights in order of the identifiers.
    pub fn weights(&self) -> impl ExactSizeIterator<Item = (&AssetId, Weight)> {
        self.weights.iter().map(|(asset, weight)| (asset, *weight))
    }
}
