//! The built-in screens, by what they look at.

mod history;
mod lists;
mod periods;
mod threshold;
mod volume;

pub use history::{CompleteColumns, KnownMarketCap, MaximumStaleness, MinimumAge, MinimumHistory};
pub use lists::{AllowList, DenyList, ExcludedCategories, ListedAsset, RequiredCategories};
pub use periods::{BeforeEnoughPeriods, ConsecutivePeriods};
pub use threshold::{
    AttributeThreshold, Bound, BufferedThreshold, MinimumAmount, MinimumPrice, MinimumShare, WhenUnknown,
};
pub use volume::{MinimumVolume, UnknownVolume, VolumeQuantile, VolumeStatistic, VolumeSummary};

#[cfg(test)]
mod tests;
