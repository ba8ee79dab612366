//! What the assets of the sleeve, and cash, earn.

use regimen_types::{AnnualRate, AssetId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;

/// What the assets of the sleeve, and cash, earn while they are held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "from", rename_all = "snake_case", deny_unknown_fields)]
pub enum Yields {
    /// The same rates at all times.
    Constant {
        /// The annual rate of cash: 0.02 is two percent a year of 365 days.
        #[schemars(schema_with = "leaf::annual_rate")]
        cash: AnnualRate,
        /// The assets of the sleeve that earn. Others earn nothing.
        assets: Vec<AssetYield>,
    },
    /// Rates by date.
    File {
        /// The CSV of rates; relative to the definition's folder.
        #[schemars(schema_with = "leaf::path")]
        path: String,
    },
}

/// The yield of an asset of the sleeve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetYield {
    /// The asset, one of the sleeve's.
    #[schemars(schema_with = "leaf::asset_id")]
    pub asset: AssetId,
    /// Its annual rate, paid in units of itself: 0.04 is four percent a year of 365 days.
    #[schemars(schema_with = "leaf::annual_rate")]
    pub annual_rate: AnnualRate,
}
