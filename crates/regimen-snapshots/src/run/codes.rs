//! The codes of run folders: what can be wrong with one, and what to do.

use regimen_types::Diagnostic;

/// A code with its meaning and remedy.
pub(crate) type Code = (&'static str, &'static str, &'static str);

/// A finding as an error: boxed, because rows that read well should not pay for its size.
pub(crate) type Fault = Box<Diagnostic>;

const RESTORE: &str = "Restore the folder as the run wrote it, or run the backtest again.";

pub(crate) const NOT_A_RUN_TO_REPLACE: Code = (
    "RUN001",
    "The folder to write to exists and holds something else than a run.",
    "Name another folder with `--out`, or remove this one.",
);
pub(crate) const CANNOT_WRITE: Code = (
    "RUN002",
    "The file system refused to write the run folder.",
    "Check that the folder can be written and has room.",
);
pub(crate) const FIGURE_TOO_LARGE: Code =
    ("RUN003", "A figure of the run does not fit.", "Use a smaller portfolio or fewer decimal places.");
pub(crate) const NOT_A_RUN: Code =
    ("RUN010", "The folder is not that of a run.", "Name the folder that `regimen backtest --out` wrote.");
pub(crate) const MISSING_FILE: Code = ("RUN011", "A file of the run is missing or cannot be read.", RESTORE);
pub(crate) const UNKNOWN_FILE: Code = (
    "RUN012",
    "The folder holds something that the run did not write.",
    "Move it out of the folder: only what the manifest lists can be trusted.",
);
pub(crate) const CHECKSUM: Code = ("RUN013", "`manifest.json` and `manifest.sha256` do not match.", RESTORE);
pub(crate) const MANIFEST_FORM: Code =
    ("RUN014", "The manifest is not what a run writes.", "Restore the manifest as the run wrote it.");
pub(crate) const UNKNOWN_FORMAT: Code = (
    "RUN015",
    "The folder has a format that this version does not know.",
    "Use the version of regimen that the manifest names.",
);
pub(crate) const METHODOLOGY_HASH: Code =
    ("RUN016", "The methodology in the manifest does not have the hash beside it.", RESTORE);
pub(crate) const CHANGED_FILE: Code = ("RUN017", "A file is not the one that the manifest lists.", RESTORE);
pub(crate) const LOG_END: Code =
    ("RUN018", "The transaction log does not end where the manifest says.", RESTORE);
pub(crate) const TABLE_SHAPE: Code =
    ("RUN019", "A table has another header, or a row another shape, than its format.", RESTORE);
pub(crate) const FIELD: Code =
    ("RUN020", "A field is not what its column holds, in the one canonical form.", RESTORE);
pub(crate) const ROWS: Code = ("RUN021", "Rows are missing, repeated or out of order.", RESTORE);
pub(crate) const POSITION: Code =
    ("RUN022", "A position or balance is not the one that the transaction log gives.", RESTORE);
pub(crate) const FIGURE: Code = ("RUN023", "A figure does not follow from the others.", RESTORE);
pub(crate) const PRICE: Code =
    ("RUN024", "A price or its instant contradicts another row of the run.", RESTORE);
pub(crate) const REGIME: Code = ("RUN025", "A regime or level contradicts another row of the run.", RESTORE);
pub(crate) const ORDER: Code =
    ("RUN026", "An order contradicts the decision that placed it or the trade that filled it.", RESTORE);
pub(crate) const DECISION: Code =
    ("RUN027", "Weights, ranks or orders of a decision do not add up.", RESTORE);
pub(crate) const SUPPLY: Code =
    ("RUN090", "The supplies of a rebalance contradict each other, or the amounts made of them.", RESTORE);
pub(crate) const SUMMARY: Code =
    ("RUN028", "A figure of the summary is not the one that the tables give.", RESTORE);
pub(crate) const ACTION: Code =
    ("RUN120", "A corporate action and what was booked for it contradict each other.", RESTORE);
pub(crate) const NO_SNAPSHOT: Code =
    ("RUN030", "The run has no snapshot at the instant asked for.", "Ask for one of the instants named.");
pub(crate) const UNKNOWN_ASSET: Code =
    ("RUN031", "The run never met the asset asked for.", "Use an identifier as the snapshots spell it.");

pub(crate) const UNEXPLAINED: Code = (
    "RUN140",
    "The terms of the tracking difference do not sum to it, so the run is not written.",
    "Report it with the definition: every cause should have its term.",
);
pub(crate) const ATTRIBUTION: Code =
    ("RUN141", "A term of the tracking difference is not the one that the tables give.", RESTORE);
pub(crate) const REGIME_REPORT: Code =
    ("RUN070", "A figure of the regime report is not the one that the tables give.", RESTORE);

pub(crate) const YIELD: Code =
    ("RUN071", "What was earned does not follow from what was held, or was booked otherwise.", RESTORE);

/// The codes of run folders: code, meaning and remedy.
pub const CODES: &[Code] = &[
    NOT_A_RUN_TO_REPLACE,
    CANNOT_WRITE,
    FIGURE_TOO_LARGE,
    NOT_A_RUN,
    MISSING_FILE,
    UNKNOWN_FILE,
    CHECKSUM,
    MANIFEST_FORM,
    UNKNOWN_FORMAT,
    METHODOLOGY_HASH,
    CHANGED_FILE,
    LOG_END,
    TABLE_SHAPE,
    FIELD,
    ROWS,
    POSITION,
    FIGURE,
    PRICE,
    REGIME,
    ORDER,
    DECISION,
    SUMMARY,
    NO_SNAPSHOT,
    UNKNOWN_ASSET,
    REGIME_REPORT,
    YIELD,
    SUPPLY,
    ACTION,
    UNEXPLAINED,
    ATTRIBUTION,
];

/// Builds the diagnostic of a code: its meaning, narrowed by what was found.
pub(crate) fn fault(code: Code, file: &str, found: impl std::fmt::Display) -> Diagnostic {
    let (code, _, remedy) = code;
    Diagnostic::error(code, file, found.to_string(), remedy)
}
