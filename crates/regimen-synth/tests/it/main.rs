//! Tests of the synthetic market, which read its files as a stranger would.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod files;
mod findings;
mod market;
mod sample_data;
mod table;
