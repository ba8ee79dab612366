//! The screens of a universe.

use std::collections::BTreeSet;

use regimen_types::{AsOf, AssetId, Category, Figure, Weight};
use regimen_weighting::{
    BeforeEnoughPeriods, Bound, MarketColumn, QuantileType, UnknownVolume, VolumeStatistic, WhenUnknown,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;
use crate::lookback::{LookbackDefinition, MeasureDefinition};

/// A screen: an asset passes it or is excluded with a reason.
///
/// Where a threshold has `enter` and `stay`, newcomers need `enter` and incumbents, the constituents before
/// the reconstitution, `stay`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum ScreenDefinition {
    /// Keeps out the categories listed.
    ExcludeCategories {
        /// The categories.
        #[schemars(schema_with = "leaf::categories")]
        categories: BTreeSet<Category>,
    },
    /// Lets in the categories listed alone.
    RequireCategories {
        /// The categories.
        #[schemars(schema_with = "leaf::categories")]
        categories: BTreeSet<Category>,
    },
    /// Lets in the assets listed alone.
    Allow {
        /// The assets; one may be listed for several stretches of time.
        assets: Vec<ListedAssetDefinition>,
    },
    /// Keeps out the assets listed.
    Deny {
        /// The assets; one may be listed for several stretches of time.
        assets: Vec<ListedAssetDefinition>,
    },
    /// Asks for a known price in a number of snapshots, the newest included.
    MinHistory {
        /// The snapshots.
        #[schemars(range(min = 1))]
        snapshots: u32,
    },
    /// Asks for a first known price that lies at least a number of days of 24 hours back.
    MinAge {
        /// The days.
        #[schemars(range(min = 1))]
        days: u32,
    },
    /// Keeps out assets whose price has been the same for longer than a number of days of 24 hours.
    MaxStaleness {
        /// The days.
        days: u32,
    },
    /// Asks for a price of at least a threshold.
    MinPrice {
        /// The least price of a newcomer.
        #[schemars(schema_with = "leaf::figure")]
        enter: Figure,
        /// The least price of an incumbent. Default: `enter`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(schema_with = "leaf::figure")]
        stay: Option<Figure>,
    },
    /// Asks that no figure is missing or zero at any snapshot of the lookback.
    NoneMissing {
        /// The figures.
        #[schemars(schema_with = "leaf::named_list::<MarketColumn>")]
        columns: BTreeSet<MarketColumn>,
        /// How far back.
        over: LookbackDefinition,
    },
    /// Asks for a mean or median volume of at least a threshold.
    MinVolume {
        /// Mean or median.
        #[schemars(schema_with = "leaf::named::<VolumeStatistic>")]
        statistic: VolumeStatistic,
        /// How far back.
        over: LookbackDefinition,
        /// How snapshots without a known volume count.
        #[schemars(schema_with = "leaf::named::<UnknownVolume>")]
        unknown: UnknownVolume,
        /// The least volume of a newcomer.
        #[schemars(schema_with = "leaf::figure")]
        enter: Figure,
        /// The least volume of an incumbent. Default: `enter`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(schema_with = "leaf::figure")]
        stay: Option<Figure>,
    },
    /// Asks for a mean or median volume of at least a quantile of those of the assets that passed so far. The
    /// screens before it make the sample, so its place matters.
    MinVolumeQuantile {
        /// Mean or median.
        #[schemars(schema_with = "leaf::named::<VolumeStatistic>")]
        statistic: VolumeStatistic,
        /// How far back.
        over: LookbackDefinition,
        /// How snapshots without a known volume count.
        #[schemars(schema_with = "leaf::named::<UnknownVolume>")]
        unknown: UnknownVolume,
        /// The fraction of the sample below the quantile, from 0 to 1.
        #[schemars(schema_with = "leaf::fraction")]
        quantile: Weight,
        /// How the quantile lies between values.
        #[schemars(schema_with = "leaf::named::<QuantileType>")]
        quantile_type: QuantileType,
    },
    /// Asks for a market cap, or another amount, of at least a threshold.
    MinMarketCap {
        /// The amount. Default: the market cap as reported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<MeasureDefinition>,
        /// The least amount of a newcomer.
        #[schemars(schema_with = "leaf::figure")]
        enter: Figure,
        /// The least amount of an incumbent. Default: `enter`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(schema_with = "leaf::figure")]
        stay: Option<Figure>,
    },
    /// Asks for at least a given share of the total market cap of the assets that passed so far. The screens
    /// before it make the total, so its place matters.
    MinShare {
        /// The amount. Default: the market cap as reported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<MeasureDefinition>,
        /// The least share of a newcomer, from 0 to 1.
        #[schemars(schema_with = "leaf::fraction")]
        enter: Weight,
        /// The least share of an incumbent. Default: `enter`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(schema_with = "leaf::fraction")]
        stay: Option<Weight>,
    },
    /// Compares an attribute with a threshold.
    Attribute {
        /// The attribute's name: a further numeric column of the snapshots.
        #[schemars(schema_with = "leaf::attribute")]
        name: String,
        /// Which side of the threshold passes.
        #[schemars(schema_with = "leaf::named::<Bound>")]
        bound: Bound,
        /// The threshold for a newcomer.
        #[schemars(schema_with = "leaf::figure")]
        enter: Figure,
        /// The threshold for an incumbent. Default: `enter`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(schema_with = "leaf::figure")]
        stay: Option<Figure>,
        /// The verdict without a value.
        #[schemars(schema_with = "leaf::named::<WhenUnknown>")]
        if_unknown: WhenUnknown,
    },
    /// Asks that an asset came as far as this screen in a number of reconstitutions in a row, the present one
    /// included. The screens before it are what is counted, so its place matters.
    ConsecutivePeriods {
        /// The reconstitutions.
        #[schemars(range(min = 1))]
        periods: u32,
        /// What is asked for while there were fewer reconstitutions than that.
        #[schemars(schema_with = "leaf::named::<BeforeEnoughPeriods>")]
        before_enough: BeforeEnoughPeriods,
    },
}

/// An asset on a list, and when it is on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListedAssetDefinition {
    /// The asset.
    #[schemars(schema_with = "leaf::asset_id")]
    pub asset: AssetId,
    /// The first instant at which it is on the list. Default: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::as_of")]
    pub from: Option<AsOf>,
    /// The first instant at which it is not on the list any more. Default: for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::as_of")]
    pub until: Option<AsOf>,
}
