//! Tests of definitions, read from a text or built in code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod definition_properties;
mod definition_strategies;
mod definitions;
mod in_code;
mod signal_strategies;
mod trading_strategies;
mod universe_strategies;
