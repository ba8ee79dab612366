//! How many assets are selected.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many assets are selected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// The largest eligible assets by market cap that are selected; fewer if fewer are eligible.
    #[schemars(range(min = 1))]
    pub count: u32,
}
