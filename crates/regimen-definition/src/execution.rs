//! How orders are executed beyond the lag.

use regimen_types::Weight;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::leaf;

/// How orders are executed once the lag is over. Without this table an order is executed in one snapshot, and
/// what cannot be filled there is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Execution {
    /// In how many snapshots in a row an order is executed, a like part of what is left in each (TWAP).
    #[schemars(range(min = 1, max = 10_000))]
    pub slices: u32,
    /// For how many snapshots after the last slice an order waits if its asset has no price (halted, or
    /// missing from the data) or too little volume. 0 closes it.
    #[schemars(range(max = 10_000))]
    pub carry_snapshots: u32,
    /// The largest part of the execution snapshot's volume that is traded of an asset, above 0 and at most 1.
    /// Without it, whatever was ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_fraction")]
    pub participation_max: Option<Weight>,
}

impl Execution {
    /// All in one snapshot, and nothing later.
    pub const AT_ONCE: Self = Self { slices: 1, carry_snapshots: 0, participation_max: None };
}
