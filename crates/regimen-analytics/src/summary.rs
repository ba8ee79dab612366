//! The figures of a run in one table.

mod builder;
mod figures;

pub use builder::SummaryBuilder;
pub use figures::{RegimeCount, Summary};
