//! The codes of run folders: what can be wrong with one, and what to do.

use regimen_types::{CodeEntry, Diagnostic};

/// A finding as an error: boxed, so that rows without one do not pay for its size.
pub(crate) type Fault = Box<Diagnostic>;

const RESTORE: &str = "Restore the folder as the run wrote it, or run the backtest again.";

regimen_types::codes! {
    /// The codes of run folders, in order.
    pub const CODES;
    pub(crate) NOT_A_RUN_TO_REPLACE = "RUN001",
        "The folder to write to exists and holds something else than a run.",
        "Name another folder with `--out`, or remove this one.";
    pub(crate) CANNOT_WRITE = "RUN002",
        "The file system refused to write the run folder.",
        "Check that the folder can be written and has room.";
    pub(crate) FIGURE_TOO_LARGE = "RUN003",
        "A figure of the run does not fit.",
        "Use a smaller portfolio or fewer decimal places.";
    pub(crate) NOT_A_RUN = "RUN010",
        "The folder is not that of a run.",
        "Name the folder that `regimen backtest --out` wrote.";
    pub(crate) MISSING_FILE = "RUN011",
        "A file of the run is missing or cannot be read.",
        RESTORE;
    pub(crate) UNKNOWN_FILE = "RUN012",
        "The folder holds something that the run did not write.",
        "Move it out of the folder: only what the manifest lists can be trusted.";
    pub(crate) CHECKSUM = "RUN013",
        "`manifest.json` and `manifest.sha256` do not match.",
        RESTORE;
    pub(crate) MANIFEST_FORM = "RUN014",
        "The manifest is not what a run writes.",
        "Restore the manifest as the run wrote it.";
    pub(crate) UNKNOWN_FORMAT = "RUN015",
        "The folder has a format that this version does not know.",
        "Use the version of regimen that the manifest names.";
    pub(crate) METHODOLOGY_HASH = "RUN016",
        "The methodology in the manifest does not have the hash beside it.",
        RESTORE;
    pub(crate) CHANGED_FILE = "RUN017",
        "A file is not the one that the manifest lists.",
        RESTORE;
    pub(crate) LOG_END = "RUN018",
        "The transaction log does not end where the manifest says.",
        RESTORE;
    pub(crate) TABLE_SHAPE = "RUN019",
        "A table has another header, or a row another shape, than its format.",
        RESTORE;
    pub(crate) FIELD = "RUN020",
        "A field is not what its column holds, in the one canonical form.",
        RESTORE;
    pub(crate) ROWS = "RUN021",
        "Rows are missing, repeated or out of order.",
        RESTORE;
    pub(crate) POSITION = "RUN022",
        "A position or balance is not the one that the transaction log gives.",
        RESTORE;
    pub(crate) FIGURE = "RUN023",
        "A figure does not follow from the others.",
        RESTORE;
    pub(crate) PRICE = "RUN024",
        "A price or its instant contradicts another row of the run.",
        RESTORE;
    pub(crate) REGIME = "RUN025",
        "A regime or level contradicts another row of the run.",
        RESTORE;
    pub(crate) ORDER = "RUN026",
        "An order contradicts the decision that placed it or the trade that filled it.",
        RESTORE;
    pub(crate) DECISION = "RUN027",
        "Weights, ranks or orders of a decision do not add up.",
        RESTORE;
    pub(crate) SUMMARY = "RUN028",
        "A figure of the summary is not the one that the tables give.",
        RESTORE;
    pub(crate) NO_SNAPSHOT = "RUN030",
        "The run has no snapshot at the instant asked for.",
        "Ask for one of the instants named.";
    pub(crate) UNKNOWN_ASSET = "RUN031",
        "The run never met the asset asked for.",
        "Use an identifier as the snapshots spell it.";
    pub(crate) REGIME_REPORT = "RUN070",
        "A figure of the regime report is not the one that the tables give.",
        RESTORE;
    pub(crate) MANAGEMENT_FEE = "RUN100",
        "A management fee is not what accrued on the NAV before.",
        RESTORE;
    pub(crate) HOLD = "RUN101",
        "A reason to hold contradicts the methodology or another table.",
        RESTORE;
    pub(crate) YIELD = "RUN071",
        "What was earned does not follow from what was held, or was booked otherwise.",
        RESTORE;
    pub(crate) SUPPLY = "RUN090",
        "The supplies of a rebalance contradict each other, or the amounts made of them.",
        RESTORE;
    pub(crate) ACTION = "RUN120",
        "A corporate action and what was booked for it contradict each other.",
        RESTORE;
    pub(crate) UNEXPLAINED = "RUN140",
        "The terms of the tracking difference do not sum to it, so the run is not written.",
        "Report it with the definition: every cause should have its term.";
    pub(crate) ATTRIBUTION = "RUN141",
        "A term of the tracking difference is not the one that the tables give.",
        RESTORE;
    pub(crate) NEVER_DETERMINED = "RUN200",
        "The regime was undetermined throughout, so the constituents were never held (a warning).",
        "Shorten the windows of the regime, or run it on a longer history.";
    pub(crate) NO_TRADE = "RUN201",
        "The portfolio never traded (a warning).",
        "Look at holds.csv and orders.csv for the reasons.";
    pub(crate) PASSED_NOBODY = "RUN202",
        "No asset passed every screen at any selection, so nothing was ever selected (a warning).",
        "Look at the reasons in decisions.csv, and at the columns and categories that the screens read.";
    pub(crate) EXCLUDED_NOBODY = "RUN203",
        "A screen excluded nobody at any selection (a warning).",
        "Nothing if that is meant; else check what it reads, or remove it.";
    pub(crate) FLOW_OUTSIDE_RUN = "RUN204",
        "Cash flows lie outside the period of the run, and are not booked (a warning).",
        "Nothing if that is meant; else choose `--from` and `--to` around them.";
}

/// Builds the diagnostic of a code: its meaning, narrowed by what was found.
pub(crate) fn fault(entry: CodeEntry, file: &str, found: impl std::fmt::Display) -> Diagnostic {
    entry.error_with(file, found.to_string())
}
