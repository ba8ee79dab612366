//! Tests of the Parquet reader and writer through their public API.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

mod bad_files;
mod damage;
mod round_trip;

use regimen_types::{History, RowInput};

/// Builds a small history of two assets and three days.
fn small_history() -> History {
    let row = |asset: &str, price: &str| {
        RowInput::new(asset.parse().unwrap(), price.parse().unwrap(), "1e9".parse().unwrap())
    };
    let mut builder = History::builder();
    for day in ["2024-01-01", "2024-01-02", "2024-01-03"] {
        builder =
            builder.snapshot(day.parse().unwrap(), [row("bitcoin", "47345.25"), row("ether", "2300.1")]);
    }
    builder.build().unwrap()
}
