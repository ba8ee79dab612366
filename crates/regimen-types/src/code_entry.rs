//! Stable codes of findings: what each means and what to do about it.

use crate::diagnostic::Diagnostic;

/// A stable code, its meaning and its remedy: one row of `docs/errors.md`.
///
/// ```
/// use regimen_types::CodeEntry;
/// const EMPTY: CodeEntry =
///     CodeEntry { code: "DOC001", meaning: "The file is empty.", remedy: "Write it again." };
/// assert_eq!(EMPTY.error("market.csv").to_string(), "error[DOC001]: The file is empty.
///   --> market.csv
///   help: Write it again.");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeEntry {
    /// The code, such as `SNAP004`: the family in capitals, then three digits. It never changes its meaning.
    pub code: &'static str,
    /// What is wrong, without the place.
    pub meaning: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

impl CodeEntry {
    /// Builds the finding about a whole file whose text is the meaning.
    #[must_use]
    pub fn error(&self, file: &str) -> Diagnostic {
        self.error_with(file, self.meaning)
    }

    /// Builds the finding about a whole file whose text states what was found.
    #[must_use]
    pub fn error_with(&self, file: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.code, file, message, self.remedy)
    }
}

/// Declares the codes of a family: a constant for each, and the catalogue that lists all of them in order. A
/// program, which nobody links, needs no catalogue.
///
/// ```
/// regimen_types::codes! {
///     /// The codes of pages.
///     pub const CODES;
///     pub(crate) EMPTY = "DOC001", "The page is empty.", "Write it again.";
///     pub(crate) TORN = "DOC002", "The page is torn.", "Mend it.";
/// }
/// assert_eq!(CODES, [EMPTY, TORN]);
/// assert_eq!(TORN.remedy, "Mend it.");
/// ```
#[macro_export]
macro_rules! codes {
    (
        $(#[$doc:meta])* $seen:vis const $catalogue:ident;
        $($(#[$entry_doc:meta])* $entry_seen:vis $name:ident = $code:expr, $meaning:expr, $remedy:expr;)+
    ) => {
        $crate::codes! { $($(#[$entry_doc])* $entry_seen $name = $code, $meaning, $remedy;)+ }

        $(#[$doc])*
        $seen const $catalogue: &[$crate::CodeEntry] = &[$($name),+];
    };
    ($($(#[$entry_doc:meta])* $entry_seen:vis $name:ident = $code:expr, $meaning:expr, $remedy:expr;)+) => {
        $(
            $(#[$entry_doc])*
            $entry_seen const $name: $crate::CodeEntry =
                $crate::CodeEntry { code: $code, meaning: $meaning, remedy: $remedy };
        )+
    };
}
