//! Tests of the crate from outside.
#![allow(clippy::unwrap_used, reason = "these modules are tests")]

mod run_explain;
mod run_files;
mod run_flips;
mod run_forgeries;
mod run_writer;
mod sample_run;
