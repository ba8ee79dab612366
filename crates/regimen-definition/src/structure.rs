//! Checks what a definition says against the schema: keys, types, words and ranges, all faults at once.

use std::collections::{BTreeMap, BTreeSet};

use regimen_types::{CodeEntry, near_names};
use serde_json::{Map, Value};

use crate::fault::{
    BAD_VALUE, DefinitionFault, LISTED_TWICE, MISSING_KEY, NOT_A_CHOICE, UNKNOWN_KEY, WRONG_TYPE,
};
use crate::leaf;
use crate::leaf_checks::check_of;
use crate::node::{Node, entry_key, item_key};

/// Reads a node by a schema: returns the JSON that serde takes, in which decimals are text, and all faults.
/// Where there is a fault, the JSON is null.
pub(super) fn read(schema: &Value, node: &Node) -> (Value, Vec<DefinitionFault>) {
    let mut reader = Reader { faults: Vec::new() };
    let value = reader.value(schema, node, "");
    (value, reader.faults)
}

struct Reader {
    faults: Vec<DefinitionFault>,
}

impl Reader {
    fn value(&mut self, schema: &Value, node: &Node, key: &str) -> Value {
        if let Some(options) = schema["oneOf"].as_array() {
            return if options.iter().all(|option| option.get("const").is_some()) {
                self.word(options, node, key)
            } else {
                self.variant(options, node, key)
            };
        }
        if let Some(check) = schema[leaf::KEYWORD].as_str().and_then(check_of) {
            return self.leaf(schema, check, node, key);
        }
        match (schema["type"].as_str(), node) {
            (Some("object"), Node::Table(table)) => self.table(schema, table, key, None),
            (Some("array"), Node::List(items)) => self.list(schema, items, key),
            (Some("integer"), Node::Number(text)) => self.integer(schema, text, key),
            (Some("string"), Node::Text(text)) => self.text(schema, text, key),
            (Some("boolean"), Node::Boolean(value)) => Value::Bool(*value),
            _ => self.wrong_type(schema, node, key),
        }
    }

    fn table(
        &mut self,
        schema: &Value,
        table: &BTreeMap<String, Node>,
        key: &str,
        tag: Option<(&str, &str)>,
    ) -> Value {
        let empty = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&empty);
        let absent: Vec<&str> =
            properties.keys().map(String::as_str).filter(|name| !table.contains_key(*name)).collect();
        let mut misspelt = BTreeSet::new();
        let mut read = Map::new();
        for (name, node) in table {
            let entry = entry_key(key, name);
            if let Some(schema) = properties.get(name) {
                read.insert(name.clone(), self.value(schema, node, &entry));
                continue;
            }
            let meant = meant_by(name, &absent);
            if let Some(meant) = meant {
                misspelt.insert(meant);
                // So that the rules take the key that was meant for faulty, not for absent.
                read.insert(meant.to_owned(), Value::Null);
            }
            self.faults.push(unknown_key(&entry, name, meant, properties, tag));
        }
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for name in required.filter(|name| absent.contains(name) && !misspelt.contains(name)) {
            self.faults.push(missing_key(&entry_key(key, name), &properties[name]));
        }
        Value::Object(read)
    }

    /// Reads a table whose tag (`rule`, `every`, `then`) decides which keys it has.
    fn variant(&mut self, options: &[Value], node: &Node, key: &str) -> Value {
        let Some((tag, tag_schema)) = tag_of(options) else { return Value::Null };
        let Node::Table(table) = node else { return self.wrong_type(&options[0], node, key) };
        let entry = entry_key(key, tag);
        let Some(chosen) = table.get(tag) else {
            self.faults.push(missing_key(&entry, &tag_schema));
            return Value::Null;
        };
        let Value::String(word) = self.value(&tag_schema, chosen, &entry) else { return Value::Null };
        match options.iter().find(|option| option["properties"][tag]["const"] == *word) {
            Some(schema) => self.table(schema, table, key, Some((tag, &word))),
            None => Value::Null,
        }
    }

    fn word(&mut self, options: &[Value], node: &Node, key: &str) -> Value {
        let words: Vec<&str> = options.iter().filter_map(|option| option["const"].as_str()).collect();
        match node {
            Node::Text(text) if words.contains(&text.as_str()) => Value::String(text.clone()),
            Node::Text(text) => {
                let help = match meant_by(text, &words) {
                    Some(meant) => format!("did you mean {meant:?}? Allowed: {}", quoted(&words)),
                    None => format!("use one of: {}", quoted(&words)),
                };
                let message = format!("`{key}` cannot be {text:?}");
                self.refuse(DefinitionFault::new(NOT_A_CHOICE, key, message, help).quoting(text))
            }
            _ => {
                let message = format!("`{key}` must be text, not {}", node.kind());
                self.refuse_node(node, WRONG_TYPE, key, message, format!("use one of: {}", quoted(&words)))
            }
        }
    }

    fn leaf(
        &mut self,
        schema: &Value,
        check: fn(&str) -> Result<(), String>,
        node: &Node,
        key: &str,
    ) -> Value {
        let text = match node {
            Node::Text(text) => text,
            Node::Number(text) if schema["type"].is_array() => text,
            Node::Date(text) if schema[leaf::KEYWORD] == "date" => text,
            _ => return self.wrong_type(schema, node, key),
        };
        match check(text) {
            Ok(()) => Value::String(text.clone()),
            Err(problem) => {
                self.refuse_node(node, BAD_VALUE, key, format!("`{key}` {problem}"), description(schema))
            }
        }
    }

    fn text(&mut self, schema: &Value, text: &str, key: &str) -> Value {
        let length = text.chars().count() as u64;
        let problem = match (schema["minLength"].as_u64(), schema["maxLength"].as_u64()) {
            (Some(_), _) if length == 0 => "is empty".to_owned(),
            (_, Some(most)) if length > most => format!("is longer than {most} characters"),
            _ => return Value::String(text.to_owned()),
        };
        let message = format!("`{key}` {problem}");
        self.refuse(DefinitionFault::new(BAD_VALUE, key, message, description(schema)).quoting(text))
    }

    fn integer(&mut self, schema: &Value, text: &str, key: &str) -> Value {
        if !text.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit()) {
            return self.wrong_type(schema, &Node::Number(text.to_owned()), key);
        }
        let (least, most) =
            (schema["minimum"].as_u64().unwrap_or(0), schema["maximum"].as_u64().unwrap_or(u64::MAX));
        match text.parse::<u64>() {
            Ok(number) if (least..=most).contains(&number) => Value::from(number),
            _ => {
                let message = format!("`{key}` must be from {least} to {most}");
                self.refuse(DefinitionFault::new(BAD_VALUE, key, message, description(schema)).quoting(text))
            }
        }
    }

    fn list(&mut self, schema: &Value, items: &[Node], key: &str) -> Value {
        if (items.len() as u64) < schema["minItems"].as_u64().unwrap_or(0) {
            let message = format!("`{key}` is empty");
            return self.refuse(DefinitionFault::new(BAD_VALUE, key, message, description(schema)));
        }
        let mut read = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let entry = item_key(key, index);
            let value = self.value(&schema["items"], item, &entry);
            if schema["uniqueItems"] == true && !value.is_null() && read.contains(&value) {
                let fault = DefinitionFault::of(LISTED_TWICE, entry, format!("`{key}` lists {value} twice"));
                self.refuse(fault);
            }
            read.push(value);
        }
        Value::Array(read)
    }

    fn wrong_type(&mut self, schema: &Value, node: &Node, key: &str) -> Value {
        let (expected, help) = match schema["type"].as_str() {
            Some("object") => ("a table", "write it as `[table]` with its keys below, or `{ key = … }`"),
            Some("array") => ("a list", "write it in brackets: `[…]`"),
            Some("integer") => ("a whole number", "write it without quotes or a point, such as `100`"),
            Some("string") => ("text", "write it in quotes"),
            Some("boolean") => ("true or false", "write `true` or `false` without quotes"),
            _ => ("a decimal", "write it as text, such as `\"0.02\"`, or as a number"),
        };
        let name = if key.is_empty() { "the definition".to_owned() } else { format!("`{key}`") };
        let message = match node {
            Node::Number(_) if expected == "a whole number" => format!("{name} must be {expected}"),
            _ => format!("{name} must be {expected}, not {}", node.kind()),
        };
        self.refuse_node(node, WRONG_TYPE, key, message, help.to_owned())
    }

    fn refuse_node(
        &mut self,
        node: &Node,
        entry: CodeEntry,
        key: &str,
        message: String,
        help: String,
    ) -> Value {
        let fault = DefinitionFault::new(entry, key, message, help);
        self.refuse(match node.text() {
            Some(text) => fault.quoting(text),
            None => fault,
        })
    }

    fn refuse(&mut self, fault: DefinitionFault) -> Value {
        self.faults.push(fault);
        Value::Null
    }
}

