//! Which assets may be selected.

use std::collections::BTreeSet;

use regimen_types::Category;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;
use crate::screens::ScreenDefinition;

/// Which assets may be selected: each asset of a snapshot passes these screens or is excluded with a reason.
///
/// The order is: `exclude_categories`; price and market cap are known; `history_snapshots_min`; then
/// `screens` as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Universe {
    /// The categories of the asset list that are never selected, such as `stablecoin`. An empty list excludes
    /// none; otherwise `snapshots.asset_list` is needed. Default: none.
    #[schemars(schema_with = "leaf::categories")]
    pub exclude_categories: BTreeSet<Category>,
    /// The snapshots with a known price that an asset needs up to the decision, the newest included. Default:
    /// 1.
    #[schemars(range(min = 1))]
    pub history_snapshots_min: u32,
    /// Further screens, in the order in which they are applied. Default: none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub screens: Vec<ScreenDefinition>,
}

impl Default for Universe {
    /// Builds the universe of all assets with a known price and market cap.
    fn default() -> Self {
        Self { exclude_categories: BTreeSet::new(), history_snapshots_min: 1, screens: Vec::new() }
    }
}
