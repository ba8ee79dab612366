//! The codes of findings about input files, and of what keeps a definition from being opened.

regimen_types::codes! {
    /// The code of every finding about an input file, in order.
    pub const CODES;
    pub(crate) UNREADABLE = "SNAP001",
        "A file or folder does not exist or cannot be read.",
        "Check the path and the permissions.";
    pub(crate) EMPTY_FOLDER = "SNAP002",
        "A folder of snapshots holds no `.csv` or `.csv.gz` file.",
        "Name the folder that holds the one-date files; subfolders and hidden files are not searched.";
    pub(crate) EMPTY_FILE = "SNAP003",
        "A file is empty: it has no header.",
        "Write the file again; its first line names the columns.";
    pub(crate) HEADER_ONLY = "SNAP004",
        "A file has a header but no row.",
        "Write the file again, or remove it if there was no snapshot.";
    pub(crate) ENCODING = "SNAP005",
        "A file is not UTF-8 text.",
        "Convert it, for example with `iconv -f LATIN1 -t UTF-8` or `iconv -f UTF-16 -t UTF-8`.";
    pub(crate) GZIP_CUT_SHORT = "SNAP006",
        "A compressed file ends before its data does.",
        "Copy or download the file again.";
    pub(crate) GZIP_CORRUPT = "SNAP007",
        "A compressed file is corrupt.",
        "Copy or download the file again; `gzip -t`, `zstd -t`, `xz -t`, `bzip2 -t` or `unzip -t` checks it.";
    pub(crate) MISSING_COLUMN = "SNAP008",
        "A file has no column of a name that is needed.",
        "Map the column in `[snapshots.columns]`, or correct the header.";
    pub(crate) REPEATED_COLUMN = "SNAP009",
        "The header names a column twice.",
        "Rename or remove one of the two.";
    pub(crate) FIELD_COUNT = "SNAP010",
        "A line has more or fewer fields than the header.",
        "Correct the line; a field that holds a comma must stand in quotes.";
    pub(crate) QUOTES = "SNAP011",
        "Quotes do not close on their line, or text follows a closing quote.",
        "Remove line breaks from fields; write a quote inside a quoted field twice.";
    pub(crate) LINE_TOO_LONG = "SNAP012",
        "A line is longer than a mebibyte.",
        "Check that the file is a CSV whose lines end in LF or CRLF.";
    pub(crate) NOT_A_DATE = "SNAP013",
        "A cell is neither a date nor a UTC instant to the millisecond.",
        "Write dates as 2021-05-19 and instants as 2021-05-19T14:00:00Z.";
    pub(crate) NO_SUCH_DATE = "SNAP014",
        "A date or time does not exist in the calendar.",
        "Correct the date.";
    pub(crate) UNSORTED = "SNAP015",
        "An instant follows a later one, so instants do not ascend or the rows of one instant are not adjacent.",
        "Sort the file by its date column.";
    pub(crate) TWO_FILES = "SNAP016",
        "Two files of a folder hold the same instant.",
        "Remove one of the two, or join them.";
    pub(crate) DUPLICATE = "SNAP017",
        "An asset has two rows at one instant.",
        "Remove the row that is wrong.";
    pub(crate) BAD_ASSET = "SNAP018",
        "A cell is no asset identifier.",
        "Give each row a stable identifier of 1 to 128 bytes without commas, quotes or outer white space; to pass over rows without one, set `nameless_rows = \"pass_over\"` in `[snapshots]`.";
    pub(crate) NOT_A_NUMBER = "SNAP019",
        "A cell is not a number.",
        "Write plain or scientific decimals (12.5, 5.39e+11) without separators, units or spaces; leave unknown cells empty.";
    pub(crate) NOT_FINITE = "SNAP020",
        "A number is NaN or infinite.",
        "Leave the cell empty if the value is unknown.";
    pub(crate) NEGATIVE = "SNAP021",
        "A price, market cap, volume, supply, weight or rate is negative.",
        "Correct the value, or leave the cell empty if it is unknown.";
    pub(crate) TOO_MANY_DIGITS = "SNAP022",
        "A number has more than 28 significant digits or decimal places.",
        "Shorten it, or set `excess_digits = \"round_half_even\"` in `[snapshots]` to round all such numbers.";
    pub(crate) TOO_LARGE = "SNAP023",
        "A number is beyond 10^28.",
        "Correct the value.";
    pub(crate) KNOWN_BEFORE = "SNAP024",
        "A row became known before its own instant.",
        "Correct `known_at`, or leave the cell empty if the row was known at its instant.";
    pub(crate) PASSED_OVER = "SNAP025",
        "A further column holds a cell that is no exact number, so the column is not kept (a warning).",
        "Nothing, unless the column is meant as an attribute: then correct its cells.";
    pub(crate) BAD_CATEGORY = "SNAP026",
        "A category of the asset list has other characters than lower-case letters, digits, `_` and `-`.",
        "Write categories like `stablecoin` or `wrapped`.";
    pub(crate) LISTED_TWICE = "SNAP027",
        "The asset list names an asset twice.",
        "Remove one of the two lines.";
    pub(crate) NAMELESS = "SNAP028",
        "Rows name no asset and are passed over, as `nameless_rows = \"pass_over\"` says (a warning).",
        "Nothing, unless the rows matter: then give them their identifiers.";
    pub(crate) ARCHIVE = "SNAP030",
        "A zip archive does not hold the files that are expected.",
        "Unpack it and name the file or the folder that is meant.";
    pub(crate) OTHER_FORMAT = "SNAP031",
        "A file is a workbook, Parquet, a web page or another format that is no CSV.",
        "Save it as CSV, as the message says.";
    pub(crate) RESORTED = "SNAP032",
        "Rows were not in the order of time and are sorted, as `order = \"sort\"` says (a warning).",
        "Nothing, unless the order meant something.";
    pub(crate) BAD_FILE_NAME = "SNAP033",
        "The name of a file or column does not have the form that `asset_pattern` gives, so it names no asset.",
        "Correct `asset_pattern` in `[snapshots]`, or rename the file.";
    pub(crate) TOO_LONG = "SNAP034",
        "A small table is larger than 256 MiB.",
        "Check that the file is the one that is meant.";
    pub(crate) AMBIGUOUS = "SNAP035",
        "The instants of files to import can be read in several formats that give different dates.",
        "Say which is meant, with `--as-of-format`.";
    pub(crate) NO_CHAIN = "SNAP070",
        "A row of a file of gas names no chain.",
        "Write the chain as the definition does.";
    pub(crate) BAD_ACTION = "SNAP080",
        "A corporate action lacks what its kind needs, or has what it does not.",
        "State `ratio` and `new_asset` as the kind asks: docs/data-format.md lists the kinds.";
    pub(crate) NO_SUCH_ACTION = "SNAP081",
        "A cell names no kind of corporate action.",
        "Write redenomination, migration, ticker_change, fork, airdrop, delisting or staking.";
    pub(crate) ACTION_TWICE = "SNAP082",
        "A file of corporate actions names an action twice.",
        "Remove one of the two lines.";
    pub(crate) FLOW_OF_NOTHING = "SNAP083",
        "A cash flow is zero.",
        "Write what comes in as a number above zero, and what goes out as one below.";
    pub(crate) RESEMBLING_COLUMN = "SNAP200",
        "A column is unknown and resembles one that the file lacks, such as `Known_At` for `known_at`.",
        "Correct the header, or give the column a name of its own.";
    pub(crate) FLOW_TWICE = "SNAP201",
        "A file of cash flows holds the same flow twice.",
        "Remove one of the two lines; two flows of one instant that are meant are one, of their sum.";
    pub(crate) OTHER_DATE = "SNAP202",
        "A file named after a date holds rows of another.",
        "Correct the name or the rows.";
    pub(crate) DANGLING_LINK = "SNAP203",
        "A file of a folder of snapshots is a link to nothing, or no file.",
        "Restore the file, or remove the link.";
}

