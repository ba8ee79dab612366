//! Screen, rank, select, weigh: a snapshot becomes weights that sum to exactly one.
//!
//! ```text
//! Snapshot → screens (Exclusion) → ranking → selection → WeightingRule → Weights
//! ```
//!
//! [`reconstitute`] runs the whole chain and returns a verdict on every asset of the snapshot.
#![deny(clippy::arithmetic_side_effects)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

mod reconstitution;
mod screen;
mod weighting;
mod weights;

pub use reconstitution::{AssetVerdict, Reconstitution, Verdict, reconstitute};
pub use screen::{EligibilityFilter, ExcludedCategories, Exclusion, KnownMarketCap, MinimumHistory};
pub use weighting::{Candidate, EqualWeight, MarketCapWeight, WeightingError, WeightingRule};
pub use weights::{Weights, WeightsError};
