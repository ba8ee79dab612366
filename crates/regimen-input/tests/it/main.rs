//! The reader from outside: a catalogue of bad inputs, real market data, and definitions with all that they
//! name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod catalogue;
mod effect;
mod open;
mod real_data;
mod shapes;
