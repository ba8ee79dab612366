//! The names of a definition that must occur in data: assets, attributes, categories and chains.
//!
//! The schema decides what is such a name: a leaf whose type is listed in [`NameKind::of_leaf`]. A new key
//! with such a leaf is therefore found here, and checked against the data, without a line of its own; a test
//! refuses text leaves of any type that is listed nowhere.

use serde_json::Value;

use crate::index_definition::IndexDefinition;
use crate::leaf;
use crate::node::{entry_key, item_key};
use crate::schema::SCHEMA;

/// What a name stands for, and therefore where it must occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// An asset of the snapshots.
    Asset,
    /// A further numeric column of the snapshots.
    Attribute,
    /// A category of the asset list.
    Category,
    /// A chain on which assets of the definition trade.
    Chain,
}

/// A name in a definition, and the key at which it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameInUse {
    /// The key, such as `universe.screens[0].name`.
    pub key: String,
    /// What the name stands for.
    pub kind: NameKind,
    /// The name.
    pub name: String,
}

impl NameKind {
    /// Returns the kind of name that a leaf of the schema holds; `None` for leaves that hold none.
    fn of_leaf(leaf: &str) -> Option<Self> {
        Some(match leaf {
            "asset_id" => Self::Asset,
            "attribute" => Self::Attribute,
            "category" => Self::Category,
            "chain" => Self::Chain,
            _ => return None,
        })
    }
}

impl NameInUse {
    /// Returns the key of the list that holds the name, or the name's own key where it stands in no list:
    /// `universe.screens[2].assets` for `universe.screens[2].assets[0].asset`, and `universe.screens[2].name`
    /// for itself, because screens are no list of names.
    #[must_use]
    pub fn list_key(&self) -> &str {
        let list_end = match self.kind {
            NameKind::Attribute => self.key.strip_suffix(']').and_then(|key| key.rfind('[')),
            _ => self.key.rfind('['),
        };
        list_end.map_or(&self.key, |end| &self.key[..end])
    }
}

/// Lists the names of a definition in the order of its keys.
pub(crate) fn names_of(definition: &IndexDefinition) -> Vec<NameInUse> {
    // A definition always serialises.
    let value = serde_json::to_value(definition).unwrap_or_default();
    let mut names = Vec::new();
    collect(&SCHEMA, &value, "", &mut names);
    names
}

fn collect(schema: &Value, value: &Value, key: &str, names: &mut Vec<NameInUse>) {
    let leaf = schema[leaf::KEYWORD].as_str();
    match value {
        Value::String(name) => {
            if let Some(kind) = leaf.and_then(NameKind::of_leaf) {
                names.push(NameInUse { key: key.to_owned(), kind, name: name.clone() });
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(&schema["items"], item, &item_key(key, index), names);
            }
        }
        Value::Object(table) => {
            let schema = variant(schema, value);
            for (name, entry) in table {
                collect(&schema["properties"][name.as_str()], entry, &entry_key(key, name), names);
            }
        }
        _ => {}
    }
}

