//! Caps and floors on the weights of constituents.

use regimen_types::Weight;
use regimen_weighting::IfInfeasible;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;

/// Caps and floors on the weights of constituents. What a cap cuts off goes to the others in proportion to
/// their weights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The greatest weight of an asset, above 0 and at most 1. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub cap: Option<Weight>,
    /// The least weight of an asset, above 0 and at most 1. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub floor: Option<Weight>,
    /// Another cap for the largest. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest: Option<Largest>,
    /// Caps and floors of groups. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupLimits>,
    /// What to do if no weights keep the limits, such as eight assets with a cap of 0.1 each.
    #[schemars(schema_with = "leaf::named::<IfInfeasible>")]
    pub if_infeasible: IfInfeasible,
}

impl Limits {
    /// Builds a table without caps and floors, to be extended:
    /// `Limits { cap: Some(cap), ..Limits::of(otherwise) }`.
    #[must_use]
    pub fn of(if_infeasible: IfInfeasible) -> Self {
        Self { cap: None, floor: None, largest: None, group: None, if_infeasible }
    }
}

/// The largest constituents, which have a cap of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Largest {
    /// How many there are.
    #[schemars(range(min = 1))]
    pub count: u32,
    /// Their cap; at least that of the others.
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub cap: Weight,
}

/// Caps and floors of groups. An asset without a group is in none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum GroupLimits {
    /// A group is a category of the asset list.
    Category {
        /// The greatest weight of a group. Default: none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(schema_with = "leaf::positive_fraction")]
        cap: Option<Weight>,
        /// The least weight of a group that has constituents. Default: none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(schema_with = "leaf::positive_fraction")]
        floor: Option<Weight>,
    },
    /// A group has the same value of an attribute, such as a sector's number.
    Attribute {
        /// The attribute's name.
        #[schemars(schema_with = "leaf::attribute")]
        name: String,
        /// The greatest weight of a group. Default: none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(schema_with = "leaf::positive_fraction")]
        cap: Option<Weight>,
        /// The least weight of a group that has constituents. Default: none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(schema_with = "leaf::positive_fraction")]
        floor: Option<Weight>,
    },
}
