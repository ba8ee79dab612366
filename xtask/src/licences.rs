//! The licences of all dependencies, and that the default members link each in one version.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cargo::{Outcome, cargo, output};

const ALLOWED: [&str; 14] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "Unicode-3.0",
    "Unlicense",
    "CC0-1.0",
    "BSL-1.0",
    "MIT-0",
    "bzip2-1.0.6",
];

/// Crates that are linked in two versions, each with a reason:
///
/// - `rand_core`: no program links both. The generator of regimen-synth needs one, the proptest of
///   regimen-laws the other.
const TWICE: [&str; 1] = ["rand_core"];

pub(crate) fn licences() -> Outcome {
    let foreign = foreign_packages()?;
    let mut faults: Vec<String> = foreign
        .iter()
        .filter(|package| !is_allowed(&package.licence))
        .map(|package| {
            format!("{} {}: licence {:?} is not allowed", package.name, package.version, package.licence)
        })
        .collect();
    let linked = linked_versions()?;
    for (name, versions) in &linked {
        if versions.len() > 1 && !TWICE.contains(&name.as_str()) {
            let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
            faults.push(format!("{name} is linked in {} versions: {}", versions.len(), versions.join(", ")));
        }
    }
    let (foreign, linked) = (foreign.len(), linked.len());
    println!(
        "Licences: {foreign} dependencies, {linked} linked by the default members, {} faults",
        faults.len()
    );
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

struct Package {
    name: String,
    version: String,
    licence: String,
}

/// Returns the packages from registries that any build may need, on any platform and with any feature.
fn foreign_packages() -> Result<Vec<Package>, String> {
    let printed = output(cargo("metadata --locked --all-features --format-version 1"))?;
    let metadata: Value = serde_json::from_str(&printed).map_err(|problem| problem.to_string())?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let foreign = packages.iter().filter(|package| !package["source"].is_null());
    let foreign = foreign.map(|package| Package {
        name: text(&package["name"]),
        version: text(&package["version"]),
        licence: text(&package["license"]),
    });
    Ok(foreign.collect())
}

/// Returns the versions of each crate that the default members link, leaving out macros, build- and
/// dev-dependencies.
fn linked_versions() -> Result<BTreeMap<String, BTreeSet<String>>, String> {
    let printed = output(cargo("tree --locked --edges normal,no-proc-macro --prefix none --format {p}"))?;
    let mut linked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in printed.lines() {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            linked.entry(name.to_owned()).or_default().insert(version.to_owned());
        }
    }
    Ok(linked)
}

/// Returns true if a licence expression can be met with the allowed licences alone.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = expression.split_whitespace().collect();
    let mut rest = words.as_slice();
    any_of(&mut rest) == Some(true) && rest.is_empty()
}

/// Parses `a OR b OR …`, and returns true if one of them is allowed, or `None` if the expression is broken.
fn any_of(rest: &mut &[&str]) -> Option<bool> {
    let mut allowed = all_of(rest)?;
    while take(rest, "OR") {
        allowed |= all_of(rest)?;
    }
    Some(allowed)
}

/// Parses `a AND b AND …`, and returns true if all of them are allowed.
fn all_of(rest: &mut &[&str]) -> Option<bool> {
    let mut allowed = one(rest)?;
    while take(rest, "AND") {
        allowed &= one(rest)?;
    }
    Some(allowed)
}

/// Parses a licence with its exception, or an expression in brackets.
fn one(rest: &mut &[&str]) -> Option<bool> {
    if take(rest, "(") {
        let allowed = any_of(rest)?;
        return take(rest, ")").then_some(allowed);
    }
    let licence = word(rest)?;
    if take(rest, "WITH") {
        let exception = word(rest)?;
        return Some(ALLOWED.contains(&format!("{licence} WITH {exception}").as_str()));
    }
    Some(ALLOWED.contains(&licence))
}

/// Takes the next word.
fn word<'a>(rest: &mut &[&'a str]) -> Option<&'a str> {
    let (next, others) = rest.split_first()?;
    *rest = others;
    Some(next)
}

/// Takes the next word if it is the one given.
fn take(rest: &mut &[&str], word: &str) -> bool {
    let Some((next, others)) = rest.split_first() else { return false };
    if *next == word {
        *rest = others;
    }
    *next == word
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn one_alternative_is_enough_and_all_conjuncts_are_needed() {
        assert!(is_allowed("MIT OR Apache-2.0"));
        assert!(is_allowed("MIT/GPL-3.0"));
        assert!(is_allowed("(MIT OR GPL-3.0) AND Unicode-3.0"));
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception OR GPL-3.0"));
        assert!(!is_allowed("MIT AND GPL-3.0"));
        assert!(!is_allowed("(MIT OR Apache-2.0) AND GPL-3.0"));
        assert!(!is_allowed("Apache-2.0 WITH another-exception"));
    }

    #[test]
    fn an_expression_that_cannot_be_read_is_not_allowed() {
        for broken in ["", "(MIT", "MIT OR", "MIT Apache-2.0", "MIT)"] {
            assert!(!is_allowed(broken), "{broken}");
        }
    }
}
