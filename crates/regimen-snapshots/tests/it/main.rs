//! The readers from outside: a catalogue of bad inputs, and real market data.
#![allow(clippy::unwrap_used, reason = "these modules are tests")]

mod catalogue;
mod real_data;
