//! The replay loop: a backtest is the live path called once per snapshot.
//!
//! ```text
//! HistoryWindow → Book::open_day → fills → settle_orders → fills → decide → fills → close_day → Step
//! ```
//!
//! [`Replayer::step`] takes one snapshot at a time and can stop and resume at any [`Checkpoint`]; [`replay`]
//! runs all snapshots of a history and hands each [`Step`] to a sink; [`Variants`] are many such runs in
//! parallel. Figures are no part of it: whoever wants them is a [`StepSink`].

mod error;
mod level;
mod parallel;
mod replayer;
mod run;
mod step;

pub use error::ReplayError;
pub use level::calculate_index;
pub use parallel::Variants;
pub use regimen::{Accrual, AccrualState, AccruingPosition, FlowState, OrderResult};
pub use replayer::{Checkpoint, Replayer};
pub use run::{Period, RunError, StepSink, replay, replay_each};
pub use step::Step;
