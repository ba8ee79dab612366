//! The money that follows the index.

use regimen_types::Money;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;

/// The money that follows the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Portfolio {
    /// The money that the portfolio starts with: above zero, with at most `money_scale` decimal places.
    #[schemars(schema_with = "leaf::cash")]
    pub initial_cash: Money,
    /// How many snapshots lie between a decision and its execution. 0 fills at the decision prices, which is
    /// impossible in practice: it is for parity with other tools, and outputs note it.
    pub lag_snapshots: u32,
    /// The decimal places of money: cash, notionals and costs.
    #[schemars(range(max = 18))]
    pub money_scale: u32,
    /// The decimal places of units.
    #[schemars(range(max = 18))]
    pub units_scale: u32,
}
