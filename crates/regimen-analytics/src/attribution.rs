//! The tracking difference of a run, explained to the last digit.
//!
//! The benchmark holds the index itself, bought and sold by the portfolio's cash flows without cost. The
//! tracking difference is NAV less benchmark. Between two snapshots it changes by what was booked (costs,
//! write-offs, yield) and by what the portfolio's *excess units* gained: those that it holds more or less of
//! than the benchmark. Each excess unit has a cause, so each gain has one.
//!
//! ```text
//! ΔNAV − Δbenchmark = − costs + Σ (units − benchmark units) × price change
//! benchmark units   = followed units + scale gap   (the size at the last decision, and what it lacks)
//! units − followed  = waiting orders + skipped + lots + cash + stale + earned
//! ```

mod amounts;
mod attributor;
mod benchmark;
mod decimals;
mod difference;
mod excess;
mod following;
mod merged;
mod plan_causes;
mod terms;

pub use amounts::booked;
pub use attributor::Attributor;
pub use benchmark::Benchmark;
pub use difference::{Attribution, AttributionError, TrackingDifference};
pub use terms::{Term, Terms};
