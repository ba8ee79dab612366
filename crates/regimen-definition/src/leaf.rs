//! The schemas of the values at the leaves of a definition whose type is narrower than JSON's.
//!
//! The schema of such a value carries [`KEYWORD`], by which the structural check finds the type that parses
//! it.

use regimen_types::Named;
use schemars::{Schema, SchemaGenerator, json_schema};

/// The schema keyword that names a leaf's type; other readers of the schema pass over it.
pub(super) const KEYWORD: &str = "x-regimen-type";

/// The characters that a definition's title has at most.
pub(super) const TITLE_CHARACTERS_MAX: usize = 100;
const SIGNAL_NAME_PATTERN: &str = "^[^,\"\\p{C}]{1,60}$";
const CURRENCY_PATTERN: &str = "^[A-Z0-9]{2,10}$";

pub(super) fn asset_id(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, KEYWORD: "asset_id" })
}

/// Builds the schema of the definition's title.
pub(super) fn title(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, "maxLength": TITLE_CHARACTERS_MAX, KEYWORD: "title" })
}

/// Builds the schema of a file's path; whether the file is there, its reader finds out.
pub(super) fn path(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, KEYWORD: "path" })
}

/// Builds the schema of a column that a reader looks for in a file's header.
pub(super) fn column(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, KEYWORD: "column" })
}

/// Builds the schema of a column that a file may lack; empty text means that it does.
pub(super) fn optional_column(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", KEYWORD: "optional_column" })
}

/// Builds the schema of an attribute: a further numeric column of the snapshots, by name.
pub(super) fn attribute(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, KEYWORD: "attribute" })
}

/// Builds the schema of a list of attributes that may be empty.
pub(super) fn attributes(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": attribute(generator), "uniqueItems": true })
}

/// Builds the schema of a list of at least one attribute.
pub(super) fn some_attributes(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": attribute(generator), "minItems": 1 })
}

/// Builds the schema of a chain.
pub(super) fn chain(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, KEYWORD: "chain" })
}

/// Builds the schema of a list of names that need not occur in the data.
pub(super) fn optional_names(_: &mut SchemaGenerator) -> Schema {
    let name = json_schema!({ "type": "string", "minLength": 1, KEYWORD: "optional_name" });
    json_schema!({ "type": "array", "items": name, "uniqueItems": true })
}

pub(super) fn currency(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": CURRENCY_PATTERN, KEYWORD: "currency" })
}

/// Builds the schema of the texts that stand for an unknown value.
pub(super) fn unknown_marks(_: &mut SchemaGenerator) -> Schema {
    let mark = json_schema!({ "type": "string", "minLength": 1, KEYWORD: "unknown_mark" });
    json_schema!({ "type": "array", "items": mark, "uniqueItems": true })
}

/// Builds the schema of how instants are written.
pub(super) fn as_of_format(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, KEYWORD: "as_of_format" })
}

/// Builds the schema of where an asset stands in a name.
pub(super) fn name_pattern(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": r"\{asset\}", KEYWORD: "name_pattern" })
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

/// Builds the schema of an enum whose values have names.
pub(super) fn named<Kind: Named>(_: &mut SchemaGenerator) -> Schema {
    let option = |(_, name, meaning): &(Kind, &str, &str)| {
        let meaning = meaning.trim();
        json_schema!({ "type": "string", "const": name, "description": meaning })
    };
    let options: Vec<Schema> = Kind::NAMES.iter().map(option).collect();
    json_schema!({ "oneOf": options })
}

/// Builds the schema of a list, not empty, of values that have names.
pub(super) fn named_list<Kind: Named>(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": named::<Kind>(generator), "uniqueItems": true, "minItems": 1 })
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
