//! Which of the eligible assets are selected.

use regimen_types::{AsOf, Figure, Weight};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;
use crate::lookback::MeasureDefinition;

/// Which of the eligible assets are selected. Exactly one of `count`, `count_by_date`, `coverage` and `all`
/// is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Selection {
    /// The first eligible assets in rank that are selected; fewer if fewer are eligible.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub count: Option<u32>,
    /// How many are selected from each date on, by the instant at which the constituents come into force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count_by_date: Option<Vec<DatedCount>>,
    /// As many, by rank, as are needed to hold this share of the amounts of all eligible assets: above 0 and
    /// at most 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub coverage: Option<Weight>,
    /// Whether all eligible assets are selected. Default: false.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// The amount that ranks. Default: the market cap as reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank_by: Option<MeasureDefinition>,
    /// How incumbents are preferred. Default: not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buffer: Option<BufferDefinition>,
    /// How many constituents of one group there may be. Default: any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_max: Option<GroupMax>,
    /// How many assets next in line are named as the reserve. Default: 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub reserve: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Selection {
    /// Builds the selection of the first `count` assets by market cap.
    #[must_use]
    pub fn largest(count: u32) -> Self {
        Self { count: Some(count), ..Self::default() }
    }
}

/// A number of constituents from a date on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatedCount {
    /// The first instant for which the count holds.
    #[schemars(schema_with = "leaf::as_of")]
    pub from: AsOf,
    /// The count.
    #[schemars(range(min = 1))]
    pub count: u32,
}

/// How incumbents, the constituents before the reconstitution, are preferred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum BufferDefinition {
    /// By rank: the assets down to rank `enter` are selected, then incumbents down to rank `stay`, then the
    /// others, by rank, until the count is reached.
    Rank {
        /// The last rank at which any asset is selected at once; at most the count.
        #[schemars(range(min = 1))]
        enter: u32,
        /// The last rank at which an incumbent is preferred; at least the count.
        #[schemars(range(min = 1))]
        stay: u32,
    },
    /// By the amount that ranks: a newcomer needs `enter`, an incumbent `stay`.
    Amount {
        /// The least amount of a newcomer.
        #[schemars(schema_with = "leaf::figure")]
        enter: Figure,
        /// The least amount of an incumbent; at most `enter`.
        #[schemars(schema_with = "leaf::figure")]
        stay: Figure,
    },
}

/// How many constituents of one group there may be. An asset without a group is not limited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum GroupMax {
    /// A group is a category of the asset list.
    Category {
        /// The most constituents.
        #[schemars(range(min = 1))]
        count: u32,
    },
    /// A group has the same value of an attribute, such as a sector's number.
    Attribute {
        /// The attribute's name.
        #[schemars(schema_with = "leaf::attribute")]
        name: String,
        /// The most constituents.
        #[schemars(range(min = 1))]
        count: u32,
    },
}
