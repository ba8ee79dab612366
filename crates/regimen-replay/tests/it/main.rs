//! Whole runs, in process: what holds of every replay, whatever the market.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod book;
mod conservation;
mod events;
mod index_alone;
mod index_between;
mod live;
mod market;
mod methodology;
mod poison;
mod read_back;
mod record;
mod renames;
mod resume;
mod several_portfolios;
mod signals;
mod sleeve;
mod strategies;
mod supply_and_crosses;
mod symmetry;
mod threads;
mod variants;
mod yields;
