//! The report of a broken law.

use std::fmt;

use crate::law::{Finding, Law};

/// The laws that a rule breaks, each with its smallest counterexample.
#[derive(Clone, PartialEq, Eq)]
pub struct Broken {
    /// The rule, as it prints itself.
    pub subject: String,
    /// One violation per broken law, at least one.
    pub violations: Vec<Violation>,
}

/// A broken law, or one that could not be checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Violation {
    /// The law's name.
    pub law: &'static str,
    /// The statement of the law.
    pub statement: &'static str,
    /// The smallest case that breaks it; empty if the law hardly ever applied.
    pub given: String,
    /// The expected and the found result.
    pub finding: Finding,
    /// The settings that reproduce the case.
    pub drawn: String,
}

impl Violation {
    pub(crate) fn new(law: impl Law, given: String, finding: Finding, drawn: String) -> Self {
        Self { law: law.name(), statement: law.statement(), given, finding, drawn }
    }

    pub(crate) fn not_shown(law: impl Law, seed: u64, draws: u32, applied: u32) -> Self {
        let finding = Finding {
            expected: "cases to which the rule has an answer".to_owned(),
            found: format!("{applied} among {draws}: too few to say that the law is kept"),
            ..Finding::default()
        };
        let drawn = format!("{draws} cases of seed {seed}");
        Self { law: law.name(), statement: law.statement(), given: String::new(), finding, drawn }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let laws = if self.violations.len() == 1 { "law" } else { "laws" };
        write!(formatter, "{} breaks {} {laws}", self.subject, self.violations.len())?;
        self.violations.iter().try_for_each(|violation| write!(formatter, "\n\n{violation}"))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let law = format!("{}: {}", self.law, self.statement);
        let parts = [
            ("law", &law),
            ("given", &self.given),
            ("but with", &self.finding.change),
            ("expected", &self.finding.expected),
            ("found", &self.finding.found),
            ("drawn as", &self.drawn),
        ];
        let mut said = parts.into_iter().filter(|(_, text)| !text.is_empty());
        if let Some((label, text)) = said.next() {
            write_part(formatter, label, text)?;
        }
        said.try_for_each(|(label, text)| {
            writeln!(formatter)?;
            write_part(formatter, label, text)
        })
    }
}

/// Writes a label, and the text beside it, further lines below the first.
fn write_part(formatter: &mut fmt::Formatter<'_>, label: &str, text: &str) -> fmt::Result {
    let mut lines = text.lines();
    write!(formatter, "{label:<10}{}", lines.next().unwrap_or_default())?;
    lines.try_for_each(|line| write!(formatter, "\n{:10}{line}", ""))
}

/// As [`Display`](fmt::Display): a test that returns or unwraps it prints something to read.
impl fmt::Debug for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

/// As [`Display`](fmt::Display).
impl fmt::Debug for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

impl std::error::Error for Broken {}

impl std::error::Error for Violation {}
