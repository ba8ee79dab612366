//! What a trade costs.

use regimen_types::{Bps, CostRates};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::leaf;

/// The costs of a trade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// The commission, in basis points of the notional: from 0 to below 10000.
    #[schemars(schema_with = "leaf::bps")]
    pub fee_bps: Bps,
    /// The distance between the snapshot's price and the price obtained, in basis points: from 0 to below 10000.
    #[schemars(schema_with = "leaf::bps")]
    pub slippage_bps: Bps,
}

impl Costs {
    /// Returns the rates that planning and execution share.
    #[must_use]
    pub fn rates(&self) -> CostRates {
        CostRates { fee_bps: self.fee_bps, slippage_bps: self.slippage_bps }
    }
}
