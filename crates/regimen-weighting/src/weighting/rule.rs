//! The interface of weighting rules: constituents in, weights out.

use std::fmt;

use regimen_types::{ArithmeticError, AssetId, HistoryWindow, MarketCap};

use crate::exclusion::Exclusion;
use crate::limits::LimitError;
use crate::weights::{Weights, WeightsError};

/// A selected constituent with its market cap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The asset.
    pub asset: AssetId,
    /// Its market cap at the reference instant: reported, smoothed or float-adjusted, as the methodology
    /// requires.
    pub market_cap: MarketCap,
}

/// A rule that weighs the selected constituents.
///
/// Laws: a weight depends on the set of candidates, not on their order; multiplying all caps by one number
/// changes nothing; a larger cap never gets a smaller weight. [`Weights`] guarantees that the sum is exactly
/// one.
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
    /// Weighs the candidates; there is at least one.
    ///
    /// # Errors
    /// [`WeightingError`] if the rule cannot weigh them.
    fn weigh(&self, candidates: &[Candidate]) -> Result<Weights, WeightingError>;
}

/// A rule that weighs by more than market caps: by past prices, or by attributes.
///
/// Every [`WeightingRule`] is a `HistoryWeighting`.
///
/// Law: a weight depends only on the set of candidates and on the window.
pub trait HistoryWeighting: fmt::Debug + Send + Sync {
    /// Returns why the rule cannot weigh an asset, whichever other candidates there are. Such an asset is not
    /// eligible at a reconstitution, and weighs nothing when constituents are weighed again. The default
    /// excludes none.
    fn excludes(&self, _asset: &AssetId, _window: &HistoryWindow<'_>) -> Option<Exclusion> {
        None
    }

    /// Weighs the candidates with the market up to the reference instant; there is at least one candidate.
    ///
    /// # Errors
    /// [`WeightingError`] if the rule cannot weigh them.
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

/// Why a rule cannot weigh its candidates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightingError {
    /// The amounts cannot become weights.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The rule needs a figure that the asset does not have.
    #[error("{asset} has no {figure}")]
    NoFigure {
        /// The asset.
        asset: AssetId,
        /// The missing figure.
        figure: String,
    },
    /// A figure needs more than 28 digits.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// No weights satisfy the caps and floors.
    #[error(transparent)]
    Limits(#[from] LimitError),
    /// A user's own rule failed, for the reason given.
    #[error("{0}")]
    Other(String),
}
