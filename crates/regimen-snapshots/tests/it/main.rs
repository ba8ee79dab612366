//! The readers from outside: a catalogue of bad inputs, and real market data.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod catalogue;
mod real_data;
