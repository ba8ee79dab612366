//! The part of `docs/style.md` that a machine can check: widths, phrases, empty documentation, lengths of
//! files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::repository::{files, packages, repository, shown};
use crate::rust_source::{Kind, Token, read_tokens, without_tests};

const COMMENT_WIDTH_MAX: usize = 110;
const PROSE_WIDTH_MAX: usize = 120;
const FILE_LINES_MAX: usize = 600;

/// Phrases that stand for a name or a number which the text should give instead.
const BANNED: [&str; 8] =
    ["so many", "so much", "is none", "of which", "whatever its", "says that", "says whether", "that tells"];

/// Documentation that repeats the name of what it documents.
const BARE: [&str; 4] = ["Why.", "When.", "The instant.", "The time."];

/// A line that breaks a rule.
struct Finding {
    file: PathBuf,
    line: usize,
    what: String,
}

#[test]
fn comments_keep_their_width_and_their_words() {
    let sources = packages().into_iter().flat_map(|package| files(&package, "rs"));
    assert_none(sources.flat_map(|file| of_comments(&file)));
}

#[test]
fn messages_keep_their_words() {
    let sources = packages().into_iter().flat_map(|package| files(&package.join("src"), "rs"));
    assert_none(sources.flat_map(|file| of_messages(&file)));
}

#[test]
fn pages_keep_their_width_and_their_words() {
    let pages = files(&repository(""), "md");
    let findings = pages.iter().flat_map(|file| {
        let text = fs::read_to_string(file).unwrap();
        of_page(&text).into_iter().map(|(line, what)| Finding { file: file.clone(), line, what })
    });
    assert_none(findings);
}

#[test]
fn no_file_is_too_long() {
    let sources = packages().into_iter().flat_map(|package| files(&package, "rs"));
    let findings = sources.filter_map(|file| {
        let line = fs::read_to_string(&file).unwrap().lines().count();
        let what = format!("longer than {FILE_LINES_MAX} lines: split it by subject");
        (line > FILE_LINES_MAX).then_some(Finding { file, line, what })
    });
    assert_none(findings);
}

#[track_caller]
fn assert_none(findings: impl Iterator<Item = Finding>) {
    let findings: Vec<Finding> = findings.collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &findings {
        let folder: Vec<String> = shown(&finding.file).split('/').take(2).map(str::to_owned).collect();
        *counts.entry(folder.join("/")).or_default() += 1;
    }
    let lines: Vec<String> =
        findings.iter().map(|each| format!("{}:{}: {}", shown(&each.file), each.line, each.what)).collect();
    assert!(findings.is_empty(), "{}\n{} findings: {counts:#?}", lines.join("\n"), findings.len());
}

fn of_comments(file: &Path) -> Vec<Finding> {
    let source = fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = source.lines().collect();
    let tokens = read_tokens(file);
    let finding = |line: usize, what: String| Finding { file: file.to_owned(), line, what };
    let mut findings = Vec::new();
    for comment in tokens.iter().filter(|token| token.kind == Kind::Comment) {
        let numbered = (comment.line..).zip(comment.text.lines());
        for (number, _) in numbered {
            let line = lines[number - 1];
            findings.extend(too_wide(line, COMMENT_WIDTH_MAX).map(|what| finding(number, what)));
        }
    }
    for block in blocks(&tokens) {
        findings.extend(block.phrases().into_iter().map(|(line, what)| finding(line, what)));
        let whole = block.text.trim();
        if BARE.contains(&whole) {
            findings.push(finding(block.lines[0].1, format!("`{whole}` documents nothing")));
        }
    }
    findings
}

fn of_messages(file: &Path) -> Vec<Finding> {
    let code = without_tests(read_tokens(file));
    let strings = code.iter().filter(|token| token.kind == Kind::String);
    let found = strings.flat_map(|token| {
        let found = phrases(&token.text).into_iter();
        found.map(move |(_, phrase)| Finding {
            file: file.to_owned(),
            line: token.line,
            what: format!("`{phrase}` in a message: {}", token.text),
        })
    });
    found.collect()
}

