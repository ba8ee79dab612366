//! What a quote takes for granted.

use regimen_types::{Ratio, Weight};
use serde::{Deserialize, Serialize};

/// What a quote takes for granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteOptions {
    /// How many standard deviations prices may move against the orders until they are filled.
    pub deviations: Ratio,
    /// The part of its present volume that an asset trades at least.
    pub volume_part: Weight,
    /// Over how many returns volatility and tracking error are measured.
    pub window_snapshots: u32,
    /// The costs that are acceptable, as a part of the amount.
    pub cost_ratio_max: Ratio,
    /// The tracking error that is acceptable for a smaller basket, per year of 365 days.
    pub tracking_error_max: Ratio,
}
