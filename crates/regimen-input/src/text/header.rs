//! The header of a file: the names of its columns.

use std::collections::BTreeMap;

use regimen_types::{Diagnostic, Separator, edit_distance};

use super::blocks::HeaderLine;
use super::cells;
use super::findings::Findings;
use super::line::{self, QuoteError};
use crate::codes;

/// Splits a header into names without outer white space; no name may occur twice.
pub(crate) fn column_names(file: &str, header: &HeaderLine) -> Result<Vec<String>, Findings> {
    let names = line_cells(file, header.number, &header.line, Separator::Comma)?;
    check_names(file, header.number, &names)?;
    Ok(names)
}

/// Splits a line into texts without outer white space.
pub(crate) fn line_cells(
    file: &str,
    number: u64,
    text: &[u8],
    separator: Separator,
) -> Result<Vec<String>, Findings> {
    if let Some(finding) = cells::not_utf8(file, number, text) {
        return Err(Findings::from(finding));
    }
    let mut fields = Vec::new();
    line::split_at(separator, text, &mut fields).map_err(|error| bad_quotes(file, number, text, error))?;
    Ok(fields.into_iter().map(|field| line::unescaped(field).trim().to_owned()).collect())
}

/// Checks that the names of columns were cut at the right separator, and that no name occurs twice.
pub(crate) fn check_names(file: &str, number: u64, names: &[String]) -> Result<(), Findings> {
    if let [only] = names
        && let Some(separator) = only.chars().find(|character| [';', '\t', '|', ','].contains(character))
    {
        return Err(Findings::from(other_separator(file, number, only, separator)));
    }
    let mut findings = Findings::default();
    let mut first_place = BTreeMap::new();
    for (place, name) in (1..).zip(names) {
        if let Some(first) = first_place.insert(name, place)
            && !name.is_empty()
        {
            findings.add(|| {
                let message = format!("columns {first} and {place} have the same name");
                Diagnostic::error(
                    codes::REPEATED_COLUMN.code,
                    file,
                    message,
                    "rename or remove one of the two",
                )
                .at_line(number)
                .in_column(name)
            });
        }
    }
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

fn other_separator(file: &str, line: u64, header: &str, separator: char) -> Diagnostic {
    let message = format!("the columns are separated by {separator:?}");
    let help = format!(
        "say so: separator = {:?} in [snapshots], and decimal_mark = \",\" if decimals have a comma",
        separator.to_string()
    );
    Diagnostic::error(codes::MISSING_COLUMN.code, file, message, help).at_line(line).quoting(header)
}

/// Builds the finding about quotes that do not close.
pub(crate) fn bad_quotes(file: &str, line: u64, text: &[u8], error: QuoteError) -> Diagnostic {
    let (message, help) = match error {
        QuoteError::Open => (
            "a quoted field does not end on its line",
            "remove the line break from the field, or close the quote",
        ),
        QuoteError::TextAfter => (
            "a quoted field is followed by something other than a comma",
            "write a quote inside a quoted field twice",
        ),
    };
    Diagnostic::error(codes::QUOTES.code, file, message, help)
        .at_line(line)
        .quoting(&String::from_utf8_lossy(text))
}

/// Builds the finding about a missing column; `key` is its key in `[snapshots.columns]`, if its name can be
/// mapped.
pub(crate) fn missing_column(
    file: &str,
    line: u64,
    names: &[String],
    wanted: &str,
    key: Option<&str>,
) -> Diagnostic {
    let message = format!("there is no column {wanted:?}; the columns are {}", names.join(", "));
    let likely = nearest(names, wanted);
    let help = match (key, likely) {
        (None, Some(name)) => format!("rename {name:?} in the header, if that is the one"),
        (None, None) => "add the column to the file".to_owned(),
        (Some("attributes"), Some(name)) => format!("name {name:?} in `attributes`, if that is the one"),
        (Some("attributes"), None) => "remove the name from `attributes`, or add the column".to_owned(),
        (Some(key), Some(name)) => format!("if {name:?} is the one: {key} = {name:?} in [snapshots.columns]"),
        (Some("as_of"), None) => "say which column it is: as_of = \"…\" in [snapshots.columns], \
             or name a one-date file after its date: 2021-05-19.csv"
            .to_owned(),
        (Some("asset"), None) => "say which column it is: asset = \"…\" in [snapshots.columns]; if each asset has a \
             column of its own, layout = \"wide\" in [snapshots]; if a file of its own, layout = \"one_file_per_asset\""
            .to_owned(),
        (Some(key), None) => format!("say which column it is: {key} = \"…\" in [snapshots.columns]"),
    };
    Diagnostic::error(codes::MISSING_COLUMN.code, file, message, help).at_line(line).in_column(wanted)
}

/// The columns that a reader looks for, each with all names that it may have.
pub(crate) struct KnownColumns<'a> {
    /// Those without which a file is refused.
    pub(crate) needed: &'a [&'a [&'a str]],
    /// Those that a file may lack.
    pub(crate) optional: &'a [&'a [&'a str]],
}

/// Finds a column that resembles one that a reader knows, which the file lacks: `Known_At`, or `catgory`. It
/// would be passed over, and what it holds with it. A column that the reader needs is missed by itself.
pub(crate) fn resembling(
    file: &str,
    line: u64,
    names: &[String],
    columns: &KnownColumns<'_>,
) -> Option<Diagnostic> {
    let KnownColumns { needed, optional } = columns;
    let is_known = |name: &str| needed.iter().chain(*optional).any(|column| column.contains(&name));
    let unread = names.iter().filter(|name| !name.is_empty() && !is_known(name));
    let unread: Vec<String> = unread.cloned().collect();
    let is_there = |column: &&&[&str]| names.iter().any(|name| column.contains(&name.as_str()));
    optional.iter().filter(|column| !is_there(column)).copied().flatten().find_map(|known| {
        let name = nearest(&unread, known)?;
        let message =
            format!("the column {name:?} is unknown, and resembles {known:?}, which the file lacks");
        let help = format!("write {known:?} in the header, or give the column a name of its own");
        Some(resembling_column(file, line, name, message, help))
    })
}

/// Finds a column of snapshots that resembles `known_at`, which the definition maps to none: without it each
/// row counts at its own instant, which may be before it was known.
pub(crate) fn unmapped_known_at(file: &str, line: u64, names: &[String]) -> Option<Diagnostic> {
    let name = nearest(names, "known_at")?;
    let message = format!("the column {name:?} is not read, and seems to state when rows became known");
    let help = format!("state known_at = {name:?} in [snapshots.columns], or give the column another name");
    Some(resembling_column(file, line, name, message, help))
}

fn resembling_column(file: &str, line: u64, name: &str, message: String, help: String) -> Diagnostic {
    Diagnostic::error(codes::RESEMBLING_COLUMN.code, file, message, help).at_line(line).in_column(name)
}

/// Returns the name that `wanted` most likely means: it differs in case, in separators or in a few letters.
fn nearest<'a>(names: &'a [String], wanted: &str) -> Option<&'a str> {
    let plain = |name: &str| -> String {
        name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(wanted);
    let distances = names.iter().map(|name| (edit_distance(&plain(name), &wanted), name));
    let (distance, name) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= wanted.chars().count() / 3).then_some(name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_name_that_was_meant() {
        let names = ["Date", "asset", "marketCap", "volum"].map(str::to_owned);
        assert_eq!(nearest(&names, "date"), Some("Date"));
        assert_eq!(nearest(&names, "market_cap"), Some("marketCap"));
        assert_eq!(nearest(&names, "volume"), Some("volum"));
        assert_eq!(nearest(&names, "price"), None);
    }
}
