//! The windows of a definition: how far back its rules look.
//!
//! As with names, the schema decides: each whole number whose key is in [`WindowUnit::of_key`] is a window. A
//! test refuses keys of whole numbers that are listed nowhere.

use serde_json::Value;

use crate::index_definition::IndexDefinition;
use crate::node::{entry_key, item_key};

/// What a window counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WindowUnit {
    /// Values of what is looked at: snapshots, or the rows of an outside series.
    Values,
    /// Days of 24 hours.
    Days,
    /// Calendar months.
    Months,
}

/// A window in a definition, and the key at which it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WindowInUse {
    /// The key, such as `regime.window_snapshots`.
    pub key: String,
    /// What the length counts.
    pub unit: WindowUnit,
    /// How many there are in the window.
    pub length: u32,
}

impl WindowUnit {
    /// Returns the unit of a key that holds a window; `None` for other keys. `unit` is the word beside a
    /// lookback's count.
    fn of_key(key: &str, unit: Option<&str>) -> Option<Self> {
        Some(match (key, unit) {
            (
                "window_snapshots"
                | "span_snapshots"
                | "history_snapshots_min"
                | "back_snapshots"
                | "returns"
                | "fit_returns"
                | "volatility_snapshots",
                _,
            ) => Self::Values,
            ("count", Some("snapshots")) => Self::Values,
            ("count", Some("days")) => Self::Days,
            ("months", _) | ("count", Some("calendar_months" | "calendar_months_to_date")) => Self::Months,
            _ => return None,
        })
    }
}

/// Lists the windows of a definition in the order of its keys.
pub(crate) fn windows_of(definition: &IndexDefinition) -> Vec<WindowInUse> {
    // A definition always serialises.
    let value = serde_json::to_value(definition).unwrap_or_default();
    let mut windows = Vec::new();
    collect(&value, "", &mut windows);
    windows
}

fn collect(value: &Value, key: &str, windows: &mut Vec<WindowInUse>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &item_key(key, index), windows);
            }
        }
        Value::Object(table) => {
            let rule = table.get("rule").and_then(Value::as_str);
            for (name, entry) in table {
                let key = entry_key(key, name);
                let unit = match (rule, name.as_str()) {
                    (Some("min_history"), "snapshots") => Some(WindowUnit::Values),
                    (Some("min_age"), "days") => Some(WindowUnit::Days),
                    _ => WindowUnit::of_key(name, table.get("unit").and_then(Value::as_str)),
                };
                let length = entry.as_u64().and_then(|length| u32::try_from(length).ok());
                match (unit, length) {
                    (Some(unit), Some(length)) => windows.push(WindowInUse { key, unit, length }),
                    _ => collect(entry, &key, windows),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::parse_definition;
    use crate::schema::SCHEMA;

    /// The keys of whole numbers that are no window.
    const NOT_WINDOWS: [&str; 18] = [
        "carry_snapshots",
        "confirm_snapshots",
        "days_per_year",
        "delay_hours",
        "effective_after_days",
        "effective_after_snapshots",
        "enter",
        "lag_snapshots",
        "max_stale_days",
        "min_dwell_days",
        "money_scale",
        "periods",
        "reserve",
        "returns_per_year",
        "slices",
        "stay",
        "suspect_factor",
        "units_scale",
    ];
    /// The keys that are a window or not, by the table they stand in.
    const BY_TABLE: [&str; 3] = ["count", "days", "snapshots"];

    fn whole_numbers<'a>(schema: &'a Value, found: &mut BTreeSet<&'a str>) {
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            if schema["type"] == "integer" {
                found.insert(name);
            }
            whole_numbers(schema, found);
        }
        if let Some(items) = schema.get("items") {
            whole_numbers(items, found);
        }
        for option in schema["oneOf"].as_array().into_iter().flatten() {
            whole_numbers(option, found);
        }
    }

    #[test]
    fn every_whole_number_of_a_definition_is_a_window_or_known_to_be_none() {
        let mut found = BTreeSet::new();
        whole_numbers(&SCHEMA, &mut found);
        let unlisted: Vec<&str> = found
            .into_iter()
            .filter(|key| !BY_TABLE.contains(key))
            .filter(|key| WindowUnit::of_key(key, None).is_some() == NOT_WINDOWS.contains(key))
            .collect();
        assert!(unlisted.is_empty(), "{unlisted:?}");
    }

    #[test]
    fn windows_are_found_in_rules_screens_and_lookbacks() {
        let text = include_str!("../tests/definitions/valid/global-100.toml");
        let screens = "universe.screens=[{rule='min_history',snapshots=30},{rule='min_age',days=90},\
{rule='min_volume',statistic='mean',over={unit='calendar_months',count=3},unknown='zero',enter=1}]";
        let definition = parse_definition("index.toml", text, &[screens.to_owned()]).unwrap();
        let windows: Vec<(String, WindowUnit, u32)> =
            definition.windows().into_iter().map(|each| (each.key, each.unit, each.length)).collect();
        for (key, unit, length) in [
            ("universe.screens[0].snapshots", WindowUnit::Values, 30),
            ("universe.screens[1].days", WindowUnit::Days, 90),
            ("universe.screens[2].over.count", WindowUnit::Months, 3),
        ] {
            assert!(windows.contains(&(key.to_owned(), unit, length)), "{key} in {windows:?}");
        }
        assert!(!windows.iter().any(|(key, ..)| key == "selection.count"), "{windows:?}");
    }
}
