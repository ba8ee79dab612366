//! What a target is made of, asset by asset.

use regimen_types::{AssetId, Price, Weight};
use regimen_weighting::AssetVerdict;
use serde::{Deserialize, Serialize};

/// What a target is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Constituents that were screened, ranked and weighed: a verdict on every asset of the snapshot.
    Constituents(Vec<AssetVerdict>),
    /// Given weights: the defensive sleeve, or a file.
    Given {
        /// Where the weights come from.
        source: GivenSource,
        /// A verdict on every asset that has a weight.
        verdicts: Vec<GivenVerdict>,
    },
}

/// Where given weights come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GivenSource {
    /// The defensive sleeve of the definition.
    Sleeve,
    /// A file of weights.
    File,
}

/// What became of an asset with a given weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenVerdict {
    /// The asset.
    pub asset: AssetId,
    /// Its price in the snapshot, if known.
    pub price: Option<Price>,
    /// The weight that was given.
    pub given_weight: Weight,
    /// The weight in the target.
    pub weight: Weight,
    /// Why it is not bought; `None` if it is.
    pub exclusion: Option<GivenExclusion>,
}

regimen_types::named! {
    /// Why an asset with a given weight is not bought.
    #[non_exhaustive]
    pub enum GivenExclusion {
        /// The snapshot has no price of it.
        NoPrice = "no_price",
        /// Its price is further from 1 than the peg tolerance.
        OffPeg = "off_peg",
        /// Its price is back within the peg tolerance, but not close or not long enough for re-entry.
        NotTrustedYet = "not_trusted_yet",
    }
}

impl GivenExclusion {
    /// Returns the reason in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NoPrice => "no known price",
            Self::OffPeg => "off its peg by more than the tolerance",
            Self::NotTrustedYet => "back at its peg but not trusted yet",
        }
    }
}
