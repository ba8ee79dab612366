//! Every stable code of the workspace, checked against `docs/errors.md` and against the sources.
//!
//! `BLESS=1 cargo test -p regimen-tests codes` writes the tables of codes into `docs/errors.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regimen_types::CodeEntry;

use crate::repository::{files, repository};
use crate::rust_source::{Kind, read_tokens, without_tests};

/// Code, meaning and remedy.
type Entry = [String; 3];

/// Returns all codes by family.
fn families() -> Vec<(&'static str, Vec<Entry>)> {
    let mut command_line = entries(regimen_input::OPEN_CODES);
    command_line.append(&mut read_entries("crates/regimen-cli/src/codes.rs"));
    command_line.sort_unstable();
    vec![
        ("DEF", entries(regimen::definition::CODES)),
        ("SNAP", entries(regimen_input::CODES)),
        ("LOG", entries(regimen_ledger::CODES)),
        ("RUN", entries(regimen_run::CODES)),
        ("SYNTH", entries(regimen_synth::CODES)),
        ("CLI", command_line),
        ("PANEL", read_entries("crates/regimen-panel/src/error.rs")),
    ]
}

fn entries(codes: &[CodeEntry]) -> Vec<Entry> {
    codes.iter().map(|entry| [entry.code, entry.meaning, entry.remedy].map(str::to_owned)).collect()
}

/// Reads codes from their source: the command line is no library, and linking the Parquet crate takes
/// minutes.
fn read_entries(path: &str) -> Vec<Entry> {
    let tokens = read_tokens(&repository(path));
    let strings: Vec<String> = without_tests(tokens)
        .into_iter()
        .filter(|token| token.kind == Kind::String)
        .map(|token| token.text.replace("\\\"", "\""))
        .collect();
    let is_code = |text: &str| codes_in(text).contains(text);
    let found = strings.windows(3).filter(|each| is_code(&each[0]));
    found.map(|each| [each[0].clone(), each[1].clone(), each[2].clone()]).collect()
}

#[test]
fn the_document_lists_every_code_as_its_crate_states_it() {
    let path = repository("docs/errors.md");
    let text = fs::read_to_string(&path).unwrap();
    let written = |text: String, (family, codes): &(&str, Vec<Entry>)| replaced(&text, family, codes);
    let rendered = families().iter().fold(text.clone(), written);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &rendered).unwrap();
    } else {
        assert!(text == rendered, "docs/errors.md is out of date: BLESS=1 cargo test -p regimen-tests codes");
    }
}

#[test]
fn the_document_names_no_unknown_code() {
    let text = fs::read_to_string(repository("docs/errors.md")).unwrap();
    assert_eq!(unknown(&text), BTreeSet::new());
}

#[test]
fn the_sources_use_no_code_without_a_table() {
    for file in sources(&repository("crates")) {
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(unknown(&text), BTreeSet::new(), "{}", file.display());
    }
}

#[test]
fn no_code_is_stated_twice() {
    let mut seen = BTreeSet::new();
    for (family, codes) in families() {
        for [code, ..] in codes {
            assert!(code.starts_with(family) && seen.insert(code.clone()), "{code}");
        }
    }
}

/// Replaces what stands between a family's two markers by its table.
fn replaced(text: &str, family: &str, codes: &[Entry]) -> String {
    let (begin, end) = (format!("<!-- {family}: begin -->\n"), format!("<!-- {family}: end -->"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("docs/errors.md lacks {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("docs/errors.md lacks {end}"));
    let rows: String = codes
        .iter()
        .map(|[code, meaning, remedy]| format!("| {code} | {} | {} |\n", sentence(meaning), sentence(remedy)))
        .collect();
    format!("{before}{begin}\n| code | meaning | remedy |\n|---|---|---|\n{rows}\n{end}{after}")
}

/// Writes a text with a capital and a full stop, and its bars such that a table keeps its columns.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
    let sentence: String = capital.into_iter().chain(letters).collect();
    let stop = if sentence.ends_with('.') { "" } else { "." };
    format!("{}{stop}", sentence.replace('|', "\\|"))
}

/// Finds the codes in a text that no table states.
fn unknown(text: &str) -> BTreeSet<String> {
    let stated: BTreeSet<String> =
        families().into_iter().flat_map(|(_, codes)| codes).map(|[code, ..]| code).collect();
    codes_in(text).into_iter().filter(|code| !stated.contains(code)).collect()
}

/// Finds every family's name that is followed by three digits.
fn codes_in(text: &str) -> BTreeSet<String> {
    let families = ["DEF", "SNAP", "LOG", "RUN", "SYNTH", "CLI", "PANEL"];
    let found = |family: &'static str| {
        text.match_indices(family).filter_map(move |(at, _)| {
            let digits: String = text[at + family.len()..].chars().take_while(char::is_ascii_digit).collect();
            let starts = !text[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
            (starts && digits.len() == 3).then(|| format!("{family}{digits}"))
        })
    };
    families.into_iter().flat_map(found).collect()
}

/// Lists the Rust files of all `src` folders below a folder, or of the folder itself if it is one.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let all = files(folder, "rs").into_iter();
    all.filter(|file| file.components().any(|each| each.as_os_str() == "src")).collect()
}
