//! The codes of what can be wrong with input files.

/// The file cannot be read.
pub(crate) const UNREADABLE: &str = "SNAP001";
pub(crate) const EMPTY: &str = "SNAP002";
pub(crate) const ENCODING: &str = "SNAP003";
pub(crate) const GZIP: &str = "SNAP004";
pub(crate) const MISSING_COLUMN: &str = "SNAP005";
pub(crate) const REPEATED_COLUMN: &str = "SNAP006";
pub(crate) const RAGGED: &str = "SNAP007";
pub(crate) const QUOTES: &str = "SNAP008";
pub(crate) const NOT_A_DATE: &str = "SNAP009";
pub(crate) const NO_SUCH_DATE: &str = "SNAP010";
pub(crate) const BAD_ASSET: &str = "SNAP011";
pub(crate) const NOT_A_NUMBER: &str = "SNAP012";
pub(crate) const NOT_FINITE: &str = "SNAP013";
pub(crate) const NEGATIVE: &str = "SNAP014";
pub(crate) const TOO_MANY_DIGITS: &str = "SNAP015";
pub(crate) const UNSORTED: &str = "SNAP016";
pub(crate) const DUPLICATE: &str = "SNAP017";
pub(crate) const KNOWN_BEFORE: &str = "SNAP018";
pub(crate) const FOLDER: &str = "SNAP019";
pub(crate) const PASSED_OVER: &str = "SNAP020";
pub(crate) const BAD_CATEGORY: &str = "SNAP021";
pub(crate) const BAD_WEIGHTS: &str = "SNAP022";

/// The codes of input files: code, meaning and remedy.
pub const CODES: &[(&str, &str, &str)] = &[
    (UNREADABLE, "A file or folder cannot be read.", "Check the path and its permissions."),
    (
        EMPTY,
        "A file has no header or no row.",
        "Check that the export was complete; the first line names the columns.",
    ),
    (ENCODING, "A file is not UTF-8.", "Save it as UTF-8; spreadsheets call it CSV UTF-8."),
    (GZIP, "A gzip file is cut short or damaged.", "Fetch or compress the file again."),
    (
        MISSING_COLUMN,
        "The header has no column of a name that the definition maps.",
        "Map the column's name in `[snapshots.columns]`; an empty name switches an optional column off.",
    ),
    (REPEATED_COLUMN, "The header names a column twice.", "Rename or remove one of the two."),
    (
        RAGGED,
        "A row has more or fewer fields than the header.",
        "Check the row for missing or extra commas; quote a field that holds one.",
    ),
    (
        QUOTES,
        "A quoted field holds a line break or is never closed.",
        "Close the quote on the same line; rows are one line each.",
    ),
    (
        NOT_A_DATE,
        "A date or instant has another form than 2021-05-19 or 2021-05-19T14:00:00Z.",
        "Write dates as YYYY-MM-DD and instants as UTC.",
    ),
    (NO_SUCH_DATE, "The calendar has no such day or time.", "Correct the date."),
    (
        BAD_ASSET,
        "An asset identifier is empty, too long or holds a character that is not allowed.",
        "Use stable identifiers of 1 to 128 characters without commas and quotes.",
    ),
    (
        NOT_A_NUMBER,
        "A cell is no number.",
        "Write numbers with a decimal point and without thousands separators; leave an unknown value empty.",
    ),
    (NOT_FINITE, "A cell is NaN or infinite.", "Leave an unknown value empty."),
    (
        NEGATIVE,
        "A price, market cap, volume, supply or weight is negative.",
        "Correct the value; leave an unknown value empty.",
    ),
    (
        TOO_MANY_DIGITS,
        "A number has more than 28 significant digits or decimal places, or is beyond 10^28.",
        "Set `excess_digits = \"round_half_even\"` in `[snapshots]` to round such numbers, or shorten them.",
    ),
    (
        UNSORTED,
        "Instants do not ascend, or the rows of one instant are not adjacent.",
        "Sort the file by its date column.",
    ),
    (
        DUPLICATE,
        "An asset has two rows at one instant.",
        "Remove one of the two; use identifiers, since tickers collide.",
    ),
    (
        KNOWN_BEFORE,
        "A row became known before its own instant.",
        "Correct `known_at`, or leave it empty where a row is known at once.",
    ),
    (
        FOLDER,
        "A folder holds no snapshot files, two for one date, or one whose name is no date and that has no date column.",
        "Name the files 2021-05-19.csv or 2021-05-19.csv.gz.",
    ),
    (
        PASSED_OVER,
        "A column beyond the mapped ones holds text and is passed over.",
        "Nothing needs to be done; list the columns to keep in `snapshots.attributes` to silence this.",
    ),
    (
        BAD_CATEGORY,
        "A category of the asset list is no slug.",
        "Use lower-case letters, digits, `_` and `-`.",
    ),
    (
        BAD_WEIGHTS,
        "The weights of one instant sum to more than 1.",
        "Correct the weights; what they leave of 1 is held in cash.",
    ),
];

/// Returns a code's remedy.
pub(crate) fn remedy(code: &str) -> &'static str {
    CODES.iter().find(|entry| entry.0 == code).map_or("", |entry| entry.2)
}
