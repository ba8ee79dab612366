//! Market-cap weights tilted by an attribute.

use regimen_types::{AssetId, Exact, HistoryWindow};
use rust_decimal::Decimal;

use super::rule::{Candidate, HistoryWeighting, WeightingError};
use crate::exclusion::Exclusion;
use crate::weights::{Weights, WeightsError};

/// Weights in proportion to market cap × an attribute of the snapshot, which must not be negative. An asset
/// whose attribute is unknown is excluded.
///
/// Products are exact; their shares of the total are rounded down at 28 decimal places before the grid of
/// [`Weights`].
#[derive(Clone, Debug)]
pub struct AttributeTilt {
    /// The attribute's name.
    pub attribute: String,
}

impl AttributeTilt {
    fn attribute_of(&self, asset: &AssetId, window: &HistoryWindow<'_>) -> Option<Decimal> {
        window.row(asset).and_then(|row| row.attribute(&self.attribute))
    }
}

impl HistoryWeighting for AttributeTilt {
    fn excludes(&self, asset: &AssetId, window: &HistoryWindow<'_>) -> Option<Exclusion> {
        let unknown = self.attribute_of(asset, window).is_none();
        unknown.then(|| Exclusion::AttributeUnknown(self.attribute.clone()))
    }

    fn weigh_at(
        &self,
        candidates: &[Candidate],
        window: &HistoryWindow<'_>,
    ) -> Result<Weights, WeightingError> {
        let product = |each: &Candidate| match self
            .attribute_of(&each.asset, window)
            .filter(|value| *value >= Decimal::ZERO)
        {
            Some(value) => Ok(Exact::product(each.market_cap.decimal(), value)),
            None => {
                let figure = format!("{} of zero or more", self.attribute);
                Err(WeightingError::NoFigure { asset: each.asset.clone(), figure })
            }
        };
        let products: Vec<Exact> = candidates.iter().map(product).collect::<Result<_, _>>()?;
        let total = products.iter().try_fold(Exact::ZERO, |sum, product| sum.plus(*product))?;
        if total.is_zero() {
            return Err(WeightsError::Nothing.into());
        }
        let share = |(each, product): (&Candidate, &Exact)| {
            Ok((each.asset.clone(), product.ratio_to_fit(total, 28)?))
        };
        let shares: Vec<_> =
            candidates.iter().zip(&products).map(share).collect::<Result<_, WeightingError>>()?;
        Ok(Weights::proportional_to(&shares)?)
    }
}