regimen_types::codes! {
    /// The code of everything that keeps a definition from being opened, in order.
    pub const OPEN_CODES;
    pub(crate) UNREADABLE_DEFINITION = "CLI001",
        "The definition cannot be read, or is not UTF-8.",
        "Name an `index.toml` and save it as UTF-8.";
    pub(crate) NO_SNAPSHOTS = "CLI002",
        "Neither the command nor the definition names snapshots.",
        "Name them with `--snapshots`, or as `snapshots.path` in the definition.";
    pub(crate) UNKNOWN_ASSET = "CLI004",
        "The definition's regime or sleeve names an asset that does not occur in the snapshots.",
        "Use the identifier that the snapshots use.";
    pub(crate) BAD_WEIGHTS = "CLI011",
        "The weights of an instant in a file of weights are none: they sum to more than 1, or are too fine to add.",
        "Correct the weights; what they leave of 1 is held in cash.";
    pub(crate) OWN_SIGNAL = "CLI020",
        "A signal of the definition is the user's own, which only code can hand over.",
        "Build the methodology in code, with `Inputs::signal`.";
    pub(crate) FOREIGN_RATE = "CLI025",
        "A file of rates names an asset that is not of the defensive sleeve.",
        "Remove its rows, or add the asset to `defensive.sleeve`; rates without an asset are those of cash.";
    pub(crate) NO_GAS = "CLI042",
        "The file of gas has no value for a chain on which assets of the definition trade.",
        "Add the chain's rows to the file, or its gas to `costs.gas.chains`.";
    pub(crate) NEVER_IN_FORCE = "CLI050",
        "A corporate action never comes into force in these snapshots (a warning).",
        "Check its identifiers and instants: it needs a row of its asset, and a price of what comes in.";
    pub(crate) FINE_CASH_FLOW = "CLI051",
        "A cash flow in a file has more decimal places than the portfolio's money.",
        "Round it, or raise `portfolio.money_scale`.";
    pub(crate) NOTHING_OCCURS = "CLI200",
        "None of the assets of a list or a file occurs in the snapshots.",
        "Use the identifiers of the snapshots, map another column in `[snapshots.columns]`, or excuse names in `snapshots.optional`.";
    pub(crate) SOME_ABSENT = "CLI201",
        "Some assets of a list or a file do not occur in the snapshots (a warning).",
        "Nothing if they are of another market; else use the identifiers of the snapshots.";
    pub(crate) NO_SUCH_ATTRIBUTE = "CLI202",
        "A key names a column that the snapshots lack or do not keep, because a cell of it is no number.",
        "Correct the name, the header, or the cell that a warning names.";
    pub(crate) MISSPELT_CATEGORY = "CLI203",
        "A key names a category that no asset has, and that is likely misspelt or lets nobody in.",
        "Correct it, or excuse the name in `snapshots.optional`.";
    pub(crate) CATEGORY_OF_NOBODY = "CLI204",
        "A key names a category that no asset of the snapshots has (a warning).",
        "Nothing if that is meant; else correct the category, or the identifiers in the asset list.";
    pub(crate) CHAIN_OF_NOBODY = "CLI205",
        "A key or a file names a chain on which no asset of the definition trades (a warning).",
        "Name it in `costs.gas.assets`, correct it, or remove it.";
    pub(crate) OUTSIDE_SNAPSHOTS = "CLI206",
        "Dates of a key or a file lie outside the snapshots, or a series begins later or ends earlier (a warning).",
        "Nothing if that is meant; else correct the dates, or use snapshots of the same time.";
    pub(crate) NEVER_IN_TIME = "CLI207",
        "Nothing in a file is current at any snapshot.",
        "Use a file and snapshots of the same time.";
    pub(crate) NEVER_DUE = "CLI208",
        "No scheduled day has a snapshot, or no day is scheduled (a warning).",
        "Choose days that have snapshots, or `if_missing = \"next_snapshot\"`.";
    pub(crate) UNUSED_EXCUSE = "CLI209",
        "`snapshots.optional` excuses a name that nothing names (a warning).",
        "Remove it, or correct its spelling.";
    pub(crate) LONGER_THAN_DATA = "CLI210",
        "A window is longer than the data it looks at (a warning).",
        "Shorten it, or use a longer history.";
    pub(crate) UNSTATED_DELAY = "CLI211",
        "A series is dated by the day, snapshots lie within the day, and nobody states when its values were known.",
        "Add a column `known_at`, or state `delay_hours` beside the path.";
}
