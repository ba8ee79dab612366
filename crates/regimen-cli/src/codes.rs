//! The codes of the command line, with the meaning and the remedy of each.
//!
//! No command needs the table. The tests of the workspace compare it with `docs/errors.md` and the sources.

/// Code, meaning and remedy.
pub(crate) type Code = (&'static str, &'static str, &'static str);

/// The codes of the command line.
pub(crate) const CLI: &[Code] = &[
    (
        "CLI001",
        "The definition cannot be read, or is not UTF-8.",
        "Name an `index.toml` and save it as UTF-8.",
    ),
    (
        "CLI002",
        "Neither the command nor the definition names snapshots.",
        "Name them with `--snapshots`, or as `snapshots.path` in the definition.",
    ),
    (
        "CLI003",
        "The snapshots are Parquet, which this build does not read.",
        "Build with `--features panel`, or use CSV.",
    ),
    (
        "CLI004",
        "The definition's regime or sleeve names an asset that does not occur in the snapshots.",
        "Use the identifier that the snapshots use.",
    ),
    (
        "CLI005",
        "Something failed that should not: a bug of the engine, or an output that cannot be written to.",
        "Report it with the command that you ran.",
    ),
    ("CLI006", "No snapshot lies from `--from` to `--to`.", "Choose both within the snapshots."),
    (
        "CLI007",
        "A run stopped at a snapshot: it could not decide, execute, book or value there.",
        "Check the snapshots and the definition at the instant named; nothing was written.",
    ),
    (
        "CLI008",
        "The holdings or the state are not what `regimen plan` reads, or an asset held never had a price.",
        "Write them as `regimen plan --help` shows, with the identifiers that the snapshots use.",
    ),
    (
        "CLI009",
        "There is no plan for these snapshots, holdings and state.",
        "Check all three; a state that has decided at the newest snapshot has nothing left to decide.",
    ),
    (
        "CLI010",
        "A file that the command writes cannot be written.",
        "Check that the folder can be written and has room.",
    ),
    (
        "CLI011",
        "The weights of an instant in a file of weights are none: they sum to more than 1, or are too fine to add.",
        "Correct the weights; what they leave of 1 is held in cash.",
    ),
    (
        "CLI020",
        "A signal of the definition is the user's own, which only code can hand over.",
        "Build the methodology in code, with `Inputs::signal`.",
    ),
    (
        "CLI021",
        "There is no regime: the index cannot be followed to the newest snapshot.",
        "Check the snapshots and the definition at the instant named.",
    ),
    (
        "CLI022",
        "The history of the regime is asked for in a file that is neither `.csv` nor `.json`.",
        "End the file's name in `.csv` or `.json`.",
    ),
    (
        "CLI025",
        "A file of rates names an asset that is not of the defensive sleeve.",
        "Remove its rows, or add the asset to `defensive.sleeve`; rates without an asset are those of cash.",
    ),
    (
        "CLI030",
        "The definition is of an index alone, and the command needs a portfolio.",
        "Add the tables `[portfolio]`, `[costs]` and `[vanished]`, or calculate the index with `regimen level`.",
    ),
    ("CLI031", "The two files that `regimen level` writes are one.", "Name two files."),
    (
        "CLI040",
        "The amount of a quote is not above zero, or finer than the portfolio's money.",
        "State what is put in, or the value of what is sold.",
    ),
    (
        "CLI041",
        "There is no quote for these snapshots, holdings and amount.",
        "Check all three; a figure beyond 28 digits is refused.",
    ),
    (
        "CLI042",
        "The file of gas has no value for a chain on which assets of the definition trade.",
        "Add the chain's rows to the file, or its gas to `costs.gas.chains`.",
    ),
    (
        "CLI050",
        "A corporate action never comes into force in these snapshots (a warning).",
        "Check its identifiers and instants: it needs a row of its asset, and a price of what comes in.",
    ),
    (
        "CLI051",
        "A cash flow in a file has more decimal places than the portfolio's money.",
        "Round it, or raise `portfolio.money_scale`.",
    ),
];
