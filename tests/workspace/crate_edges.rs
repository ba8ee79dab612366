//! The edges between crates, as `docs/architecture.md` draws them, read from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::repository::{metadata, package_metadata, text};

/// Every crate and the crates of the workspace that it depends on, development aside.
const EDGES: [(&str, &[&str]); 18] = [
    ("regimen-types", &[]),
    ("regimen-regime", &["regimen-types"]),
    ("regimen-weighting", &["regimen-types"]),
    ("regimen-planning", &["regimen-types"]),
    ("regimen-ledger", &["regimen-types"]),
    (
        "regimen-definition",
        &["regimen-ledger", "regimen-planning", "regimen-regime", "regimen-types", "regimen-weighting"],
    ),
    (
        "regimen",
        &[
            "regimen-definition",
            "regimen-ledger",
            "regimen-planning",
            "regimen-regime",
            "regimen-types",
            "regimen-weighting",
        ],
    ),
    ("regimen-replay", &["regimen", "regimen-ledger", "regimen-planning", "regimen-types"]),
    (
        "regimen-analytics",
        &["regimen", "regimen-ledger", "regimen-planning", "regimen-replay", "regimen-types"],
    ),
    ("regimen-input", &["regimen", "regimen-planning", "regimen-regime", "regimen-types"]),
    (
        "regimen-run",
        &[
            "regimen",
            "regimen-analytics",
            "regimen-ledger",
            "regimen-planning",
            "regimen-regime",
            "regimen-replay",
            "regimen-types",
            "regimen-weighting",
        ],
    ),
    (
        "regimen-laws",
        &[
            "regimen",
            "regimen-ledger",
            "regimen-planning",
            "regimen-regime",
            "regimen-replay",
            "regimen-types",
            "regimen-weighting",
        ],
    ),
    ("regimen-synth", &["regimen-types"]),
    ("regimen-panel", &["regimen-types"]),
    (
        "regimen-cli",
        &[
            "regimen",
            "regimen-analytics",
            "regimen-input",
            "regimen-panel",
            "regimen-replay",
            "regimen-run",
            "regimen-synth",
            "regimen-types",
        ],
    ),
    ("regimen-benches", &[]),
    ("regimen-tests", &[]),
    ("xtask", &[]),
];

/// Dependencies with weight or side effects, and the crates that may have them.
const KEPT_TO: [(&str, &[&str]); 15] = [
    ("toml", &["regimen-definition"]),
    ("schemars", &["regimen-definition"]),
    ("polars", &["regimen-panel"]),
    ("csv", &["regimen-panel"]),
    ("flate2", &["regimen-input", "regimen-panel", "regimen-synth"]),
    ("bzip2", &["regimen-input"]),
    ("lzma-rust2", &["regimen-input"]),
    ("ruzstd", &["regimen-input"]),
    ("zip", &["regimen-input"]),
    ("memchr", &["regimen-input", "regimen-run"]),
    ("rayon", &["regimen-input", "regimen-replay", "regimen-run"]),
    ("rand_chacha", &["regimen-synth"]),
    ("proptest", &["regimen-laws"]),
    ("clap", &["regimen-cli"]),
    ("indicatif", &["regimen-cli"]),
];

/// The external dependencies that crates without input or output may have. A new one needs a line here.
const PURE: [&str; 12] = [
    "chrono",
    "ethnum",
    "libm",
    "proptest",
    "rayon",
    "rust_decimal",
    "schemars",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "toml",
];
const PURE_CRATES: [&str; 10] = [
    "regimen-types",
    "regimen-regime",
    "regimen-weighting",
    "regimen-planning",
    "regimen-ledger",
    "regimen-definition",
    "regimen",
    "regimen-replay",
    "regimen-analytics",
    "regimen-laws",
];

#[test]
fn the_edges_between_crates_are_those_of_the_architecture() {
    let expected =
        EDGES.map(|(name, edges)| (name.to_owned(), edges.iter().map(ToString::to_string).collect()));
    let found: BTreeMap<String, BTreeSet<String>> = package_metadata()
        .iter()
        .map(|package| (text(&package["name"]), dependencies(package, |each| !each["path"].is_null())))
        .collect();
    assert_eq!(found, BTreeMap::from(expected));
}

#[test]
fn heavy_dependencies_stay_where_they_belong() {
    for package in package_metadata() {
        let name = text(&package["name"]);
        for dependency in dependencies(&package, |_| true) {
            let kept_to = KEPT_TO.iter().find(|(kept, _)| *kept == dependency);
            let allowed = kept_to.is_none_or(|(_, crates)| crates.contains(&name.as_str()));
            assert!(allowed, "{name} depends on {dependency}, which is kept to {kept_to:?}");
        }
    }
}

#[test]
fn pure_crates_depend_on_pure_crates() {
    let packages = package_metadata();
    for name in PURE_CRATES {
        let package = packages.iter().find(|package| package["name"] == name).expect(name);
        for dependency in dependencies(package, |_| true) {
            let pure = PURE.contains(&dependency.as_str()) || PURE_CRATES.contains(&dependency.as_str());
            assert!(pure, "{name} is pure, but depends on {dependency}");
        }
    }
}

#[test]
fn the_engine_builds_without_polars_unless_asked() {
    let workspace = metadata();
    let members = workspace["workspace_default_members"].as_array().unwrap();
    let by_default = |name: &str| {
        let folder = format!("/{name}#");
        members.iter().any(|member| text(member).contains(&folder))
    };
    assert!(by_default("regimen-cli"), "the form of package identifiers has changed: {members:?}");
    assert!(!by_default("regimen-panel"), "regimen-panel is a default member");

    let packages = package_metadata();
    let cli = packages.iter().find(|package| package["name"] == "regimen-cli").unwrap();
    let dependencies = cli["dependencies"].as_array().unwrap();
    let panel = dependencies.iter().find(|each| each["name"] == "regimen-panel").unwrap();
    assert_eq!(panel["optional"], true, "regimen-cli links polars always");
    assert!(
        cli["features"]["default"].as_array().is_none_or(Vec::is_empty),
        "regimen-cli has default features"
    );
}

/// Returns the names of a package's dependencies, those of its tests and benches aside.
fn dependencies(package: &Value, chosen: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let all = package["dependencies"].as_array().expect("a package lists its dependencies");
    let shipped = all.iter().filter(|each| each["kind"] != "dev" && chosen(each));
    shipped.map(|each| text(&each["name"])).collect()
}
