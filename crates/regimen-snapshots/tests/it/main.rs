//! The readers from outside: a catalogue of bad inputs, and real market data.

mod catalogue;
mod real_data;
