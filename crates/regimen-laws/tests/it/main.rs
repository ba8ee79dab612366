//! Each law catches a rule that breaks it, and the built-in rules keep all laws.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod breaks;
mod costs;
mod fills;
mod history_weighting;
mod how_to;
mod limits;
mod methodology;
mod planner;
mod published;
mod regime_rule;
mod regimes;
mod screens;
mod selection;
mod signals;
mod trigger;
mod weighting;
