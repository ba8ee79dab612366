//! The values at the leaves of a definition whose type says more than JSON's: each has a schema and a check.
//!
//! The schema of such a value carries [`KEYWORD`], by which the structural check finds the type that parses it.

use chrono::NaiveDate;
use regimen_types::{
    AnnualRate, AsOf, AssetId, Bps, Category, Figure, IndexLevel, Money, Quantity, QuantityError, Ratio,
    RelativeDistance, Weight,
};
use rust_decimal::Decimal;
use schemars::{Schema, SchemaGenerator, json_schema};

use super::timing::MonthDay;

/// The schema keyword that names a leaf's type; other readers of the schema pass over it.
pub(super) const KEYWORD: &str = "x-regimen-type";

/// Checks a leaf's text and says what is wrong with it, as the end of "`key` …".
type Check = fn(&str) -> Result<(), String>;

/// Finds the check of the leaf type that a schema names.
pub(super) fn check_of(name: &str) -> Option<Check> {
    let check: Check = match name {
        "asset_id" => |text| AssetId::new(text).map(drop).map_err(|error| format!("is refused: {error}")),
        "category" => |text| Category::new(text).map(drop).map_err(|error| format!("is refused: {error}")),
        "as_of" => |text| text.parse::<AsOf>().map(drop).map_err(|error| format!("is refused: {error}")),
        "currency" => check_currency,
        "annual_rate" => |text| in_range(text.parse::<AnnualRate>()),
        "figure" => |text| in_range(text.parse::<Figure>()),
        "positive_figure" => |text| positive(text.parse::<Figure>().map(Figure::decimal), "above zero"),
        "bps" => |text| in_range(text.parse::<Bps>()),
        "fraction" => |text| in_range(text.parse::<Weight>()),
        "relative_distance" => |text| in_range(text.parse::<RelativeDistance>()),
        "positive_fraction" => {
            |text| positive(text.parse::<Weight>().map(Weight::decimal), "above zero and at most 1")
        }
        "date" => |text| text.parse::<NaiveDate>().map(drop).map_err(|_| "is no date".to_owned()),
        "month_day" => |text| text.parse::<MonthDay>().map(drop).map_err(|error| format!("is {error}")),
        "base_level" => |text| positive(text.parse::<IndexLevel>().map(IndexLevel::decimal), "above zero"),
        "amount" => |text| zero_or_more(text.parse::<Money>().map(Money::decimal)),
        "coefficient" => check_coefficient,
        "instant" => |text| text.parse::<AsOf>().map(drop).map_err(|error| format!("is refused: {error}")),
        "positive_units" => |text| positive(text.parse::<Quantity>().map(Quantity::decimal), "above zero"),
        "signed_amount" => |text| in_range(text.parse::<Money>()),
        "signal_name" => check_signal_name,
        "number" => |text| in_range(text.parse::<Ratio>()),
        "positive_number" => |text| positive(text.parse::<Ratio>().map(Ratio::decimal), "above zero"),
        "score" => check_score,
        "cash" => |text| positive(text.parse::<Money>().map(Money::decimal), "above zero"),
        _ => return None,
    };
    Some(check)
}

fn in_range<Quantity>(parsed: Result<Quantity, QuantityError>) -> Result<(), String> {
    match parsed {
        Ok(_) => Ok(()),
        Err(QuantityError::OutOfRange { bound, .. }) => Err(format!("must be {bound}")),
        Err(error) => Err(format!("is refused: {error}")),
    }
}

fn positive(parsed: Result<Decimal, QuantityError>, bound: &str) -> Result<(), String> {
    match parsed {
        Ok(decimal) if decimal > Decimal::ZERO => Ok(()),
        Ok(_) | Err(QuantityError::OutOfRange { .. }) => Err(format!("must be {bound}")),
        Err(error) => Err(format!("is refused: {error}")),
    }
}

fn zero_or_more(parsed: Result<Decimal, QuantityError>) -> Result<(), String> {
    match parsed {
        Ok(decimal) if decimal >= Decimal::ZERO => Ok(()),
        Ok(_) => Err("must be zero or more".to_owned()),
        Err(error) => Err(format!("is refused: {error}")),
    }
}

fn check_coefficient(text: &str) -> Result<(), String> {
    match text.parse::<Ratio>().map(Ratio::decimal) {
        Ok(decimal) if (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&decimal) => Ok(()),
        Ok(_) => Err("must be from 0 to 100".to_owned()),
        Err(error) => Err(format!("is refused: {error}")),
    }
}

/// A threshold on a combined score: no score lies above 1.
fn check_score(text: &str) -> Result<(), String> {
    match text.parse::<Ratio>().map(Ratio::decimal) {
        Ok(decimal) if (Decimal::NEGATIVE_ONE..Decimal::ONE).contains(&decimal) => Ok(()),
        Ok(_) => Err("must be from -1 to below 1".to_owned()),
        Err(error) => Err(format!("is refused: {error}")),
    }
}

const SIGNAL_NAME_PATTERN: &str = "^[^,\"\\p{C}]{1,60}$";

