//! The start of the index level.

use regimen_types::{AsOf, IndexLevel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::leaf;

/// The index level's start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexBase {
    /// The level at the base: a decimal above zero, often 100 or 1000.
    #[schemars(schema_with = "leaf::base_level")]
    pub base_level: IndexLevel,
    /// The day of the base: the index begins with its first snapshot, or the next; earlier ones serve as history.
    /// Default: the first snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::date")]
    pub base_date: Option<AsOf>,
}

impl IndexBase {
    /// Builds an index that has a level from the first snapshot on.
    #[must_use]
    pub fn of(base_level: IndexLevel) -> Self {
        Self { base_level, base_date: None }
    }
}
