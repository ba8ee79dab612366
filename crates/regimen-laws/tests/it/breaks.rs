//! What a test expects of a broken rule.

use regimen_laws::{Broken, Case, Check, Law};

/// Asserts that one law is broken, and returns what is printed.
pub(crate) fn breaks<L: Law, C: Case + 'static>(check: Check<'_, L, C>, law: L) -> String {
    let Err(broken) = check.only(law).check() else { panic!("the rule keeps `{}`", law.name()) };
    let Broken { violations, .. } = &broken;
    assert!(!violations[0].given.is_empty(), "the law was never applied: {broken}");
    broken.to_string()
}
