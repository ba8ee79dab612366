//! The catalogue of definitions: files with what is to be said about them.
//!
//! Beside each `*.toml` lies its `*.expected`: the diagnostics of an invalid definition, the definition with
//! its defaults as JSON of a valid one. Lines `# --set key=value` at a file's head are its overrides. With
//! `BLESS=1` in the environment the expectations are written anew, to be read before they are committed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regimen_definition::CODES;
use regimen_definition::{CheckedDefinition, definition_schema, parse_definition};
use regimen_types::Diagnostics;
use serde_json::Value;

pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/definitions").join(name)
}

/// Lists the definitions of a folder by name, with their texts.
pub(crate) fn definitions(name: &str) -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(folder(name)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

pub(crate) fn parse(path: &Path, text: &str) -> Result<CheckedDefinition, Diagnostics> {
    let overrides: Vec<String> =
        text.lines().filter_map(|line| line.strip_prefix("# --set ")).map(str::to_owned).collect();
    parse_definition(&path.file_name().unwrap().to_string_lossy(), text, &overrides)
}

fn assert_expected(path: &Path, found: &str) {
    let expected_path = path.with_extension("expected");
    let found = format!("{found}\n");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&expected_path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
    assert!(expected == found, "{}\nexpected:\n{expected}\nfound:\n{found}", path.display());
}

#[test]
fn valid_definitions_resolve_as_expected() {
    for (path, text) in definitions("valid") {
        let definition = parse(&path, &text).unwrap_or_else(|found| panic!("{}\n{found}", path.display()));
        assert_expected(&path, &serde_json::to_string_pretty(&definition).unwrap());
    }
}

#[test]
fn invalid_definitions_are_refused_as_expected() {
    for (path, text) in definitions("invalid") {
        let found = parse(&path, &text).expect_err(&path.display().to_string());
        assert_expected(&path, &found.to_string());
    }
}

#[test]
fn every_code_is_provoked_and_listed_once() {
    let provoked: BTreeSet<&str> = definitions("invalid")
        .iter()
        .flat_map(|(path, text)| parse(path, text).unwrap_err().items)
        .map(|item| item.code)
        .collect();
    let listed: Vec<&str> = CODES.iter().map(|entry| entry.code).collect();
    assert_eq!(listed, provoked.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_finding_has_its_place_and_help() {
    for (path, text) in definitions("invalid") {
        for item in parse(&path, &text).unwrap_err().items {
            let in_text = item.line.is_some() && item.character.is_some();
            assert!(in_text || item.file.starts_with("--set "), "{}: {item}", path.display());
            assert!(!item.help.is_empty(), "{}: {item}", path.display());
        }
    }
}

#[test]
fn valid_definitions_use_every_key_and_every_rule() {
    let mut known = BTreeSet::new();
    collect_schema_keys("", &definition_schema(), &mut known);
    let mut used = BTreeSet::new();
    for (_, text) in definitions("valid") {
        let table: toml::Table = text.parse().unwrap();
        collect_used_keys("", &toml::Value::Table(table), &mut used);
    }
    let [known, used] = [known, used].map(|keys| keys.iter().map(|key| in_one_place(key)).collect());
    let unused: Vec<&String> = BTreeSet::difference(&known, &used).collect();
    assert!(known.len() > 45, "the schema has {} keys", known.len());
    assert!(unused.is_empty(), "no valid definition uses {unused:?}");
}

/// Names a key of a table that may stand in several places as if it stood in one.
fn in_one_place(key: &str) -> String {
    let key = key.replace(".regime.groups.signals.", ".regime.signals.");
    let key = key.replace(".schedule.supply.", ".schedule.rebalance.");
    let averages = ["fast", "slow", "of.average"].map(|name| format!(".reads.{name}."));
    averages.iter().fold(key, |key, average| key.replace(average, ".reads.average."))
}

/// Collects `path.to.key`, and `path.to.key=word` for each word that distinguishes the variants of a table.
fn collect_schema_keys(path: &str, schema: &Value, keys: &mut BTreeSet<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        if let Some(word) = property["const"].as_str() {
            keys.insert(format!("{path}={word}"));
        }
        collect_schema_keys(&path, property, keys);
        keys.insert(path);
    }
    for option in schema["oneOf"].as_array().into_iter().flatten() {
        collect_schema_keys(path, option, keys);
    }
    collect_items(path, schema, keys);
}

fn collect_items(path: &str, schema: &Value, keys: &mut BTreeSet<String>) {
    if schema["items"].is_object() {
        collect_schema_keys(path, &schema["items"], keys);
    }
}

fn collect_used_keys(path: &str, value: &toml::Value, keys: &mut BTreeSet<String>) {
    keys.insert(path.to_owned());
    match value {
        toml::Value::Table(table) => {
            for (name, value) in table {
                collect_used_keys(&format!("{path}.{name}"), value, keys);
            }
        }
        toml::Value::Array(items) => items.iter().for_each(|item| collect_used_keys(path, item, keys)),
        toml::Value::String(word) => {
            keys.insert(format!("{path}={word}"));
        }
        _ => {}
    }
}
