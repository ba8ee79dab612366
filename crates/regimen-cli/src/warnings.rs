//! Warnings: shown on standard error, or refused where the user accepts none.

use std::collections::BTreeMap;

use regimen_types::Diagnostics;

use crate::failure::Failure;

/// Prints warnings to standard error. Under `--strict` they are errors, and the command ends.
pub(crate) fn report(warnings: &Diagnostics, strict: bool) -> Result<(), Failure> {
    if warnings.items.is_empty() {
        return Ok(());
    }
    if strict {
        return Err(warnings.clone().into_errors().into());
    }
    eprintln!("{warnings}");
    Ok(())
}

/// Returns how many warnings of each code there are, in one line: `2: CLI050, CLI201 × 3`; `None` without
/// warnings.
pub(crate) fn count_line(by_code: &BTreeMap<String, u64>) -> Option<String> {
    let total: u64 = by_code.values().sum();
    let codes = by_code.iter().map(|(code, count)| match count {
        1 => code.clone(),
        more => format!("{code} × {more}"),
    });
    (total > 0).then(|| format!("{total}: {}", codes.collect::<Vec<_>>().join(", ")))
}
