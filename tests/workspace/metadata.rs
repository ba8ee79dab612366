//! Every crate says what a registry shows of it.

use std::fs;
use std::path::Path;

use crate::repository::{package_metadata, repository, shown, text};

#[test]
fn every_crate_describes_itself() {
    let mut faults = Vec::new();
    let crates = repository("crates");
    for package in package_metadata() {
        let manifest = text(&package["manifest_path"]);
        let folder = Path::new(&manifest).parent().unwrap();
        if !folder.starts_with(&crates) {
            continue;
        }
        let name = text(&package["name"]);
        for key in ["description", "license", "readme", "rust_version"] {
            if !package[key].is_string() {
                faults.push(format!("{name} has no `{key}`"));
            }
        }
        for key in ["keywords", "categories"] {
            let count = package[key].as_array().map_or(0, Vec::len);
            if !(1..=5).contains(&count) {
                faults.push(format!("{name} has {count} `{key}`, and a registry takes 1 to 5"));
            }
        }
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            if fs::read(folder.join(licence)).ok() != Some(fs::read(repository(licence)).unwrap()) {
                faults.push(format!("{name}: {licence} is not that of the repository: link it"));
            }
        }
        let readme = fs::read_to_string(folder.join("README.md")).unwrap_or_default();
        if !readme.starts_with(&format!("# {name}\n")) {
            faults.push(format!("{}/README.md does not begin with the name of the crate", shown(folder)));
        }
        let listed = fs::read_to_string(repository("README.md")).unwrap();
        if !listed.contains(&format!("| `{name}` |")) {
            faults.push(format!("{name} has no line in the README's table of crates"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
