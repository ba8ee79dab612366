//! What holds for the workspace as a whole: edges between crates and between files, codes, links, style,
//! metadata.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod codes;
mod crate_edges;
mod dependencies;
mod file_circles;
mod foreign_data;
mod links;
mod metadata;
mod modules;
mod repository;
mod rust_source;
mod style;
