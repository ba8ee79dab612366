//! How far holdings are from a target.

use std::collections::BTreeSet;

use regimen_types::{ArithmeticError, AsOf, AssetId, Exact, Holdings, Ratio, Rounding, Weight};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::market::Market;
use crate::plan::PlanError;
use crate::target::TargetPortfolio;

/// The distance of each position from its target weight, at the market's prices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// One line per held or targeted asset, by identifier.
    pub lines: Vec<DriftLine>,
    /// One-way turnover to the target: half the sum of all distances, that of cash included.
    pub turnover: Ratio,
}

/// The distance of one position from its target weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftLine {
    /// The asset.
    pub asset: AssetId,
    /// Its part of the equity.
    pub weight: Ratio,
    /// The weight in the target.
    pub target_weight: Weight,
}

impl DriftLine {
    /// Returns the distance between the two weights.
    #[must_use]
    pub fn distance(&self) -> Ratio {
        let gap = self.weight.decimal().saturating_sub(self.target_weight.decimal()).abs();
        Ratio::from(gap)
    }
}

impl Drift {
    /// Measures holdings against a target. Weights are rounded half to even at 12 decimal places.
    ///
    /// # Errors
    /// [`PlanError`] if an asset never had a price, or a figure overflows.
    pub fn measure(
        as_of: AsOf,
        holdings: &Holdings,
        target: &TargetPortfolio,
        market: &dyn Market,
    ) -> Result<Self, PlanError> {
        let held = holdings.positions().map(|(asset, _)| asset);
        let assets: BTreeSet<&AssetId> = held.chain(target.weights().map(|(asset, _)| asset)).collect();
        let price = |asset: &AssetId| market.mark(asset).map(|mark| mark.price);
        let equity = holdings.value(price)?;
        let weight = |value: Exact| -> Result<Ratio, ArithmeticError> {
            if equity.is_zero() {
                return Ok(Ratio::ZERO);
            }
            let weight = value.ratio(equity, Ratio::SCALE, Rounding::HalfEven)?;
            Ratio::new(weight).map_err(|_| ArithmeticError::overflow("a weight"))
        };
        let mut lines = Vec::with_capacity(assets.len());
        let in_cash = weight(Exact::from(holdings.cash().decimal()))?.decimal();
        let mut distances = in_cash.saturating_sub(target.cash_weight().decimal()).abs();
        for asset in assets {
            let price = price(asset).ok_or_else(|| PlanError::NoPrice { asset: asset.clone(), as_of })?;
            let weight = weight(holdings.units(asset).value_at(price))?;
            let line = DriftLine { asset: asset.clone(), weight, target_weight: target.weight(asset) };
            distances = distances.saturating_add(line.distance().decimal());
            lines.push(line);
        }
        let half = Exact::product(distances, Decimal::new(5, 1)).round(Ratio::SCALE, Rounding::HalfEven)?;
        let turnover = Ratio::new(half).map_err(|_| ArithmeticError::overflow("a turnover"))?;
        Ok(Self { lines, turnover })
    }
}
