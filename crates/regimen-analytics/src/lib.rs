//! The figures of a run, from the steps of its replay or from the tables of its folder.
//!
//! ```text
//! Step → Summary, Attribution, RegimeReport        one pass, snapshot by snapshot
//! History, regimes → Counterfactuals               the same run under other regimes, each run a summary
//! ```
//!
//! The rooms are subjects: [`TimeWeighted`] and other returns in `returns`, the table of a whole run in
//! `summary`, the tracking difference by cause in `attribution`, spells and switches in `regimes`, other
//! regimes in `counterfactuals`. Figures flow one way: a replay knows nothing of them.

mod attribution;
mod counterfactuals;
mod regimes;
mod returns;
mod summary;

pub use attribution::{
    Attribution, AttributionError, Attributor, Benchmark, Term, Terms, TrackingDifference, booked,
};
pub use counterfactuals::{
    CounterfactualError, CounterfactualRun, Counterfactuals, Distribution, Percentile, RandomRegimes,
    RandomRuns, ShiftedRun, counterfactual_count, counterfactuals,
};
pub use regimes::{
    InRegime, RegimeFigures, RegimeReport, RegimeReportBuilder, RoundTrip, SnapshotFigures, Spell, Switch,
    SwitchCosts, Whipsaw, WhipsawBound,
};
pub use returns::{Standing, TimeWeighted, cash_flow};
pub use summary::{RegimeCount, Summary, SummaryBuilder};
