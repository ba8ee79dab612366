//! Market history: columnar storage, and the window that ends at the reference instant.

mod actions;
mod asset_rows;
mod build;
mod columns;
mod decimal_column;
mod indexed;
mod jumps;
mod market;
mod observation;
mod segments;
mod window;

pub use build::{HistoryBuilder, RowInput};
pub use columns::{Attribute, HistoryColumns, HistoryError};
pub use decimal_column::DecimalColumn;
pub use jumps::PriceJump;
pub use market::History;
pub use observation::Observation;
pub use window::{HistoryWindow, Row, Snapshot};

#[cfg(test)]
mod action_tests;
#[cfg(test)]
mod tests;
