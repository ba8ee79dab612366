//! A basket that was decided on earlier, with the weights that it has at today's prices.

use regimen_ledger::Index;
use regimen_planning::TargetPortfolio;
use regimen_types::{AsOf, AssetId, Exact, Weight};
use regimen_weighting::Weights;
use rust_decimal::Decimal;

use super::{Day, Decided};
use crate::index::basis::Basis;
use crate::index::decision::IndexRebalance;
use crate::index::error::IndexError;

impl Day<'_, '_> {
    /// States a rebalance at today's prices: weights have drifted since its reference, while ranks, caps and
    /// raw weights are those of the reference.
    pub(super) fn at_todays_prices(&self, decided: Decided) -> Result<IndexRebalance, IndexError> {
        let (window, as_of) = (&self.window, self.window.as_of());
        let weights = weights_of(&self.index, as_of)?;
        let weight_of = |asset: &AssetId| {
            let found = weights.iter().find(|(weighted, _)| weighted == asset);
            found.map_or(Weight::ZERO, |(_, weight)| *weight)
        };
        // The snapshot's price, as in every verdict: a carried one would pass for it.
        let price_of = |asset: &AssetId| window.row(asset).and_then(|row| row.price());
        let Decided { reference, cause, mut basis } = decided;
        match &mut basis {
            Basis::Constituents(verdicts) => {
                for each in verdicts {
                    (each.price, each.weight) = (price_of(&each.asset), weight_of(&each.asset));
                }
            }
            Basis::Given { verdicts, .. } => {
                for each in verdicts {
                    (each.price, each.weight) = (price_of(&each.asset), weight_of(&each.asset));
                }
            }
        }
        let target =
            TargetPortfolio::new(weights.clone()).map_err(|source| IndexError::Target { as_of, source })?;
        Ok(IndexRebalance { as_of, reference, cause, basis, target, crossings: Vec::new() })
    }
}

/// Returns the weights of an index at its last prices, on the grid of [`Weights`]. Without cash they sum to
/// exactly 1.
fn weights_of(index: &Index, as_of: AsOf) -> Result<Vec<(AssetId, Weight)>, IndexError> {
    let failed = |source: regimen_types::ArithmeticError| IndexError::Level { as_of, source: source.into() };
    let one = Exact::from(Decimal::ONE);
    let mut values = Vec::with_capacity(index.basket().len());
    let mut total = Exact::from(index.cash().decimal());
    for (asset, position) in index.basket() {
        total = total.plus(position.value()).map_err(failed)?;
        values.push((asset.clone(), position.value().ratio_to_fit(one, 28).map_err(failed)?));
    }
    if index.cash().is_zero()
        && let Ok(weights) = Weights::proportional_to(&values)
    {
        return Ok(weights.iter().map(|(asset, weight)| (asset.clone(), weight)).collect());
    }
    let share = |(asset, value): (AssetId, Decimal)| {
        let share = Exact::from(value).ratio_to_fit(total, Weights::SCALE).map_err(failed)?;
        Ok((asset, Weight::new(share).map_err(|error| failed(error.into()))?))
    };
    values.into_iter().map(share).collect()
}
