//! The codes of the command line itself. Those of opening a definition are `regimen_input::OPEN_CODES`.

regimen_types::codes! {
    pub(crate) NO_PARQUET = "CLI003",
        "The snapshots are Parquet, which this build does not read.",
        "Build with `--features panel`, or use CSV.";
    pub(crate) INTERNAL = "CLI005",
        "Something failed that should not: a bug of the engine, or an output that cannot be written to.",
        "Report it with the command that you ran.";
    pub(crate) NO_SUCH_PERIOD = "CLI006",
        "No snapshot lies from `--from` to `--to`.",
        "Choose both within the snapshots.";
    pub(crate) RUN_STOPPED = "CLI007",
        "A run stopped at a snapshot: it could not decide, execute, book or value there.",
        "Check the snapshots and the definition at the instant named; nothing was written.";
    pub(crate) BAD_HOLDINGS = "CLI008",
        "The holdings or the state are not what `regimen plan` reads, or an asset held never had a price.",
        "Write them as `regimen plan --help` shows, with the identifiers that the snapshots use.";
    pub(crate) NO_PLAN = "CLI009",
        "There is no plan for these snapshots, holdings and state.",
        "Check all three; a state that has decided at the newest snapshot has nothing left to decide.";
    pub(crate) UNWRITABLE = "CLI010",
        "A file that the command writes cannot be written.",
        "Check that the folder can be written and has room.";
    pub(crate) NO_REGIME = "CLI021",
        "There is no regime: the index cannot be followed to the newest snapshot.",
        "Check the snapshots and the definition at the instant named.";
    pub(crate) HISTORY_FORMAT = "CLI022",
        "The history of the regime is asked for in a file that is neither `.csv` nor `.json`.",
        "End the file's name in `.csv` or `.json`.";
    pub(crate) INDEX_ALONE = "CLI030",
        "The definition is of an index alone, and the command needs a portfolio.",
        "Add the tables `[portfolio]`, `[costs]` and `[vanished]`, or calculate the index with `regimen level`.";
    pub(crate) ONE_FILE_TWICE = "CLI031",
        "The two files that `regimen level` writes are one.",
        "Name two files.";
    pub(crate) BAD_AMOUNT = "CLI040",
        "The amount of a quote is not above zero, or finer than the portfolio's money.",
        "State what is put in, or the value of what is sold.";
    pub(crate) NO_QUOTE = "CLI041",
        "There is no quote for these snapshots, holdings and amount.",
        "Check all three; a figure beyond 28 digits is refused.";
    pub(crate) IN_THE_WAY = "CLI060",
        "A file that `regimen import` would write is there already.",
        "Name another file or folder with `--out`: no file is replaced.";
}
