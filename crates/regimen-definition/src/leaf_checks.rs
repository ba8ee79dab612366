//! The checks of the values at the leaves of a definition, each by the type that parses it.

use chrono::NaiveDate;
use regimen_types::{
    AnnualRate, AsOf, AsOfFormat, AssetId, Bps, Category, Figure, IndexLevel, Money, NamePattern, Quantity,
    QuantityError, Ratio, RelativeDistance, Weight,
};
use rust_decimal::Decimal;

use crate::leaf::TITLE_CHARACTERS_MAX;
use crate::timing::MonthDay;

/// Checks a leaf's text. The error completes the sentence "`key` …".
type Check = fn(&str) -> Result<(), String>;

/// Finds the check of the leaf type that a schema names.
pub(super) fn check_of(name: &str) -> Option<Check> {
    let check: Check = match name {
        "asset_id" => |text| AssetId::new(text).map(drop).map_err(|error| format!("is refused: {error}")),
        "category" => |text| Category::new(text).map(drop).map_err(|error| format!("is refused: {error}")),
        "as_of" => |text| text.parse::<AsOf>().map(drop).map_err(|error| format!("is refused: {error}")),
        "title" => check_title,
        "path" | "column" | "attribute" | "chain" | "optional_name" | "unknown_mark" => not_empty,
        "optional_column" => |_| Ok(()),
        "as_of_format" => |text| text.parse::<AsOfFormat>().map(drop).map_err(|error| error.to_string()),
        "name_pattern" => |text| text.parse::<NamePattern>().map(drop).map_err(|error| error.to_string()),
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

fn not_empty(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("is empty".to_owned()) } else { Ok(()) }
}

fn check_title(text: &str) -> Result<(), String> {
    match text.chars().count() > TITLE_CHARACTERS_MAX {
        true => Err(format!("is longer than {TITLE_CHARACTERS_MAX} characters")),
        false => not_empty(text),
    }
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

fn check_currency(text: &str) -> Result<(), String> {
    let capital = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if capital && (2..=10).contains(&text.len()) {
        Ok(())
    } else {
        Err("must be 2 to 10 capital letters and digits".to_owned())
    }
}
