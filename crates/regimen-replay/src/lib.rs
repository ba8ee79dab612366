//! The replay loop: a backtest is the live path called once per snapshot.
//!
//! ```text
//! HistoryWindow → corporate actions → cash flows → due fills → vanished positions
//!               → index level → decide → (fills, if the lag is 0) → NAV → Step
//! ```
//!
//! [`Replayer::step`] takes one snapshot at a time and can stop and resume at any [`Checkpoint`]; [`replay`]
//! runs all snapshots of a history and hands each [`Step`] to a sink; [`Variants`] are many such runs in
//! parallel. Figures are no part of it: whoever wants them is a [`StepSink`].

mod accrual;
mod events;
mod level;
mod parallel;
mod replayer;
mod run;

pub use accrual::{Accrual, AccrualState, AccruingPosition};
pub use events::FlowState;
pub use level::calculate_index;
pub use parallel::Variants;
pub use regimen::OrderResult;
pub use replayer::{Checkpoint, ReplayError, Replayer, Step};
pub use run::{Period, RunError, StepSink, replay, replay_each};
