//! The definition's JSON Schema, generated from the types: the one source of what a definition may say.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Value, json};

use crate::index_definition::IndexDefinition;

/// The schema without references: every table spelled out in its place.
pub(super) static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .with_transform(RecursiveTransform(tidy))
        .into_generator()
        .into_root_schema_for::<IndexDefinition>()
        .to_value()
});

/// Returns the JSON Schema (draft 2020-12) of a definition, for editors and other tools.
#[must_use]
pub fn definition_schema() -> Value {
    SCHEMA.clone()
}

/// Drops what TOML does not have (null), states the bound that an unsigned integer's format implies, and
/// joins the lines of a description's paragraphs.
fn tidy(schema: &mut schemars::Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(options)) = object.remove("anyOf") {
        let inner = options.into_iter().find(|option| option["type"] != "null");
        if let Some(Value::Object(inner)) = inner {
            for (keyword, value) in inner {
                object.entry(keyword).or_insert(value);
            }
        }
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if object.get("format") == Some(&json!("uint32")) {
        object.entry("maximum").or_insert(json!(u32::MAX));
    }
    if let Some(Value::String(description)) = object.get_mut("description") {
        let paragraphs: Vec<String> =
            description.split("\n\n").map(|lines| lines.replace('\n', " ")).collect();
        *description = paragraphs.join("\n\n");
    }
}
