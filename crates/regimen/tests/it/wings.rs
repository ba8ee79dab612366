//! The floor plan: imports point from quote to portfolio to index to methodology, and no files form a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The wings above the methodology, from the ground up. Each may import from those before it.
const WINGS: [&str; 3] = ["index", "portfolio", "quote"];

/// Code by the module path of its file, such as `index::day::regime`. Comments, tests and re-exports are left out.
fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let relative = path.strip_prefix(&root).unwrap().with_extension("");
            let parts: Vec<&str> = relative.iter().map(|part| part.to_str().unwrap()).collect();
            if parts != ["lib"] && parts.last() != Some(&"tests") {
                sources.insert(parts.join("::"), code(&fs::read_to_string(&path).unwrap()));
            }
        }
    }
    sources
}

fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]").next().unwrap();
    let mut in_re_export = false;
    let mut kept = String::new();
    for line in before_tests.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        in_re_export |= line.starts_with("pub use ") || line.starts_with("pub(") && line.contains(" use ");
        if !in_re_export {
            kept += &without_visibility(line);
            kept.push('\n');
        }
        in_re_export &= !line.ends_with(';');
    }
    kept
}

/// Drops `pub(in path)`: it states who may see an item, and imports nothing.
fn without_visibility(line: &str) -> String {
    match line.split_once("pub(in ").and_then(|(before, rest)| Some((before, rest.split_once(')')?.1))) {
        Some((before, after)) => format!("{before}pub{after}"),
        None => line.to_owned(),
    }
}

/// Returns the modules that a file names, by paths that begin with `crate`, `super` or the name of a child.
fn imports<'s>(module: &str, code: &str, sources: &'s BTreeMap<String, String>) -> BTreeSet<&'s str> {
    let is_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let mut found = BTreeSet::new();
    for path in code.split(|letter| !is_path(letter)).filter(|path| path.contains("::")) {
        let mut base: Vec<&str> = module.split("::").collect();
        let mut rest: Vec<&str> = path.split("::").collect();
        if rest[0] == "crate" {
            base.clear();
            rest.remove(0);
        }
        while rest.first() == Some(&"super") {
            base.pop();
            rest.remove(0);
        }
        base.extend(rest);
        while !base.is_empty() {
            if let Some((known, _)) = sources.get_key_value(&base.join("::")) {
                found.insert(known.as_str());
                break;
            }
            base.pop();
        }
    }
    found.remove(module);
    found
}

/// Returns the number of a module's wing; the methodology's is 0.
fn wing(module: &str) -> usize {
    let name = module.split("::").next().unwrap();
    WINGS.iter().position(|wing| *wing == name).map_or(0, |position| position + 1)
}

#[test]
fn imports_point_one_way() {
    let sources = sources();
    for name in WINGS {
        assert!(sources.contains_key(name), "no wing {name}");
    }
    for (module, code) in &sources {
        for imported in imports(module, code, &sources) {
            assert!(wing(imported) <= wing(module), "{module} imports {imported}");
        }
    }
}

#[test]
fn no_files_of_a_wing_form_a_circle() {
    let sources = sources();
    let imports_of = |module: &str| imports(module, &sources[module], &sources);
    for start in sources.keys().filter(|module| wing(module) > 0) {
        // What the root of a wing re-exports, files within it take from each other.
        let root = start.split("::").next().unwrap();
        assert!(*start == root || !imports_of(start).contains(root), "{start} imports its own wing's root");
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = imports_of(start).into_iter().collect();
        while let Some(module) = open.pop() {
            assert_ne!(module, start, "{start} is imported by what it imports");
            if wing(module) > 0 && seen.insert(module) {
                open.extend(imports_of(module));
            }
        }
    }
}
