//! A regime by the price of one asset against its average.

use regimen_types::{AssetId, RelativeDistance};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evaluation::Evaluation;
use crate::leaf;

/// The regime by an asset's price against its simple moving average, with an enter and exit band and
/// confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceAboveAverage {
    /// The asset whose price is compared with its average.
    #[schemars(schema_with = "leaf::asset_id")]
    pub asset: AssetId,
    /// The snapshots in the average, the newest included; until there are as many the regime is undetermined.
    #[schemars(range(min = 1))]
    pub window_snapshots: u32,
    /// The relative distance of the price from its average above which a bullish regime begins: 0.02 is two
    /// percent above the average.
    #[schemars(schema_with = "leaf::relative_distance")]
    pub enter_above: RelativeDistance,
    /// The relative distance at or below which a bullish regime ends; at most `enter_above`.
    #[schemars(schema_with = "leaf::relative_distance")]
    pub exit_below: RelativeDistance,
    /// How many evaluations in a row must agree before the regime changes; 1 changes at once.
    #[schemars(range(min = 1))]
    pub confirm_snapshots: u32,
    /// When the rule is evaluated.
    pub evaluate: Evaluation,
}
