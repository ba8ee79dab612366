//! Each law catches a rule that breaks it, and the built-in rules keep all laws.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod breaks;
mod history_weighting;
mod how_to;
mod limits;
mod methodology;
mod screens;
mod selection;
mod signals;
mod weighting;