/// Returns the schema of the variant that a table is, or the schema itself where there are no variants.
fn variant<'a>(schema: &'a Value, table: &Value) -> &'a Value {
    let Some(options) = schema["oneOf"].as_array() else { return schema };
    let is_of = |option: &&Value| {
        let properties = option["properties"].as_object();
        let mut tags = properties.into_iter().flatten().filter(|(_, schema)| schema.get("const").is_some());
        tags.all(|(tag, schema)| schema["const"] == table[tag.as_str()])
    };
    options.iter().find(is_of).unwrap_or(schema)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::parse_definition;

    /// The leaves that hold no name of something in the data, or whose name a reader looks for itself.
    const NOT_NAMES: [&str; 30] = [
        "amount",
        "annual_rate",
        "as_of",
        // How instants and the names of files or columns are written.
        "as_of_format",
        "base_level",
        "bps",
        "cash",
        "coefficient",
        // A reader refuses a file without the column.
        "column",
        "currency",
        "date",
        "figure",
        "fraction",
        "instant",
        "month_day",
        "name_pattern",
        "number",
        // A reader refuses a file without the column, unless the text is empty.
        "optional_column",
        // What is excused from occurring; one that excuses nothing is a warning of its own.
        "optional_name",
        // A reader refuses a file that is not there.
        "path",
        "positive_figure",
        "positive_fraction",
        "positive_number",
        "positive_units",
        "relative_distance",
        "score",
        "signal_name",
        "signed_amount",
        "title",
        // What stands for an unknown value occurs or not.
        "unknown_mark",
    ];

    fn leaves(schema: &Value, found: &mut BTreeSet<(String, String)>, key: &str) {
        if schema["type"] == "string" && schema.get("const").is_none() {
            let leaf = schema[leaf::KEYWORD].as_str().unwrap_or("no type");
            found.insert((leaf.to_owned(), key.to_owned()));
        }
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            leaves(schema, found, &entry_key(key, name));
        }
        if let Some(items) = schema.get("items") {
            leaves(items, found, &item_key(key, 0));
        }
        for option in schema["oneOf"].as_array().into_iter().flatten() {
            leaves(option, found, key);
        }
    }

    #[test]
    fn every_text_of_a_definition_is_a_name_or_known_to_be_none() {
        let mut found = BTreeSet::new();
        leaves(&SCHEMA, &mut found, "");
        assert!(found.len() > 40, "{found:?}");
        for (leaf, key) in found {
            let is_name = NameKind::of_leaf(&leaf).is_some();
            assert!(is_name != NOT_NAMES.contains(&leaf.as_str()), "{key} holds a text of type {leaf}");
        }
    }

    #[test]
    fn names_are_found_in_lists_variants_and_flattened_tables() {
        let text = include_str!("../tests/definitions/valid/weights-file.toml");
        let overrides = [
            "costs.gas={default_chain='ethereum',chains=[{chain='ethereum',per_trade=1}],assets=[{asset='SOL',chain='ethereum'}]}",
            "costs.half_spread={by='column',column='spread',otherwise_bps=1}",
            "defensive={sleeve=[{asset='USDT',weight=0.5}],peg_tolerance=0.1}",
        ];
        let definition = parse_definition("index.toml", text, &overrides.map(str::to_owned)).unwrap();
        let names: Vec<(String, NameKind, String)> =
            definition.names().into_iter().map(|each| (each.key, each.kind, each.name)).collect();
        let expected = [
            ("costs.gas.assets[0].asset", NameKind::Asset, "SOL"),
            ("costs.gas.assets[0].chain", NameKind::Chain, "ethereum"),
            ("costs.gas.chains[0].chain", NameKind::Chain, "ethereum"),
            ("costs.gas.default_chain", NameKind::Chain, "ethereum"),
            ("costs.half_spread.column", NameKind::Attribute, "spread"),
            ("defensive.sleeve[0].asset", NameKind::Asset, "USDT"),
        ];
        for (key, kind, name) in expected {
            assert!(names.contains(&(key.to_owned(), kind, name.to_owned())), "{key} in {names:#?}");
        }
    }

    #[test]
    fn a_list_of_names_has_one_key_and_a_screen_of_its_own_another() {
        let list_key = |key: &str, kind| {
            NameInUse { key: key.to_owned(), kind, name: "x".to_owned() }.list_key().to_owned()
        };
        assert_eq!(
            list_key("universe.screens[2].assets[0].asset", NameKind::Asset),
            "universe.screens[2].assets"
        );
        assert_eq!(list_key("universe.screens[2].name", NameKind::Attribute), "universe.screens[2].name");
        assert_eq!(
            list_key("schedule.on_cross.attributes[1]", NameKind::Attribute),
            "schedule.on_cross.attributes"
        );
        assert_eq!(
            list_key("universe.exclude_categories[0]", NameKind::Category),
            "universe.exclude_categories"
        );
        assert_eq!(list_key("regime.asset", NameKind::Asset), "regime.asset");
    }
}
