//! The same run under other regimes: late, early, always bullish, and at random.

mod distribution;
mod figures;
mod plan;
mod random;
mod rederived;
mod runs;
mod shifted;

pub use distribution::{Distribution, Percentile};
pub use figures::{CounterfactualRun, Counterfactuals, RandomRegimes, RandomRuns, ShiftedRun};
pub use plan::counterfactual_count;
pub use runs::{CounterfactualError, counterfactuals};
