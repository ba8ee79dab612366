//! Tests of the crate from outside.

mod run_files;
mod run_flips;
mod run_forgeries;
mod run_writer;
mod sample_run;
