//! What a definition and its files name, held against the market: nothing is without effect in silence.
//!
//! Names of the definition come from its schema ([`regimen::definition::NameInUse`]), names and instants of
//! files from their readers ([`FileContent`]). Each is looked up in [`MarketFacts`], which are computed once.
//! A name that decides and occurs nowhere is an error; a name that merely adds is a warning.

mod calendar;
mod content;
mod facts;
mod files;
mod names;
mod series;
mod suggestion;

use regimen::Methodology;
use regimen_types::{Diagnostic, Diagnostics, Severity};

pub(super) use content::{FileContent, FileRole};
pub(super) use facts::MarketFacts;

/// Returns what a person should look at, or the errors among it if there are any.
pub(super) fn check(
    methodology: &Methodology,
    facts: &MarketFacts<'_>,
    files: &[FileContent],
    file: &str,
) -> Result<Vec<Diagnostic>, Diagnostics> {
    let definition = methodology.definition();
    let in_definition =
        names::check(definition, facts).into_iter().chain(calendar::check(definition, facts, files));
    let in_definition = in_definition.chain(files::flows_in_time(methodology.cash_flows(), facts));
    let mut findings: Vec<Diagnostic> =
        in_definition.map(|finding| Diagnostic { file: file.to_owned(), ..finding }).collect();
    findings.extend(files.iter().flat_map(|content| files::check(content, definition, facts)));
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    if findings.iter().any(is_error) {
        let items = findings.into_iter().filter(is_error).collect();
        return Err(Diagnostics { items, suppressed: 0 });
    }
    Ok(findings)
}
