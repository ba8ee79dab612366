//! Weighting rules: how much of each constituent.

use std::fmt;

use regimen_types::{AssetId, MarketCap};
use rust_decimal::Decimal;

use crate::weights::{Weights, WeightsError};

/// A selected constituent as a weighting rule sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The asset.
    pub asset: AssetId,
    /// Its market cap at the reference instant.
    pub market_cap: MarketCap,
}

/// A rule that weighs the selected constituents.
///
/// Laws: a weight depends on the candidates as a set, not on their order; multiplying all caps by one number changes
/// nothing; a larger cap never gets a smaller weight. That weights sum to exactly one is kept by [`Weights`].
///
/// ```
/// use regimen_weighting::{Candidate, MarketCapWeight, WeightingRule};
/// let candidate = |asset: &str, cap: &str| Candidate {
///     asset: asset.parse().unwrap(),
///     market_cap: cap.parse().unwrap(),
/// };
/// let weights = MarketCapWeight.weigh(&[candidate("bitcoin", "3"), candidate("ether", "1")]).unwrap();
/// assert_eq!(weights.of(&"bitcoin".parse().unwrap()).to_string(), "0.75");
/// ```
pub trait WeightingRule: fmt::Debug + Send + Sync {
    /// Weighs the candidates, of which there is at least one.
    ///
    /// # Errors
    /// [`WeightingError`] if the rule has no weights for them.
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError>;
}

/// Says why a rule has no weights.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightingError {
    /// The amounts behind the weights make none.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A user's own rule failed, for the reason given.
    #[error("{0}")]
    Other(String),
}

/// Weights in proportion to market cap.
#[derive(Clone, Copy, Debug)]
pub struct MarketCapWeight;

impl WeightingRule for MarketCapWeight {
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
        let caps: Vec<_> =
            candidates.iter().map(|each| (each.asset.clone(), each.market_cap.decimal())).collect();
        Ok(Weights::proportional_to(&caps)?)
    }
}

/// The same weight for each constituent.
#[derive(Clone, Copy, Debug)]
pub struct EqualWeight;

impl WeightingRule for EqualWeight {
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError> {
        let ones: Vec<_> = candidates.iter().map(|each| (each.asset.clone(), Decimal::ONE)).collect();
        Ok(Weights::proportional_to(&ones)?)
    }
}
