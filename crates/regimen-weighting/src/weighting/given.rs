//! Weights fixed by the methodology, asset by asset.

use std::collections::BTreeMap;

use regimen_types::{AssetId, Weight};

use super::rule::{Candidate, WeightingError, WeightingRule};
use crate::weights::Weights;

/// Weights in proportion to fixed weights. If some assets are not selected, the others keep their
/// proportions. A constituent without a fixed weight is an error.
#[derive(Clone, Debug)]
pub struct FixedWeights(BTreeMap<AssetId, Weight>);

impl FixedWeights {
    /// Builds the rule from assets and their weights.
    #[must_use]
    pub fn new(weights: impl IntoIterator<Item = (AssetId, Weight)>) -> Self {
        Self(weights.into_iter().collect())
    }
}

impl WeightingRule for FixedWeights {
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
        let fixed = |each: &Candidate| match self.0.get(&each.asset) {
            Some(weight) => Ok((each.asset.clone(), weight.decimal())),
            None => {
                Err(WeightingError::NoFigure { asset: each.asset.clone(), figure: "fixed weight".to_owned() })
            }
        };
        let amounts: Vec<_> = candidates.iter().map(fixed).collect::<Result<_, _>>()?;
        Ok(Weights::proportional_to(&amounts)?)
    }
}
