//! When the regime is evaluated.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When the regime is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Evaluation {
    /// At every snapshot.
    EverySnapshot,
    /// At the snapshots of the schedule only.
    OnSchedule,
}
