//! `docs/data-format.md` names the files and columns that a run writes, in their order.

use std::path::Path;

use crate::sample_run::SampleRun;

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/data-format.md")).unwrap()
}

/// Returns the names in the first column of the table under a heading.
fn documented(page: &str, heading: &str) -> Vec<String> {
    let (_, section) = page.split_once(&format!("\n### {heading}\n")).expect(heading);
    let section = section.split("\n### ").next().unwrap();
    let first_cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    first_cells.flat_map(|cell| cell.split(", ")).map(|name| name.trim_matches('`').to_owned()).collect()
}

#[test]
fn every_column_is_documented_in_its_order() {
    let (page, run) = (page(), SampleRun::new());
    for entry in std::fs::read_dir(run.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(page.contains(&format!("\n| `{name}` | ")), "{name} is not listed");
        let text = run.text(&name);
        let columns: Vec<&str> = if name.ends_with(".csv") {
            text.lines().next().unwrap().split(',').collect()
        } else {
            let keys = text.lines().filter_map(|line| line.strip_prefix("  \"")?.split_once('"'));
            keys.map(|(key, _)| key).collect()
        };
        let mut documented = documented(&page, &name);
        if name == "summary.json" {
            // The page groups what belongs together.
            documented.sort();
            let mut columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
            columns.sort();
            assert_eq!(documented, columns);
        } else {
            assert_eq!(documented, columns, "{name}");
        }
    }
}
