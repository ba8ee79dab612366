//! Findings: the first twenty are kept, the others only counted.

use regimen_types::{Diagnostic, Diagnostics};

/// The number of findings that are shown.
const SHOWN_MAX: usize = 20;

/// Findings in the order of their places.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    shown: Vec<Diagnostic>,
    count: u64,
}

impl Findings {
    /// Adds a finding, which is only built if it will be shown.
    pub(crate) fn add(&mut self, build: impl FnOnce() -> Diagnostic) {
        if self.shown.len() < SHOWN_MAX {
            self.shown.push(build());
        }
        self.count += 1;
    }

    /// Adds every finding that is present.
    pub(crate) fn add_all(&mut self, findings: impl IntoIterator<Item = Option<Self>>) {
        findings.into_iter().flatten().for_each(|finding| self.append(finding));
    }

    /// Adds findings about the same stretch of a file, bringing the lines of both into order.
    pub(crate) fn join(&mut self, other: Self) {
        self.shown.extend(other.shown);
        self.shown.sort_by_key(|finding| finding.line);
        self.shown.truncate(SHOWN_MAX);
        self.count += other.count;
    }

    /// Adds findings about what follows in the input.
    pub(crate) fn append(&mut self, other: Self) {
        self.shown.extend(other.shown);
        self.shown.truncate(SHOWN_MAX);
        self.count += other.count;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }
}

impl From<Findings> for Diagnostics {
    fn from(findings: Findings) -> Self {
        let suppressed = findings.count - findings.shown.len() as u64;
        Self { items: findings.shown, suppressed }
    }
}

impl From<Diagnostic> for Findings {
    fn from(finding: Diagnostic) -> Self {
        Self { shown: vec![finding], count: 1 }
    }
}