/// Finds the key that distinguishes the variants of a table, and builds the schema of its words.
fn tag_of(options: &[Value]) -> Option<(&str, Value)> {
    let properties = options.first()?["properties"].as_object()?;
    let (tag, _) = properties.iter().find(|(_, schema)| schema.get("const").is_some())?;
    let words: Vec<&Value> = options.iter().map(|option| &option["properties"][tag.as_str()]).collect();
    Some((tag, serde_json::json!({ "oneOf": words })))
}

fn unknown_key(
    key: &str,
    name: &str,
    meant: Option<&str>,
    properties: &Map<String, Value>,
    tag: Option<(&str, &str)>,
) -> DefinitionFault {
    let message = match tag {
        Some((tag, word)) => format!("`{key}` means nothing where `{tag}` is {word:?}"),
        None => format!("`{key}` is not a key of a definition"),
    };
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            let names: BTreeSet<String> = properties.keys().map(|name| format!("`{name}`")).collect();
            format!("the keys here are {}", names.into_iter().collect::<Vec<_>>().join(", "))
        }
    };
    DefinitionFault::new(UNKNOWN_KEY, key, message, help).quoting(name)
}

fn missing_key(key: &str, schema: &Value) -> DefinitionFault {
    let words: Vec<&str> = schema["oneOf"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|option| option["const"].as_str())
        .collect();
    let help = match (words.is_empty(), description(schema)) {
        (true, description) => format!("add it: {description}"),
        (false, description) if description.is_empty() => format!("add it, one of: {}", quoted(&words)),
        (false, description) => format!("add it, one of: {}. {description}", quoted(&words)),
    };
    DefinitionFault::new(MISSING_KEY, key, format!("`{key}` is missing"), help)
}

/// Returns the first paragraph of what the schema says about a value.
fn description(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    text.split("\n\n").next().unwrap_or_default().to_owned()
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ")
}

/// Returns the word that may have been meant by a misspelt one.
fn meant_by<'a>(misspelt: &str, words: &[&'a str]) -> Option<&'a str> {
    near_names(misspelt, words.iter().copied()).first().copied()
}
