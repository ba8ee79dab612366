//! Run folders from outside: written, tampered with, verified and explained.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod data_format;
mod run_explain;
mod run_files;
mod run_flips;
mod run_forgeries;
mod run_writer;
mod sample_run;
