//! The licences of all dependencies, and that the default members link each in one version.

use std::collections::{BTreeMap, BTreeSet};

use crate::cargo::{Outcome, cargo, output};

const ALLOWED: [&str; 13] = [
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
];

/// Crates that are linked in two versions, each with a reason:
///
/// - `rand_core`: no program links both. The generator of regimen-synth needs one, the proptest of
///   regimen-laws the other.
const TWICE: [&str; 1] = ["rand_core"];

pub(crate) fn licences() -> Outcome {
    let all = tree("--workspace --all-features --target all --edges all")?;
    let mut faults: Vec<String> = all
        .iter()
        .filter(|package| !is_allowed(&package.licence))
        .map(|package| {
            format!("{} {}: licence {:?} is not allowed", package.name, package.version, package.licence)
        })
        .collect();
    let mut linked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in tree("--edges normal,no-proc-macro")? {
        linked.entry(package.name).or_default().insert(package.version);
    }
    for (name, versions) in &linked {
        if versions.len() > 1 && !TWICE.contains(&name.as_str()) {
            let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
            faults.push(format!("{name} is linked in {} versions: {}", versions.len(), versions.join(", ")));
        }
    }
    println!(
        "Licences: {} packages, {} linked by the default members, {} faults",
        all.len(),
        linked.len(),
        faults.len()
    );
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    licence: String,
}

/// Returns the packages that `cargo tree` lists.
fn tree(options: &str) -> Result<BTreeSet<Package>, String> {
    let mut command = cargo("tree --locked --prefix none --no-dedupe");
    command.args(options.split_whitespace()).args(["--format", "{p}\t{l}"]);
    let mut packages = BTreeSet::new();
    for line in output(command)?.lines().filter(|line| !line.is_empty()) {
        let (package, licence) = line.split_once('\t').ok_or_else(|| format!("no licence column: {line}"))?;
        let mut words = package.split_whitespace();
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            return Err(format!("no name and version: {line}"));
        };
        packages.insert(Package {
            name: name.to_owned(),
            version: version.to_owned(),
            // A package with a marker behind its licence, such as a repeated one, keeps the licence alone.
            licence: licence.trim_end_matches(" (*)").trim().to_owned(),
        });
    }
    Ok(packages)
}

/// Returns true if a licence expression can be met with the allowed licences alone.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = expression.split_whitespace().collect();
    let mut rest = words.as_slice();
    any_of(&mut rest) && rest.is_empty()
}

/// Parses `a OR b OR …`, and returns true if one of them is allowed.
fn any_of(rest: &mut &[&str]) -> bool {
    let mut allowed = all_of(rest);
    while take(rest, "OR") {
        allowed |= all_of(rest);
    }
    allowed
}

/// Parses `a AND b AND …`, and returns true if all of them are allowed.
fn all_of(rest: &mut &[&str]) -> bool {
    let mut allowed = one(rest);
    while take(rest, "AND") {
        allowed &= one(rest);
    }
    allowed
}

/// Parses a licence with its exception, or an expression in brackets.
fn one(rest: &mut &[&str]) -> bool {
    if take(rest, "(") {
        return any_of(rest) & take(rest, ")");
    }
    let Some((licence, others)) = rest.split_first() else { return false };
    *rest = others;
    if !take(rest, "WITH") {
        return ALLOWED.contains(licence);
    }
    let Some((exception, others)) = rest.split_first() else { return false };
    *rest = others;
    ALLOWED.contains(&format!("{licence} WITH {exception}").as_str())
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
