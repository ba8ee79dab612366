//! Tests of the facade from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod inputs;
mod own_rules;
mod paper_service;
mod readme;
mod universe_laws;
