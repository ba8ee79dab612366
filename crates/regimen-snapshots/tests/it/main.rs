//! The crate from outside: a catalogue of bad inputs, real market data, run folders that were tampered with, and
//! explanations.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod catalogue;
mod real_data;
mod run_explain;
mod run_files;
mod run_flips;
mod run_forgeries;
mod run_writer;
mod sample_run;
