//! A definition as written, before it means anything: tables, lists and values, numbers as text.

use std::collections::BTreeMap;

use toml::de::{DeInteger, DeValue};

/// A value as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Text(String),
    /// A number as its source text; it never passes through a float.
    Number(String),
    Boolean(bool),
    /// A TOML date or time; keys that take a day take it as text as well.
    Date(String),
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
}

impl Node {
    /// Builds the node of a value that serialises. Definitions and their tables always do.
    pub(super) fn of_serialised(value: &impl serde::Serialize) -> Self {
        Self::from(serde_json::to_value(value).unwrap_or_default())
    }

    /// Returns the kind of value, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Number(_) => "a number",
            Self::Boolean(_) => "true or false",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }

    /// Returns the value's text, or `None` for lists and tables.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Date(text) => Some(text.clone()),
            Self::Boolean(value) => Some(value.to_string()),
            Self::List(_) | Self::Table(_) => None,
        }
    }
}

impl From<&DeValue<'_>> for Node {
    fn from(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.to_string()),
            DeValue::Integer(number) => Self::Number(integer_text(number)),
            DeValue::Float(number) => Self::Number(number.as_str().to_owned()),
            DeValue::Boolean(value) => Self::Boolean(*value),
            DeValue::Datetime(date) => Self::Date(date.to_string()),
            DeValue::Array(items) => {
                Self::List(items.iter().map(|item| Self::from(item.get_ref())).collect())
            }
            DeValue::Table(entries) => Self::Table(
                entries
                    .iter()
                    .map(|(key, value)| (key.get_ref().to_string(), value.get_ref().into()))
                    .collect(),
            ),
        }
    }
}

/// Returns an integer in decimal digits, whatever the radix it was written in.
fn integer_text(number: &DeInteger<'_>) -> String {
    i128::from_str_radix(number.as_str(), number.radix())
        .map_or_else(|_| number.to_string(), |value| value.to_string())
}

impl From<serde_json::Value> for Node {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            // A definition never serialises to null: what is absent is left out.
            Value::Null => Self::Text(String::new()),
            Value::Bool(value) => Self::Boolean(value),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(entries) => {
                Self::Table(entries.into_iter().map(|(key, value)| (key, value.into())).collect())
            }
        }
    }
}

/// Returns the key of an entry in the table at `parent`, as diagnostics print it.
pub(super) fn entry_key(parent: &str, name: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let shown =
        if !name.is_empty() && name.bytes().all(bare) { name.to_owned() } else { format!("{name:?}") };
    if parent.is_empty() { shown } else { format!("{parent}.{shown}") }
}

/// Returns the key of an item in the list at `parent`, as diagnostics print it.
pub(super) fn item_key(parent: &str, index: usize) -> String {
    format!("{parent}[{index}]")
}