/// Lists the findings of a page by line: code, tables and lines with an address are left out.
fn of_page(text: &str) -> Vec<(usize, String)> {
    let mut findings = Vec::new();
    let mut paragraph = Prose::default();
    let (mut is_code, mut is_generated) = (false, false);
    for (number, line) in (1..).zip(text.lines()) {
        // What a test writes between its two markers is checked where it is stated.
        if line.starts_with("<!-- ") {
            is_generated = line.ends_with(": begin -->");
        }
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        let is_indented = line.starts_with("    ") && paragraph.text.is_empty();
        let is_prose =
            !(is_generated || is_code || is_fence || is_indented || line.trim_start().starts_with('|'));
        if is_prose {
            findings.extend(too_wide(line, PROSE_WIDTH_MAX).map(|what| (number, what)));
        }
        if is_prose && !line.trim().is_empty() {
            paragraph.add(line, number);
        } else {
            findings.append(&mut std::mem::take(&mut paragraph).phrases());
        }
    }
    findings.append(&mut paragraph.phrases());
    findings
}

fn too_wide(line: &str, width_max: usize) -> Option<String> {
    let width = line.chars().count();
    let has_address = line.contains("http://") || line.contains("https://");
    (width > width_max && !has_address).then(|| format!("{width} columns, of {width_max}"))
}

/// Lines of prose that belong together, joined by spaces, so that a phrase is found across a line's end.
#[derive(Default)]
struct Prose {
    text: String,
    /// Where each line begins in the text, and its number.
    lines: Vec<(usize, usize)>,
}

impl Prose {
    fn add(&mut self, line: &str, number: usize) {
        self.lines.push((self.text.len(), number));
        self.text.push_str(line.trim());
        self.text.push(' ');
    }

    fn phrases(&self) -> Vec<(usize, String)> {
        let number = |at: usize| {
            let begun = self.lines.iter().take_while(|(begin, _)| *begin <= at);
            begun.last().map_or(0, |(_, number)| *number)
        };
        let found = phrases(&self.text).into_iter();
        found.map(|(at, phrase)| (number(at), format!("`{phrase}`"))).collect()
    }
}

/// Joins comments on consecutive lines. What stands between fences is left out.
fn blocks(tokens: &[Token]) -> Vec<Prose> {
    let mut blocks: Vec<Prose> = Vec::new();
    let (mut last, mut is_code) = (0, false);
    let mut open = Prose::default();
    for token in tokens.iter().filter(|token| token.kind == Kind::Comment) {
        for (number, line) in (token.line..).zip(token.text.lines()) {
            let line = line.trim_start_matches(['/', '!', '*']).trim();
            if number != last + 1 {
                is_code = false;
                blocks.push(std::mem::take(&mut open));
            }
            last = number;
            let is_fence = line.starts_with("```");
            is_code ^= is_fence;
            if line.is_empty() || is_fence {
                blocks.push(std::mem::take(&mut open));
            } else if !is_code {
                open.add(line, number);
            }
        }
    }
    blocks.push(open);
    blocks.retain(|block| !block.lines.is_empty());
    blocks
}

/// Returns the banned phrases of a text with their places; what stands between backquotes is left out.
fn phrases(text: &str) -> Vec<(usize, &'static str)> {
    let mut lower = String::with_capacity(text.len());
    let mut is_code = false;
    for letter in text.chars() {
        is_code ^= letter == '`';
        // A replacement of the same length keeps the places.
        if is_code { lower.extend(std::iter::repeat_n('~', letter.len_utf8())) } else { lower.push(letter) }
    }
    lower.make_ascii_lowercase();
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let found = BANNED.iter().flat_map(|phrase| {
        lower.match_indices(phrase).filter(|(at, _)| {
            !lower[..*at].ends_with(is_word) && !lower[at + phrase.len()..].starts_with(is_word)
        })
    });
    let mut found: Vec<(usize, &'static str)> =
        found.map(|(at, found)| (at, *BANNED.iter().find(|phrase| **phrase == found).unwrap())).collect();
    found.sort_unstable();
    found
}

#[test]
fn phrases_are_found_across_lines_but_not_in_code() {
    let source = "/// Returns so\n/// many of them.\n///\n/// ```\n/// // so many\n/// ```\n/// `is none` is_none so manyfold.\nfn f() {}";
    let found: Vec<_> = blocks(&crate::rust_source::tokens(source)).iter().flat_map(Prose::phrases).collect();
    assert_eq!(found, [(1, "`so many`".to_owned())]);
}

#[test]
fn prose_of_a_page_is_told_from_code_and_tables() {
    let wide = "x".repeat(121);
    let page =
        format!("{wide}\n\n```text\n{wide}\n```\n| {wide} |\n\n    {wide}\n\nSays\nthat.\nhttps://{wide}\n");
    assert_eq!(of_page(&page), [(1, "121 columns, of 120".to_owned()), (10, "`says that`".to_owned())]);
}