/// Names stand in tables without quotes.
fn check_signal_name(text: &str) -> Result<(), String> {
    let plain = !text.contains(|each: char| matches!(each, ',' | '"') || each.is_control());
    let outer_space = text.trim() != text;
    if plain && !outer_space && (1..=60).contains(&text.chars().count()) {
        Ok(())
    } else {
        Err("must be 1 to 60 characters without commas, quotes, line breaks or outer spaces".to_owned())
    }
}

const CURRENCY_PATTERN: &str = "^[A-Z0-9]{2,10}$";

fn check_currency(text: &str) -> Result<(), String> {
    let capital = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if capital && (2..=10).contains(&text.len()) {
        Ok(())
    } else {
        Err("must be 2 to 10 capital letters and digits".to_owned())
    }
}

pub(super) fn asset_id(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, KEYWORD: "asset_id" })
}

pub(super) fn currency(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": CURRENCY_PATTERN, KEYWORD: "currency" })
}

pub(super) fn categories(_: &mut SchemaGenerator) -> Schema {
    let category = json_schema!({
        "type": "string", "pattern": "^[a-z0-9_-]+$", KEYWORD: "category",
        "description": "A category as the asset list writes it, such as `stablecoin`.",
    });
    json_schema!({ "type": "array", "items": category, "uniqueItems": true })
}

/// Builds the schema of a day, which TOML also writes without quotes.
pub(super) fn date(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", KEYWORD: "date",
        "description": "A day, such as `2021-05-19`.",
    })
}

pub(super) fn dates(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": date(generator), "uniqueItems": true })
}

pub(super) fn month_day(_: &mut SchemaGenerator) -> Schema {
    let day_of_week = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";
    let pattern =
        format!("^(day ([1-9]|1[0-9]|2[0-8])|(first|second|third|fourth|last) (day|weekday|{day_of_week}))$");
    json_schema!({ "type": "string", "pattern": pattern, KEYWORD: "month_day" })
}

pub(super) fn as_of(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 10, KEYWORD: "as_of" })
}

pub(super) fn market_columns(_: &mut SchemaGenerator) -> Schema {
    let column = json_schema!({ "oneOf": [
        { "type": "string", "const": "price", "description": "The price." },
        { "type": "string", "const": "market_cap", "description": "The market cap." },
        { "type": "string", "const": "volume", "description": "The volume." },
    ] });
    json_schema!({ "type": "array", "items": column, "uniqueItems": true, "minItems": 1 })
}

pub(super) fn excess_digits(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "oneOf": [
        { "type": "string", "const": "error", "description": "The number is refused." },
        { "type": "string", "const": "round_half_even",
          "description": "The number is rounded to the nearest decimal that fits, ties to even." },
    ] })
}

pub(super) fn nameless_rows(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "oneOf": [
        { "type": "string", "const": "error", "description": "The file is refused." },
        { "type": "string", "const": "pass_over", "description": "The row is passed over, with a warning." },
    ] })
}

pub(super) fn annual_rate(_: &mut SchemaGenerator) -> Schema {
    decimal("annual_rate")
}

pub(super) fn bps(_: &mut SchemaGenerator) -> Schema {
    decimal("bps")
}

pub(super) fn fraction(_: &mut SchemaGenerator) -> Schema {
    decimal("fraction")
}

pub(super) fn positive_fraction(_: &mut SchemaGenerator) -> Schema {
    decimal("positive_fraction")
}

pub(super) fn relative_distance(_: &mut SchemaGenerator) -> Schema {
    decimal("relative_distance")
}

pub(super) fn figure(_: &mut SchemaGenerator) -> Schema {
    decimal("figure")
}

pub(super) fn positive_figure(_: &mut SchemaGenerator) -> Schema {
    decimal("positive_figure")
}

pub(super) fn base_level(_: &mut SchemaGenerator) -> Schema {
    decimal("base_level")
}

pub(super) fn amount(_: &mut SchemaGenerator) -> Schema {
    decimal("amount")
}

pub(super) fn coefficient(_: &mut SchemaGenerator) -> Schema {
    decimal("coefficient")
}

pub(super) fn positive_units(_: &mut SchemaGenerator) -> Schema {
    decimal("positive_units")
}

pub(super) fn instant(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, KEYWORD: "instant" })
}

pub(super) fn cash(_: &mut SchemaGenerator) -> Schema {
    decimal("cash")
}

pub(super) fn signed_amount(_: &mut SchemaGenerator) -> Schema {
    decimal("signed_amount")
}

pub(super) fn signal_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": SIGNAL_NAME_PATTERN, KEYWORD: "signal_name" })
}

pub(super) fn number(_: &mut SchemaGenerator) -> Schema {
    decimal("number")
}

pub(super) fn positive_number(_: &mut SchemaGenerator) -> Schema {
    decimal("positive_number")
}

pub(super) fn score(_: &mut SchemaGenerator) -> Schema {
    decimal("score")
}

/// Builds the schema of a decimal: a number, or text that reads as one.
fn decimal(name: &str) -> Schema {
    json_schema!({
        "type": ["string", "number"],
        "pattern": r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$",
        KEYWORD: name,
    })
}
