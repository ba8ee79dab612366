//! Tests of the facade from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod definition_properties;
mod definition_strategies;
mod definitions;
mod methodology;
mod own_rules;
mod paper_service;
mod readme;
mod signal_strategies;
mod trading_strategies;
mod universe_laws;
mod universe_strategies;
mod wings;
