//! Tests of the signals from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod figures;
mod json;
mod look_ahead;
mod signals;
