//! What the figures of a run keep, on the markets of the replay's own tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "the modules shared with the replay's tests serve those as well")]

mod attribution;
#[path = "../../../regimen-replay/tests/it/market.rs"]
mod market;
#[path = "../../../regimen-replay/tests/it/methodology.rs"]
mod methodology;
#[path = "../../../regimen-replay/tests/it/record.rs"]
mod record;
mod regimes;
#[path = "../../../regimen-replay/tests/it/strategies.rs"]
mod strategies;
