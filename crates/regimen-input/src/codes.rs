//! The codes of findings about input files, and of what keeps a definition from being opened.

macro_rules! codes {
    ($(#[$doc:meta])* $list:ident: $($name:ident = $code:literal, $meaning:literal, $remedy:literal;)+) => {
        $(pub(crate) const $name: &str = $code;)+

        $(#[$doc])*
        pub const $list: &[(&str, &str, &str)] = &[$(($code, $meaning, $remedy)),+];
    };
}

codes! {
    /// The code of every finding about an input file, in order, with its meaning and remedy.
    CODES:
    UNREADABLE = "SNAP001",
        "A file or folder does not exist or cannot be read.",
        "Check the path and the permissions.";
    EMPTY_FOLDER = "SNAP002",
        "A folder of snapshots holds no `.csv` or `.csv.gz` file.",
        "Name the folder that holds the one-date files; subfolders and hidden files are not searched.";
    EMPTY_FILE = "SNAP003",
        "A file is empty: it has no header.",
        "Write the file again; its first line names the columns.";
    HEADER_ONLY = "SNAP004",
        "A file has a header but no row.",
        "Write the file again, or remove it if there was no snapshot.";
    ENCODING = "SNAP005",
        "A file is not UTF-8 text.",
        "Convert it, for example with `iconv -f LATIN1 -t UTF-8` or `iconv -f UTF-16 -t UTF-8`.";
    GZIP_CUT_SHORT = "SNAP006",
        "A compressed file ends before its data does.",
        "Copy or download the file again.";
    GZIP_CORRUPT = "SNAP007",
        "A compressed file is corrupt.",
        "Copy or download the file again; `gzip -t`, `zstd -t`, `xz -t`, `bzip2 -t` or `unzip -t` checks it.";
    MISSING_COLUMN = "SNAP008",
        "A file has no column of a name that is needed.",
        "Map the column in `[snapshots.columns]`, or correct the header.";
    REPEATED_COLUMN = "SNAP009",
        "The header names a column twice.",
        "Rename or remove one of the two.";
    FIELD_COUNT = "SNAP010",
        "A line has more or fewer fields than the header.",
        "Correct the line; a field that holds a comma must stand in quotes.";
    QUOTES = "SNAP011",
        "Quotes do not close on their line, or text follows a closing quote.",
        "Remove line breaks from fields; write a quote inside a quoted field twice.";
    LINE_TOO_LONG = "SNAP012",
        "A line is longer than a mebibyte.",
        "Check that the file is a CSV whose lines end in LF or CRLF.";
    NOT_A_DATE = "SNAP013",
        "A cell is neither a date nor a UTC instant to the millisecond.",
        "Write dates as 2021-05-19 and instants as 2021-05-19T14:00:00Z.";
    NO_SUCH_DATE = "SNAP014",
        "A date or time does not exist in the calendar.",
        "Correct the date.";
    UNSORTED = "SNAP015",
        "An instant follows a later one, so instants do not ascend or the rows of one instant are not adjacent.",
        "Sort the file by its date column.";
    TWO_FILES = "SNAP016",
        "Two files of a folder hold the same instant.",
        "Remove one of the two, or join them.";
    DUPLICATE = "SNAP017",
        "An asset has two rows at one instant.",
        "Remove the row that is wrong.";
    BAD_ASSET = "SNAP018",
        "A cell is no asset identifier.",
        "Give each row a stable identifier of 1 to 128 bytes without commas, quotes or outer white space; to pass over rows without one, set `nameless_rows = \"pass_over\"` in `[snapshots]`.";
    NOT_A_NUMBER = "SNAP019",
        "A cell is not a number.",
        "Write plain or scientific decimals (12.5, 5.39e+11) without separators, units or spaces; leave unknown cells empty.";
    NOT_FINITE = "SNAP020",
        "A number is NaN or infinite.",
        "Leave the cell empty if the value is unknown.";
    NEGATIVE = "SNAP021",
        "A price, market cap, volume, supply, weight or rate is negative.",
        "Correct the value, or leave the cell empty if it is unknown.";
    TOO_MANY_DIGITS = "SNAP022",
        "A number has more than 28 significant digits or decimal places.",
        "Shorten it, or set `excess_digits = \"round_half_even\"` in `[snapshots]` to round all such numbers.";
    TOO_LARGE = "SNAP023",
        "A number is beyond 10^28.",
        "Correct the value.";
    KNOWN_BEFORE = "SNAP024",
        "A row says that it was known before its own instant.",
        "Correct `known_at`, or leave the cell empty if the row was known at its instant.";
    PASSED_OVER = "SNAP025",
        "A further column holds a cell that is no exact number, so the column is not kept (a warning).",
        "Nothing, unless the column is meant as an attribute: then correct its cells.";
    BAD_CATEGORY = "SNAP026",
        "A category of the asset list has other characters than lower-case letters, digits, `_` and `-`.",
        "Write categories like `stablecoin` or `wrapped`.";
    LISTED_TWICE = "SNAP027",
        "The asset list names an asset twice.",
        "Remove one of the two lines.";
    NAMELESS = "SNAP028",
        "Rows name no asset and are passed over, as `nameless_rows = \"pass_over\"` says (a warning).",
        "Nothing, unless the rows matter: then give them their identifiers.";
    ARCHIVE = "SNAP030",
        "A zip archive does not hold the files that are expected.",
        "Unpack it and name the file or the folder that is meant.";
    OTHER_FORMAT = "SNAP031",
        "A file is a workbook, Parquet, a web page or another format that is no CSV.",
        "Save it as CSV, as the message says.";
    RESORTED = "SNAP032",
        "Rows were not in the order of time and are sorted, as `order = \"sort\"` says (a warning).",
        "Nothing, unless the order meant something.";
    BAD_FILE_NAME = "SNAP033",
        "The name of a file or column does not have the form that `asset_pattern` gives, so it names no asset.",
        "Correct `asset_pattern` in `[snapshots]`, or rename the file.";
    TOO_LONG = "SNAP034",
        "A small table is larger than 256 MiB.",
        "Check that the file is the one that is meant.";
    AMBIGUOUS = "SNAP035",
        "The instants of files to import can be read in several formats that give different dates.",
        "Say which is meant, with `--as-of-format`.";
    NO_CHAIN = "SNAP070",
        "A row of a file of gas names no chain.",
        "Write the chain as the definition does.";
    BAD_ACTION = "SNAP080",
        "A corporate action lacks what its kind needs, or has what it does not.",
        "State `ratio` and `new_asset` as the kind asks: docs/data-format.md lists the kinds.";
    NO_SUCH_ACTION = "SNAP081",
        "A cell names no kind of corporate action.",
        "Write redenomination, migration, ticker_change, fork, airdrop, delisting or staking.";
    ACTION_TWICE = "SNAP082",
        "A file of corporate actions names an action twice.",
        "Remove one of the two lines.";
    FLOW_OF_NOTHING = "SNAP083",
        "A cash flow is zero.",
        "Write what comes in as a number above zero, and what goes out as one below.";
}

codes! {
    /// The code of everything that keeps a definition from being opened, in order, with its meaning and
    /// remedy.
    OPEN_CODES:
    UNREADABLE_DEFINITION = "CLI001",
        "The definition cannot be read, or is not UTF-8.",
        "Name an `index.toml` and save it as UTF-8.";
    NO_SNAPSHOTS = "CLI002",
        "Neither the command nor the definition names snapshots.",
        "Name them with `--snapshots`, or as `snapshots.path` in the definition.";
    UNKNOWN_ASSET = "CLI004",
        "The definition's regime or sleeve names an asset that does not occur in the snapshots.",
        "Use the identifier that the snapshots use.";
    BAD_WEIGHTS = "CLI011",
        "The weights of an instant in a file of weights are none: they sum to more than 1, or are too fine to add.",
        "Correct the weights; what they leave of 1 is held in cash.";
    OWN_SIGNAL = "CLI020",
        "A signal of the definition is the user's own, which only code can hand over.",
        "Build the methodology in code, with `Inputs::signal`.";
    FOREIGN_RATE = "CLI025",
        "A file of rates names an asset that is not of the defensive sleeve.",
        "Remove its rows, or add the asset to `defensive.sleeve`; rates without an asset are those of cash.";
    NO_GAS = "CLI042",
        "The file of gas has no value for a chain on which assets of the definition trade.",
        "Add the chain's rows to the file, or its gas to `costs.gas.chains`.";
    NEVER_IN_FORCE = "CLI050",
        "A corporate action never comes into force in these snapshots (a warning).",
        "Check its identifiers and instants: it needs a row of its asset, and a price of what comes in.";
    FINE_CASH_FLOW = "CLI051",
        "A cash flow in a file has more decimal places than the portfolio's money.",
        "Round it, or raise `portfolio.money_scale`.";
}
