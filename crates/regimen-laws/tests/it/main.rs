//! Each law catches a rule that breaks it, and the built-in rules keep all laws.
#![allow(clippy::arithmetic_side_effects)]

mod breaks;
mod signals;
mod weighting;
