//! Bad inputs in `tests/bad`, each beside the text of its findings (`.expected`).
//!
//! After a change of texts, run the test with `UPDATE_EXPECTED=1` and read the difference. A name's start
//! says how the input is read: see [`read`]. An `.expected` without input stands for an input that does not
//! exist.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs;
use std::path::Path;

use regimen_input::{
    CODES, ImportKind, ImportOptions, import, read_asset_list, read_cash_flows, read_corporate_actions,
    read_gas, read_rates, read_series, read_snapshots, read_weights,
};
use regimen_types::{
    AttributeColumns, ColumnMapping, Diagnostics, NamelessRows, RowOrder, SnapshotFormat, SnapshotLayout,
};

/// Relative, so that findings name the same files everywhere: tests run in the crate's folder.
const FOLDER: &str = "tests/bad";
const EXPECTED: &str = ".expected";

#[test]
fn findings_are_as_expected() {
    let mut wrong = Vec::new();
    for name in names() {
        let found = read(&name);
        let expected_path = Path::new(FOLDER).join(format!("{name}{EXPECTED}"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected_path, &found).unwrap();
        } else if fs::read_to_string(&expected_path).unwrap_or_default() != found {
            wrong.push(format!("{name}:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "other findings than expected:\n\n{}", wrong.join("\n"));
}

#[test]
fn each_code_is_provoked() {
    let all: String = names().iter().map(|name| read(name)).collect();
    let provoked: BTreeSet<&str> =
        all.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(code, _)| code).collect();
    let provoked: Vec<&str> = provoked.into_iter().filter(|code| code.starts_with("SNAP")).collect();
    let listed: Vec<&str> = CODES.iter().map(|entry| entry.code).collect();
    assert_eq!(provoked, listed);
}

fn names() -> BTreeSet<String> {
    let entries =
        fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let inputs = entries.filter(|name| !name.starts_with('.'));
    inputs.map(|name| name.strip_suffix(EXPECTED).map(str::to_owned).unwrap_or(name)).collect()
}

/// Reads an input and describes what was found.
fn read(name: &str) -> String {
    let path = &Path::new(FOLDER).join(name);
    if name.starts_with("assets-") {
        return describe(read_asset_list(path).map(|_| "read"));
    }
    if name.starts_with("import-") {
        let options = ImportOptions { kind: ImportKind::Long, as_of_format: None, asset_pattern: None };
        return describe(import(std::slice::from_ref(path), &options).map(|_| "read"));
    }
    if name.starts_with("rates-") {
        return describe(read_rates(path).map(|_| "read"));
    }
    if name.starts_with("weights-") {
        return describe(read_weights(path).map(|_| "read"));
    }
    if name.starts_with("actions-") {
        return describe(read_corporate_actions(path).map(|_| "read"));
    }
    if name.starts_with("flows-") {
        return describe(read_cash_flows(path).map(|_| "read"));
    }
    if name.starts_with("gas-") {
        return describe(read_gas(path).map(|_| "read"));
    }
    if name.starts_with("series-") {
        return describe(read_series(path, "index", None).map(|_| "read"));
    }
    let mut format = SnapshotFormat::default();
    if name.starts_with("known-at") {
        format.columns = ColumnMapping { known_at: Some("known_at".to_owned()), ..format.columns };
    }
    if name.starts_with("named-") {
        format.attributes = AttributeColumns::Named(vec!["grade".to_owned()]);
    }
    if name.starts_with("sort-") {
        format.shape.order = RowOrder::Sort;
    }
    if name.starts_with("wide-") {
        format.shape.layout = SnapshotLayout::Wide;
        format.shape.asset_pattern = "{measure} {asset}".parse().unwrap();
    }
    if name.starts_with("nameless-") {
        format.nameless_rows = NamelessRows::PassOver;
    }
    describe(read_snapshots(path, &format, &|_, _| {}).map(|input| input.warnings))
}

fn describe(outcome: Result<impl Display, Diagnostics>) -> String {
    match outcome {
        Ok(warnings) => format!("read, with warnings\n{warnings}\n"),
        Err(errors) => format!("refused\n{errors}\n"),
    }
}
