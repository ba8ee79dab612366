//! The warnings of a run, as its manifest lists them.

use std::collections::BTreeMap;

use regimen_types::Diagnostic;
use serde::{Deserialize, Serialize};

/// Something that a person should look at before believing the run: an entry of `warnings` in the manifest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunWarning {
    /// The stable code, such as `CLI050`.
    pub code: String,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The file without its folder, so that the bytes do not depend on where the run was made; `None` if the
    /// warning is about no file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The column's name, or the key of the definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The text found there, shortened if long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl From<&Diagnostic> for RunWarning {
    fn from(finding: &Diagnostic) -> Self {
        let name = finding.file.rsplit(['/', '\\']).next().unwrap_or_default();
        Self {
            code: finding.code.to_owned(),
            message: finding.message.clone(),
            help: finding.help.clone(),
            file: (!name.is_empty()).then(|| name.to_owned()),
            line: finding.line,
            column: finding.column.clone(),
            text: finding.text.clone(),
        }
    }
}

/// Counts warnings by code, as the summary states them.
pub(crate) fn count_by_code(warnings: &[RunWarning]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for warning in warnings {
        *counts.entry(warning.code.clone()).or_default() += 1;
    }
    counts
}
