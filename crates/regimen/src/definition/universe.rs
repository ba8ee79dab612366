//! Which assets may be selected.

use std::collections::BTreeSet;

use regimen_types::Category;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::leaf;

/// Which assets may be selected: each asset of a snapshot passes these screens or is excluded with a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Universe {
    /// The categories of the asset list that are never selected, such as `stablecoin`. An empty list excludes none;
    /// otherwise `snapshots.asset_list` is needed.
    #[schemars(schema_with = "leaf::categories")]
    pub exclude_categories: BTreeSet<Category>,
    /// The snapshots with a known price that an asset needs up to the decision, the newest included.
    #[schemars(range(min = 1))]
    pub history_snapshots_min: u32,
}
