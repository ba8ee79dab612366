//! What a weighting rule is: constituents in, weights out.

use std::fmt;

use regimen_types::{ArithmeticError, AssetId, HistoryWindow, MarketCap};

use crate::limits::LimitError;
use crate::weights::{Weights, WeightsError};

/// A selected constituent as a weighting rule sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The asset.
    pub asset: AssetId,
    /// Its market cap at the reference instant: as reported, smoothed or float-adjusted, as the methodology says.
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

/// A rule that weighs by more than caps: by prices of the past, or by attributes.
///
/// Every [`WeightingRule`] is one.
///
/// Laws: a weight depends on the candidates as a set and on the window alone.
pub trait HistoryWeighting: fmt::Debug + Send + Sync {
    /// Weighs the candidates, of which there is at least one, with the market up to the reference instant.
    ///
    /// # Errors
    /// [`WeightingError`] if the rule has no weights for them.
    fn weigh_at(
        &self,
        candidates: &[Candidate],
        window: &HistoryWindow<'_>,
    ) -> Result<Weights, WeightingError>;
}

impl<Rule: WeightingRule> HistoryWeighting for Rule {
    fn weigh_at(&self, candidates: &[Candidate], _: &HistoryWindow<'_>) -> Result<Weights, WeightingError> {
        self.weigh(candidates)
    }
}

/// Says why a rule has no weights.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightingError {
    /// The amounts behind the weights make none.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The rule needs a figure that the asset does not have.
    #[error("{asset} has no {figure}")]
    NoFigure {
        /// The asset.
        asset: AssetId,
        /// What it lacks.
        figure: String,
    },
    /// A figure needs more digits than there are.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// No weights keep the caps and floors.
    #[error(transparent)]
    Limits(#[from] LimitError),
    /// A user's own rule failed, for the reason given.
    #[error("{0}")]
    Other(String),
}
