//! What each crate would publish: sources, examples, its page and its licences, and nothing else.

use std::fs;

use crate::cargo::{Outcome, cargo, output, repository};

/// Files that every crate publishes.
const NEEDED: [&str; 4] = ["Cargo.toml", "README.md", "LICENSE-APACHE", "LICENSE-MIT"];
/// Files that cargo adds by itself.
const ADDED: [&str; 3] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"];

pub(crate) fn package() -> Outcome {
    let crates = repository().join("crates");
    let mut faults = Vec::new();
    let mut count = 0;
    let entries = fs::read_dir(&crates).map_err(|problem| format!("{}: {problem}", crates.display()))?;
    for entry in entries {
        let entry = entry.map_err(|problem| format!("{}: {problem}", crates.display()))?;
        if !entry.path().join("Cargo.toml").exists() {
            continue;
        }
        count += 1;
        let name = entry.file_name().to_string_lossy().into_owned();
        let listed = output(cargo(&format!("package --locked --list --allow-dirty -p {name}")))?;
        let files: Vec<&str> = listed.lines().collect();
        let missing = NEEDED.iter().filter(|needed| !files.contains(needed));
        faults.extend(missing.map(|needed| format!("{name} publishes no {needed}")));
        let foreign = files.iter().filter(|file| !belongs(file));
        faults.extend(foreign.map(|file| format!("{name} would publish {file}")));
    }
    println!("Packages: {count} crates, {} faults", faults.len());
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

fn belongs(file: &str) -> bool {
    let is_source = (file.starts_with("src/") || file.starts_with("examples/")) && file.ends_with(".rs");
    is_source || NEEDED.contains(&file) || ADDED.contains(&file)
}
