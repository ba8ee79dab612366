//! The replay loop: a backtest is the live path called once per snapshot.
//!
//! ```text
//! HistoryWindow → corporate actions → cash flows → due fills → vanished positions → index level → decide → (fills, if lag is 0) → NAV → Step
//! ```
//!
//! [`Replayer::step`] takes one snapshot at a time and can stop and resume at any [`Checkpoint`]; [`replay`] runs all
//! snapshots of a history and hands each [`Step`] to a sink.

mod accrual;
mod attribution;
mod counterfactuals;
mod events;
mod level;
mod random_regimes;
mod regime_report;
mod replayer;
mod returns;
mod run;
mod summary;

pub use accrual::{Accrual, AccrualState, AccruingPosition};
pub use attribution::{
    Attribution, AttributionError, Attributor, Benchmark, Term, Terms, TrackingDifference, booked,
};
pub use counterfactuals::{
    CounterfactualError, CounterfactualRun, Counterfactuals, Distribution, Percentile, RandomRegimes,
    RandomRuns, ShiftedRun, counterfactual_count, counterfactuals,
};
pub use events::FlowState;
pub use level::calculate_index;
pub use regime_report::{
    InRegime, RegimeFigures, RegimeReport, RegimeReportBuilder, RoundTrip, SnapshotFigures, Spell, Switch,
    SwitchCosts, Whipsaw, WhipsawBound,
};
pub use regimen::OrderResult;
pub use replayer::{Checkpoint, ReplayError, Replayer, Step};
pub use returns::{Standing, TimeWeighted};
pub use run::{Period, RunError, StepSink, replay, replay_each};
pub use summary::{RegimeCount, Summary, SummaryBuilder, cash_flow};
