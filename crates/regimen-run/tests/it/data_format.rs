//! `docs/data-format.md` documents the files and columns that a run writes, in their order.
//!
//! The list of tables and the columns of each follow from the declarations of the tables:
//! `BLESS=1 cargo test -p regimen-run data_format` writes them into the page.

use std::path::{Path, PathBuf};

use regimen_run::{ReasonCode, TableDescription, run_tables};

use crate::sample_run::SampleRun;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/data-format.md")
}

fn page() -> String {
    std::fs::read_to_string(path()).unwrap()
}

/// Replaces what stands between the two markers of a name.
fn replaced(text: &str, name: &str, content: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("the page lacks {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("the page lacks {end}"));
    format!("{before}{begin}\n{content}\n{end}{after}")
}

fn columns_of(table: &TableDescription) -> String {
    let rows = table.columns.iter().map(|column| format!("| `{}` | {} |\n", column.name, column.meaning));
    std::iter::once("| column | meaning |\n|---|---|\n".to_owned()).chain(rows).collect()
}

#[test]
fn the_page_documents_each_table_as_it_is_declared() {
    let text = page();
    let list = run_tables().map(|table| format!("| `{}` | {} |\n", table.file, table.one_row_per));
    let list: String =
        std::iter::once("| file | one row per |\n|---|---|\n".to_owned()).chain(list).collect();
    let rendered = run_tables().fold(replaced(&text, "tables", &list), |text, table| {
        replaced(&text, table.file, &columns_of(&table))
    });
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path(), &rendered).unwrap();
    } else {
        assert!(text == rendered, "the page is out of date: BLESS=1 cargo test -p regimen-run data_format");
    }
}

#[test]
fn every_header_is_that_of_the_declaration() {
    let run = SampleRun::new();
    let mut tables = 0;
    for table in run_tables().filter(|table| run.file(table.file).exists()) {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(run.text(table.file).lines().next(), Some(names.join(",").as_str()), "{}", table.file);
        tables += 1;
    }
    let written = std::fs::read_dir(run.path()).unwrap().map(|entry| entry.unwrap().path());
    let csvs = written.filter(|path| path.extension().is_some_and(|extension| extension == "csv"));
    assert_eq!(csvs.count(), tables, "a run writes a table that is not in the list");
}

#[test]
fn every_code_of_a_reason_is_on_the_page() {
    let page = page();
    for code in ReasonCode::all() {
        assert!(page.contains(&format!("\n| `{code}` | ")), "{code} is not listed");
        assert_eq!(ReasonCode::from_name(code.as_str()), Some(code));
    }
}

/// Returns the names in the first column of the table under a heading.
fn documented(page: &str, heading: &str) -> Vec<String> {
    let (_, section) = page.split_once(&format!("\n### {heading}\n")).expect(heading);
    let section = section.split("\n### ").next().unwrap();
    let first_cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    first_cells.flat_map(|cell| cell.split(", ")).map(|name| name.trim_matches('`').to_owned()).collect()
}

#[test]
fn every_key_of_a_document_is_on_the_page() {
    let (page, run) = (page(), SampleRun::new());
    for name in ["summary.json", "regime_report.json", "manifest.json"] {
        assert!(page.contains(&format!("\n| `{name}` | ")), "{name} is not listed");
        let text = run.text(name);
        let keys = text.lines().filter_map(|line| line.strip_prefix("  \"")?.split_once('"'));
        let mut keys: Vec<&str> = keys.map(|(key, _)| key).collect();
        let mut documented = documented(&page, name);
        // The page groups what belongs together.
        keys.sort_unstable();
        documented.sort_unstable();
        assert_eq!(documented, keys, "{name}");
    }
}
