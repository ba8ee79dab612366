//! The replay loop: a backtest is the live path called once per snapshot.
//!
//! ```text
//! HistoryWindow → Book::open_day → fills → settle_orders → fills → decide → fills → close_day → Step
//! ```
//!
//! [`Replayer::step`] takes one snapshot at a time and can stop and resume at any [`Checkpoint`]; [`replay`]
//! runs all snapshots of a history and hands each [`Step`] to a sink.

mod attribution;
mod counterfactuals;
mod error;
mod level;
mod random_regimes;
mod regime_report;
mod replayer;
mod returns;
mod run;
mod step;
mod summary;

pub use attribution::{
    Attribution, AttributionError, Attributor, Benchmark, Term, Terms, TrackingDifference, booked,
};
pub use counterfactuals::{
    CounterfactualError, CounterfactualRun, Counterfactuals, Distribution, Percentile, RandomRegimes,
    RandomRuns, ShiftedRun, counterfactual_count, counterfactuals,
};
pub use error::ReplayError;
pub use level::calculate_index;
pub use regime_report::{
    InRegime, RegimeFigures, RegimeReport, RegimeReportBuilder, RoundTrip, SnapshotFigures, Spell, Switch,
    SwitchCosts, Whipsaw, WhipsawBound,
};
pub use regimen::{Accrual, AccrualState, AccruingPosition, FlowState, OrderResult};
pub use replayer::{Checkpoint, Replayer};
pub use returns::{Standing, TimeWeighted};
pub use run::{Period, RunError, StepSink, replay, replay_each};
pub use step::Step;
pub use summary::{RegimeCount, Summary, SummaryBuilder, cash_flow};
