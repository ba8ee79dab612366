//! How the constituents are weighted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the constituents are weighted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum Weighting {
    /// In proportion to market cap.
    MarketCap,
    /// All alike.
    Equal,
    /// As a file says, instant by instant: nothing is screened or selected.
    File {
        /// The CSV of target weights; relative to the definition's folder.
        #[schemars(length(min = 1))]
        path: String,
    },
}
