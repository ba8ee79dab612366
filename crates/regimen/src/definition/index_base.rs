//! The start of the index level.

use regimen_types::IndexLevel;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::leaf;

/// The index level's start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexBase {
    /// The level at the first snapshot: a decimal above zero, often 100 or 1000.
    #[schemars(schema_with = "leaf::base_level")]
    pub base_level: IndexLevel,
}
