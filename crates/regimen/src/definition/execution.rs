//! How orders are executed beyond the lag.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How orders are executed once the lag is over. Without this table an order is executed in one snapshot, and what cannot
/// be filled there is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Execution {
    /// In how many snapshots in a row an order is executed, a like part of what is left in each (TWAP).
    #[schemars(range(min = 1, max = 10_000))]
    pub slices: u32,
    /// For how many snapshots after the last slice an order waits if its asset has no price: halted, or missing from the
    /// data. 0 closes it.
    #[schemars(range(max = 10_000))]
    pub carry_snapshots: u32,
}

impl Execution {
    /// All in one snapshot, and nothing later.
    pub const AT_ONCE: Self = Self { slices: 1, carry_snapshots: 0 };
}
