//! The files of the repository, and what cargo knows of its packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Returns a path of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap().join(path)
}

/// Returns a path relative to the repository, with slashes.
pub(crate) fn shown(path: &Path) -> String {
    let relative = path.strip_prefix(repository("")).unwrap_or(path);
    relative.components().map(|each| each.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Lists the files with an extension below a folder, by name, without build output, runs and hidden folders.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && !["target", "out"].contains(&name.as_str()) {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Lists the folders of all packages: the crates, then those of benches, tests and steps.
pub(crate) fn packages() -> Vec<PathBuf> {
    let crates = fs::read_dir(repository("crates")).unwrap().map(|entry| entry.unwrap().path());
    let mut crates: Vec<PathBuf> = crates.filter(|path| path.join("Cargo.toml").exists()).collect();
    crates.sort();
    crates.extend(["benches", "tests", "xtask"].map(repository));
    crates
}

/// Returns what `cargo metadata` prints of the workspace, dependencies left out.
pub(crate) fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps"])
        // From within a crate, cargo would name that crate as the only default member.
        .current_dir(repository(""))
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

/// Returns what `cargo metadata` prints of each package.
pub(crate) fn package_metadata() -> Vec<Value> {
    metadata()["packages"].as_array().expect("the workspace has packages").clone()
}

/// Returns a JSON string.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
