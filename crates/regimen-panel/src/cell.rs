//! One cell of a frame to one exact value.

use polars::prelude::{AnyValue, DataType, TimeUnit};
use regimen_types::{
    AsOf, AsOfError, AssetId, CodeEntry, DecimalError, ExcessDigits, MAGNITUDE_LIMIT, MILLIS_PER_DAY,
    parse_decimal,
};
use rust_decimal::Decimal;

use crate::error::{BAD_ASSET, BAD_INSTANT, BAD_NUMBER, EMPTY_CELL};

/// Why a cell is refused: the code and the reason.
pub(crate) type Refusal = (CodeEntry, String);

pub(crate) fn holds_numbers(dtype: &DataType) -> bool {
    dtype.is_integer() || matches!(dtype, DataType::Decimal(..) | DataType::String | DataType::Null)
}

pub(crate) fn holds_instants(dtype: &DataType) -> bool {
    matches!(dtype, DataType::Datetime(..) | DataType::Date | DataType::String)
}

pub(crate) fn holds_text(dtype: &DataType) -> bool {
    matches!(dtype, DataType::String | DataType::Categorical(..) | DataType::Enum(..))
}

/// Shows a cell in an error. Instants are shown as stored: polars cannot print every one.
pub(crate) fn shown(cell: &AnyValue<'_>) -> String {
    let since_1970 = |count: i64, unit: &str| format!("{count} {unit} since 1970-01-01");
    match cell {
        AnyValue::Date(days) => since_1970(i64::from(*days), "days"),
        AnyValue::Datetime(count, unit, _) => since_1970(*count, unit.to_ascii()),
        AnyValue::DatetimeOwned(count, unit, _) => since_1970(*count, unit.to_ascii()),
        _ => cell.get_str().map_or_else(|| cell.to_string(), str::to_owned),
    }
}

/// Reads a number, `None` if the cell is null.
pub(crate) fn number(cell: &AnyValue<'_>) -> Result<Option<Decimal>, Refusal> {
    let read = match cell {
        AnyValue::Null => return Ok(None),
        AnyValue::Decimal(mantissa, _, scale) => decimal(*mantissa, *scale),
        _ => match (cell.get_str(), cell.extract::<i128>()) {
            (Some(text), _) => parse_decimal(text.as_bytes(), ExcessDigits::Error),
            (None, Some(integer)) => decimal(integer, 0),
            (None, None) => Err(DecimalError::NotANumber),
        },
    };
    read.map(Some).map_err(|error| (BAD_NUMBER, error.to_string()))
}

/// Builds the decimal `mantissa × 10^-scale` without trailing zeros, as [`parse_decimal`] does from text.
fn decimal(mantissa: i128, mut scale: usize) -> Result<Decimal, DecimalError> {
    let mut magnitude = mantissa.unsigned_abs();
    while scale > 0 && magnitude.is_multiple_of(10) {
        magnitude /= 10;
        scale = scale.saturating_sub(1);
    }
    let places = u32::try_from(scale).map_err(|_| DecimalError::TooManyDigits)?;
    if magnitude >= MAGNITUDE_LIMIT {
        return Err(if scale == 0 { DecimalError::TooLarge } else { DecimalError::TooManyDigits });
    }
    let magnitude = i128::try_from(magnitude).map_err(|_| DecimalError::TooLarge)?;
    let signed = if mantissa < 0 { magnitude.saturating_neg() } else { magnitude };
    Decimal::try_from_i128_with_scale(signed, places).map_err(|_| DecimalError::TooManyDigits)
}

/// Reads an instant.
pub(crate) fn instant(cell: &AnyValue<'_>) -> Result<AsOf, Refusal> {
    let read = match cell {
        AnyValue::Null => return Err((EMPTY_CELL, "an instant is required".to_owned())),
        AnyValue::Date(days) => from_millis(i64::from(*days).saturating_mul(MILLIS_PER_DAY)),
        AnyValue::Datetime(count, unit, _) => from_count(*count, *unit),
        AnyValue::DatetimeOwned(count, unit, _) => from_count(*count, *unit),
        _ => cell.get_str().ok_or(AsOfError::NotADate).and_then(str::parse),
    };
    read.map_err(|error| (BAD_INSTANT, error.to_string()))
}

fn from_count(count: i64, unit: TimeUnit) -> Result<AsOf, AsOfError> {
    let per_milli = match unit {
        TimeUnit::Nanoseconds => 1_000_000,
        TimeUnit::Microseconds => 1_000,
        TimeUnit::Milliseconds => 1,
    };
    if count.checked_rem(per_milli) != Some(0) {
        return Err(AsOfError::TooFine);
    }
    from_millis(count.div_euclid(per_milli))
}

fn from_millis(millis: i64) -> Result<AsOf, AsOfError> {
    AsOf::from_unix_millis(millis).ok_or(AsOfError::NoSuchDate)
}

/// Reads an asset's identifier.
pub(crate) fn asset(text: Option<&str>) -> Result<AssetId, Refusal> {
    match text {
        None => Err((EMPTY_CELL, "an asset is required".to_owned())),
        Some(text) => AssetId::new(text).map_err(|error| (BAD_ASSET, error.to_string())),
    }
}
