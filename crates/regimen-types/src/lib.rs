//! The nouns of a rules-based index: exact decimals, market snapshots, the history window that
//! ends at the reference instant, holdings, orders and fills, and diagnostics.
//!
//! Every other crate of the workspace speaks in these types. Prices, caps, weights, units and money are
//! [`rust_decimal::Decimal`]s behind newtypes; products and quotients go through [`Exact`], where
//! each rounding is explicit; [`approximate`] is the one way to a float, and there is no way back.
#![deny(clippy::arithmetic_side_effects)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

mod action;
mod approximate;
mod as_of;
mod as_of_format;
mod asset;
mod bracket;
mod code_entry;
mod costs;
mod decimal;
mod decimal_text;
mod diagnostic;
mod exact;
mod hex;
mod history;
mod holdings;
mod input_entry;
mod instant_text;
mod leading_decimal;
mod named;
mod out_of_range;
mod quantities;
mod snapshot_format;
mod spelling;
mod table_shape;
mod text_hash;
mod trade;
mod wide;
pub mod words;

pub use action::{ActionEffect, ActionError, ActionInput, ActionKind, CorporateAction};
pub use approximate::approximate;
pub use as_of::{AsOf, AsOfError, MILLIS_PER_DAY, millis_of_days};
pub use as_of_format::{AsOfFormat, AsOfFormatError, EpochUnit};
pub use asset::{AssetId, AssetIdError, AssetInfo, AssetList, Category, CategoryError};
pub use bracket::Bracket;
pub use code_entry::CodeEntry;
pub use costs::{CostRates, TradeCosts};
pub use decimal::{DecimalError, ExcessDigits, parse_decimal};
pub use decimal_text::append_decimal;
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use exact::{ArithmeticError, Exact, MAGNITUDE_LIMIT, Rounding, square_root};
pub use hex::{bytes_of_hex, hex};
pub use history::{
    Attribute, DecimalColumn, History, HistoryBuilder, HistoryColumns, HistoryError, HistoryWindow,
    Observation, PriceJump, Row, RowInput, Snapshot,
};
pub use holdings::Holdings;
pub use input_entry::InputEntry;
pub use leading_decimal::{LeadingDecimal, parse_leading_decimal};
pub use named::{Named, UnknownName};
pub use out_of_range::OutOfRange;
pub use quantities::{
    AnnualRate, Bps, Divisor, Figure, IndexLevel, MarketCap, Money, Price, Quantity, QuantityError, Ratio,
    RelativeDistance, UnitRatio, Weight,
};
pub use snapshot_format::{AttributeColumns, ColumnMapping, NamelessRows, SnapshotFormat};
pub use spelling::{edit_distance, near_names};
pub use table_shape::{
    DecimalMark, NameParts, NamePattern, NamePatternError, RowOrder, Separator, SnapshotLayout, TableShape,
    ThousandsMark,
};
pub use text_hash::{TextHash, TextHasher};
pub use trade::{Cause, Fill, Order, Regime, Side};
