//! Each law catches a rule that breaks it, and the built-in rules keep all laws.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod breaks;
mod methodology;
mod signals;
mod weighting;
