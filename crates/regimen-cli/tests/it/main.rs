//! The command line as a user sees it: whole runs against independent figures, golden outputs, behaviour of
//! commands.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod capped_weights;
mod commands;
mod desk;
mod engine_cases;
mod events;
mod frictions;
mod given_weights;
mod golden;
mod import;
mod level;
mod level_symmetry;
mod peer_job;
mod plans;
mod published;
mod readme;
mod real_data;
mod regime;
mod supply_and_crosses;
mod table;
mod warnings;
mod workspace;
