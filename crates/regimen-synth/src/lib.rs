//! A seeded synthetic crypto market: daily snapshots of assets that never existed.
//!
//! A crate of its own for a reason of dependency: nothing else in the workspace needs random numbers.
//!
//! Everything follows from [`SynthSettings`], on every machine, byte for byte: random numbers come from
//! ChaCha, whose output is specified, and floats pass through `+ - * /`, the square root and the `libm` crate
//! alone, never through the platform's own transcendental functions.
//!
//! ```
//! use regimen_synth::{Market, MarketKind, SynthSettings};
//! use regimen_types::AsOf;
//!
//! let first_day = AsOf::from_ymd(2021, 1, 1).unwrap();
//! let market =
//!     Market::new(SynthSettings { seed: 7, first_day, days: 3, assets: 20, kind: MarketKind::Clean })?;
//! let mut csv = Vec::new();
//! market.write_snapshots(&mut csv)?;
//! assert!(csv.starts_with(b"date,asset,price,market_cap,volume\n2021-01-01,BTC,10000,180000000000,"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod files;
mod level;
mod market;
mod number;
mod pathologies;
mod profile;
mod random;
mod settings;
mod walk;

pub use files::{ASSETS_FILE_NAME, SNAPSHOTS_FILE_NAME, write_files};
pub use market::Market;
pub use settings::{CODES, MarketKind, SynthError, SynthSettings};
