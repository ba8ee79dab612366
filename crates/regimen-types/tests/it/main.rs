//! Tests of the workspace that every crate builds on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod crate_edges;
