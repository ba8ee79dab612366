//! Every stable code of the workspace, checked against `docs/errors.md` and against the sources.
//!
//! `BLESS=1 cargo test -p regimen-cli codes` writes the tables of codes into `docs/errors.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Code, meaning and remedy.
type Code = (&'static str, &'static str, &'static str);

/// Returns all codes by family.
fn families() -> Vec<(&'static str, Vec<Code>)> {
    let mut of_commands = [super::CODES, regimen_input::OPEN_CODES].concat();
    of_commands.sort_unstable_by_key(|(code, ..)| *code);
    vec![
        ("DEF", regimen::definition::CODES.to_vec()),
        ("SNAP", regimen_input::CODES.to_vec()),
        ("LOG", regimen_ledger::CODES.to_vec()),
        ("RUN", regimen_run::CODES.to_vec()),
        ("SYNTH", regimen_synth::CODES.to_vec()),
        ("CLI", of_commands),
        #[cfg(feature = "panel")]
        ("PANEL", regimen_panel::CODES.to_vec()),
    ]
}

/// The family whose crate the default build does not link: only a build with the feature `panel` checks it.
const UNLINKED: &str = if cfg!(feature = "panel") { "no such family" } else { "PANEL" };

#[test]
fn the_document_lists_every_code_as_its_crate_states_it() {
    let path = workspace().join("docs/errors.md");
    let text = fs::read_to_string(&path).unwrap();
    let written = |text: String, (family, codes): &(&str, Vec<Code>)| replaced(&text, family, codes);
    let rendered = families().iter().fold(text.clone(), written);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &rendered).unwrap();
    } else {
        assert!(text == rendered, "docs/errors.md is out of date: BLESS=1 cargo test -p regimen-cli codes");
    }
}

#[test]
fn the_document_names_no_unknown_code() {
    let text = fs::read_to_string(workspace().join("docs/errors.md")).unwrap();
    assert_eq!(unknown(&text), BTreeSet::new());
}

#[test]
fn the_sources_use_no_code_without_a_table() {
    for file in sources(&workspace().join("crates")) {
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(unknown(&text), BTreeSet::new(), "{}", file.display());
    }
}

#[test]
fn no_code_is_stated_twice() {
    let mut seen = BTreeSet::new();
    for (family, codes) in families() {
        for (code, ..) in codes {
            assert!(code.starts_with(family) && seen.insert(code), "{code}");
        }
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Replaces what stands between a family's two markers by its table.
fn replaced(text: &str, family: &str, codes: &[Code]) -> String {
    let (begin, end) = (format!("<!-- {family}: begin -->\n"), format!("<!-- {family}: end -->"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("docs/errors.md lacks {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("docs/errors.md lacks {end}"));
    let rows: String = codes
        .iter()
        .map(|(code, meaning, remedy)| format!("| {code} | {} | {} |\n", sentence(meaning), sentence(remedy)))
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
    let stated: BTreeSet<&str> =
        families().into_iter().flat_map(|(_, codes)| codes).map(|code| code.0).collect();
    codes_in(text)
        .into_iter()
        .filter(|code| !stated.contains(code.as_str()) && !code.starts_with(UNLINKED))
        .collect()
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
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("tests") {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
