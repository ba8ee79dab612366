//! Every stable code of the workspace, checked against `docs/errors.md` and against the sources.
//!
//! `BLESS=1 cargo test -p regimen-cli codes` writes the tables of codes into `docs/errors.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Code, meaning and remedy.
type Code = (&'static str, &'static str, &'static str);

/// The codes of the command line.
const CLI: &[Code] = &[
    (
        "CLI001",
        "The definition cannot be read, or is not UTF-8.",
        "Name an `index.toml` and save it as UTF-8.",
    ),
    (
        "CLI002",
        "Neither the command nor the definition names snapshots.",
        "Name them with `--snapshots`, or as `snapshots.path` in the definition.",
    ),
    (
        "CLI003",
        "The snapshots are Parquet, which this build does not read.",
        "Build with `--features panel`, or use CSV.",
    ),
    (
        "CLI004",
        "The definition's regime or sleeve names an asset that does not occur in the snapshots.",
        "Use the identifier that the snapshots use.",
    ),
    (
        "CLI005",
        "Something failed that should not: a bug of the engine, or an output that cannot be written to.",
        "Report it with the command that you ran.",
    ),
    ("CLI006", "No snapshot lies from `--from` to `--to`.", "Choose both within the snapshots."),
    (
        "CLI007",
        "A run stopped at a snapshot: it could not decide, execute, book or value there.",
        "Check the snapshots and the definition at the instant named; nothing was written.",
    ),
    (
        "CLI008",
        "The holdings or the state are not what `regimen plan` reads, or an asset held never had a price.",
        "Write them as `regimen plan --help` shows, with the identifiers that the snapshots use.",
    ),
    (
        "CLI009",
        "There is no plan for these snapshots, holdings and state.",
        "Check all three; a state that has decided at the newest snapshot has nothing left to decide.",
    ),
    (
        "CLI010",
        "A file that the command writes cannot be written.",
        "Check that the folder can be written and has room.",
    ),
    (
        "CLI011",
        "The weights of an instant in a file of weights are none: they sum to more than 1, or are too fine to add.",
        "Correct the weights; what they leave of 1 is held in cash.",
    ),
    (
        "CLI020",
        "A signal of the definition is the user's own, which only code can hand over.",
        "Build the methodology in code, with `Inputs::signal`.",
    ),
    (
        "CLI021",
        "There is no regime: the index cannot be followed to the newest snapshot.",
        "Check the snapshots and the definition at the instant named.",
    ),
    (
        "CLI022",
        "The history of the regime is asked for in a file that is neither `.csv` nor `.json`.",
        "End the file's name in `.csv` or `.json`.",
    ),
    (
        "CLI025",
        "A file of rates names an asset that is not of the defensive sleeve.",
        "Remove its rows, or add the asset to `defensive.sleeve`; rates without an asset are those of cash.",
    ),
    (
        "CLI030",
        "The definition is of an index alone, and the command needs a portfolio.",
        "Add the tables `[portfolio]`, `[costs]` and `[vanished]`, or calculate the index with `regimen level`.",
    ),
    ("CLI031", "The two files that `regimen level` writes are one.", "Name two files."),
    (
        "CLI040",
        "The amount of a quote is not above zero, or finer than the portfolio's money.",
        "State what is put in, or the value of what is sold.",
    ),
    (
        "CLI041",
        "There is no quote for these snapshots, holdings and amount.",
        "Check all three; a figure beyond 28 digits is refused.",
    ),
    (
        "CLI042",
        "The file of gas has no value for a chain on which assets of the definition trade.",
        "Add the chain's rows to the file, or its gas to `costs.gas.chains`.",
    ),
    (
        "CLI050",
        "A corporate action never comes into force in these snapshots (a warning).",
        "Check its identifiers and instants: it needs a row of its asset, and a price of what comes in.",
    ),
    (
        "CLI051",
        "A cash flow in a file has more decimal places than the portfolio's money.",
        "Round it, or raise `portfolio.money_scale`.",
    ),
];

/// Returns all codes by family.
fn families() -> Vec<(&'static str, Vec<Code>)> {
    let of_files = regimen_snapshots::CODES.iter().map(|entry| (entry.code, entry.meaning, entry.remedy));
    vec![
        ("DEF", regimen::definition::CODES.to_vec()),
        ("SNAP", of_files.collect()),
        ("LOG", regimen_ledger::CODES.to_vec()),
        ("RUN", regimen_snapshots::RUN_CODES.to_vec()),
        ("SYNTH", regimen_synth::CODES.to_vec()),
        ("CLI", CLI.to_vec()),
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
fn the_command_line_uses_every_code_of_its_own() {
    let files = sources(&workspace().join("crates/regimen-cli/src"));
    let others = files.iter().filter(|file| !file.ends_with("codes.rs"));
    let used: BTreeSet<String> =
        others.flat_map(|file| codes_in(&fs::read_to_string(file).unwrap())).collect();
    let unused: Vec<&str> = CLI.iter().map(|code| code.0).filter(|code| !used.contains(*code)).collect();
    assert_eq!(unused, Vec::<&str>::new());
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
