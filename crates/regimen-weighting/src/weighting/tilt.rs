//! Market-cap weights tilted by an attribute.

use regimen_types::{Exact, HistoryWindow};
use rust_decimal::Decimal;

use super::rule::{Candidate, HistoryWeighting, WeightingError};
use crate::weights::{Weights, WeightsError};

/// Weights in proportion to market cap × an attribute of the snapshot, which must be known and not negative.
///
/// Products are exact; their shares of the total are rounded down at 28 decimal places before the grid of
/// [`Weights`].
#[derive(Clone, Debug)]
pub struct AttributeTilt {
    /// The attribute's name.
    pub attribute: String,
}

impl HistoryWeighting for AttributeTilt {
    fn weigh_at(
        &self,
        candidates: &[Candidate],
        window: &HistoryWindow<'_>,
    ) -> Result<Weights, WeightingError> {
        let product = |each: &Candidate| {
            let attribute = window.row(&each.asset).and_then(|row| row.attribute(&self.attribute));
            match attribute.filter(|value| *value >= Decimal::ZERO) {
                Some(value) => Ok(Exact::product(each.market_cap.decimal(), value)),
                None => {
                    let figure = format!("{} of zero or more", self.attribute);
                    Err(WeightingError::NoFigure { asset: each.asset.clone(), figure })
                }
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
