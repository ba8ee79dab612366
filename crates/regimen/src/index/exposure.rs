//! What a regime holds: constituents or the sleeve.

use regimen_types::Regime;
use serde::{Deserialize, Serialize};

/// What a target is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// The index's constituents.
    Constituents,
    /// The defensive sleeve.
    Sleeve,
}

impl Exposure {
    /// Returns what a regime holds.
    #[must_use]
    pub fn of(regime: Regime) -> Self {
        match regime {
            Regime::Bullish => Self::Constituents,
            Regime::Bearish | Regime::Undetermined => Self::Sleeve,
        }
    }
}
