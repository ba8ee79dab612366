//! Snapshots as Parquet: exact, typed and small.
//!
//! A file has one row per asset and instant, sorted by instant, with these columns:
//!
//! | column | written as | also read from |
//! |---|---|---|
//! | `as_of` | Datetime (milliseconds, UTC) | Date, other Datetimes (UTC if without a zone), text |
//! | `asset` | String | Categorical, Enum |
//! | `price` | Decimal, or text | integers |
//! | `market_cap`, `volume`, `circulating_supply` | likewise | likewise; each may be absent |
//! | `known_at` | like `as_of` | like `as_of`; may be absent |
//! | any other | an attribute, like `price` | likewise |
//!
//! A null number is unknown. A Decimal column has one scale, the smallest that holds all its values. Where
//! that would exceed the format's 38 digits, the column is text instead. Either way each number is read back
//! digit for digit. A float column is refused, because its digits are lost already.
//!
//! Polars stores and fetches here; it never computes.
#![deny(clippy::arithmetic_side_effects)]

mod cell;
mod error;
mod load;
mod read;
mod write;

pub use error::{CODES, PanelError};
pub use read::read_parquet;
pub use write::write_parquet;

const AS_OF: &str = "as_of";
const ASSET: &str = "asset";
const PRICE: &str = "price";
const MARKET_CAP: &str = "market_cap";
const VOLUME: &str = "volume";
const CIRCULATING_SUPPLY: &str = "circulating_supply";
const KNOWN_AT: &str = "known_at";

/// The columns that are no attributes.
const CANONICAL: [&str; 7] = [AS_OF, ASSET, PRICE, MARKET_CAP, VOLUME, CIRCULATING_SUPPLY, KNOWN_AT];
