//! Screen, rank, select, weigh: a snapshot becomes weights that sum to exactly one.
//!
//! ```text
//! Snapshot → screens (Exclusion) → ranking → selection → WeightingRule → Weights
//! ```
//!
//! [`reconstitute`] runs the whole chain and returns a verdict on every asset of the snapshot.
#![deny(clippy::arithmetic_side_effects)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

mod exclusion;
mod grouping;
mod half_life;
mod limits;
mod lookback;
mod measure;
mod membership;
mod occasion;
mod quantile;
mod reconstitution;
mod screen;
mod screens;
mod selection;
mod shared;
mod supply;
mod weighing;
mod weighting;
mod weights;

pub use exclusion::ExclusionCode;
pub use grouping::{Group, Grouping};
pub use limits::{Bounds, LargestCap, LimitError, RawWeight, WeightCap, WeightLimits};
pub use lookback::Lookback;
pub use measure::{Measure, MeasureName};
pub use membership::Membership;
pub use occasion::Occasion;
pub use quantile::QuantileType;
pub use reconstitution::{
    AssetVerdict, Reconstitution, Selection, SelectionRules, SupplyUse, Verdict, reconstitute, select,
};
pub use screen::{EligibilityFilter, Exclusion, MarketColumn, UniverseScreen};
pub use screens::*;
pub use selection::{Buffer, Choice, RankSelection, RankedAsset, SelectionRule, Size};
pub use supply::{Purpose, Supply, SupplySnapshot};
pub use weighing::{IfInfeasible, LimitRules, Relaxation, WeighedAsset, Weighing, WeighingRules, weigh};
pub use weighting::{
    AttributeTilt, Candidate, EqualWeight, FixedWeights, HistoryWeighting, InverseVolatility,
    MarketCapWeight, PowerWeight, SquareRootWeight, WeightingError, WeightingRule,
};
pub use weights::{Weights, WeightsError};
