//! Commands and options.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use regimen_input::ImportKind;
use regimen_types::{
    AsOf, AsOfError, AsOfFormat, AssetId, MILLIS_PER_DAY, Money, NamePattern, Ratio, Weight,
};

/// Rules-based index rebalancing: backtest an index, verify every number, plan the next rebalance.
///
/// Start with `regimen backtest backtests/global-100/index.toml`.
///
/// Exit codes: 0 fine; 1 ran, but a check failed; 2 the input cannot be used; 3 an internal error.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Replays a definition over historical snapshots and writes a folder of results.
    Backtest(Backtest),
    /// Replays the transaction log of a run and checks every hash, unit, cash amount and NAV.
    Verify(Verify),
    /// Explains why a run did what it did on a date.
    Explain(Explain),
    /// Matches disposals with purchases: realised and unrealised gains, and a year's disposals as CSV.
    Gains(Gains),
    /// Calculates the level of an index at every snapshot, without portfolio and costs.
    Level(Level),
    /// Decides on the newest snapshot and prints the orders of a live rebalance.
    Plan(Plan),
    /// Prints the current regime and gauge, the reading of each signal, and the values that would flip it.
    Regime(RegimeCommand),
    /// Prints the cost of buying or selling the index now, expected and at most, without trading.
    Quote(QuoteIndex),
    /// Checks a definition and reports every fault with its line and column.
    Check(Check),
    /// Prints the JSON Schema of definitions, for editors.
    Schema,
    /// Converts files of vendors into one CSV, with a definition to start from.
    Import(Import),
    /// Says what a file seems to be: its form, period, assets, holes and suspect prices.
    Inspect(Inspect),
    /// Makes a synthetic market from a seed: the same bytes on every machine.
    Synth(Synth),
    /// Converts snapshots between CSV and Parquet.
    #[cfg(feature = "panel")]
    Convert(Convert),
}

/// Reads the end of a period: an instant, or a day, which ends with its last millisecond.
fn last_instant(text: &str) -> Result<AsOf, AsOfError> {
    let as_of: AsOf = text.parse()?;
    let is_day = text.len() == "2021-05-19".len();
    let last = if is_day { as_of.unix_millis() + MILLIS_PER_DAY - 1 } else { as_of.unix_millis() };
    AsOf::from_unix_millis(last).ok_or(AsOfError::NoSuchDate)
}

/// How a result is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Options of every command that reads a definition.
#[derive(Args, Debug)]
pub(crate) struct DefinitionOptions {
    /// The definition, an index.toml.
    pub(crate) definition: PathBuf,
    /// Overrides a key of the definition, such as `--set costs.fee_bps=20`. May be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) overrides: Vec<String>,
    /// Takes warnings for errors: exit code 2, and nothing is written.
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  regimen backtest backtests/global-100/index.toml
  regimen backtest index.toml --snapshots market.csv.gz --from 2020-01-01 --set portfolio.lag_snapshots=0
  regimen backtest index.toml --counterfactuals 500

The folder holds nav.csv, transactions.csv, holdings.csv, decisions.csv, regime.csv, orders.csv, index.csv,
summary.json, regime_report.json and manifest.json; docs/data-format.md describes them. It is written whole or not at all.")]
pub(crate) struct Backtest {
    #[command(flatten)]
    pub(crate) definition: DefinitionOptions,
    /// The snapshots: one CSV, or a folder with a CSV per date, plain or gzipped [default: the definition's].
    #[arg(long, value_name = "PATH")]
    pub(crate) snapshots: Option<PathBuf>,
    /// The first date of the run; earlier snapshots still serve as history.
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<AsOf>,
    /// The last date of the run; a day is included as a whole.
    #[arg(long, value_name = "DATE", value_parser = last_instant)]
    pub(crate) to: Option<AsOf>,
    /// The folder to write [default: out/NAME, where NAME is the definition's folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Also runs the definition under other regimes for the regime report: late, early, always bullish, and
    /// RUNS times with the same dwells at random times.
    #[arg(long, value_name = "RUNS")]
    pub(crate) counterfactuals: Option<u32>,
    /// The seed of the random regimes.
    #[arg(long, default_value_t = 1, requires = "counterfactuals")]
    pub(crate) seed: u64,
    /// How the summary is printed.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// How a table is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    /// One row per line.
    #[default]
    Csv,
    /// A list of objects; decimals are text.
    Json,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  regimen level backtests/published/crix/index.toml --snapshots market.csv.gz --out level.csv
  regimen level index.toml --snapshots market.csv.gz --out level.json --format json --weights weights.json

--from and --to choose the rows to write; the level does not depend on them. The file has the columns
as_of,level,divisor,constituents, the file of --weights as_of,reference,cause,asset,weight; docs/data-format.md
describes them. Both are written whole or not at all.")]
pub(crate) struct Level {
    #[command(flatten)]
    pub(crate) definition: DefinitionOptions,
    /// The snapshots: one CSV, or a folder with a CSV per date, plain or gzipped [default: the definition's].
    #[arg(long, value_name = "PATH")]
    pub(crate) snapshots: Option<PathBuf>,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The file to write the weights of each rebalance to.
    #[arg(long, value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,
    /// The first date to write.
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<AsOf>,
    /// The last date to write; a day is included as a whole.
    #[arg(long, value_name = "DATE", value_parser = last_instant)]
    pub(crate) to: Option<AsOf>,
    /// How the files are written.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TableFormat,
}

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// The folder of a run.
    pub(crate) folder: PathBuf,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:
  regimen explain out/global-100 --at 2022-05-02 --asset BTC")]
pub(crate) struct Explain {
    /// The folder of a run.
    pub(crate) folder: PathBuf,
    /// The date.
    #[arg(long, value_name = "DATE")]
    pub(crate) at: AsOf,
    /// The asset; without it, the whole decision is explained.
    #[arg(long, value_name = "ID")]
    pub(crate) asset: Option<AssetId>,
    /// How the explanation is printed.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:
  regimen gains out/global-100 --method fifo --year 2021 --out disposals-2021.csv")]
pub(crate) struct Gains {
    /// The folder of a run.
    pub(crate) folder: PathBuf,
    /// The order in which disposals consume units.
    #[arg(long, value_enum)]
    pub(crate) method: Method,
    /// The year of the disposals, in UTC; without it, those of all years.
    #[arg(long, value_name = "YEAR")]
    pub(crate) year: Option<u16>,
    /// The CSV to write the disposals to, lot by lot.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// How the gains are printed.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// The order in which disposals consume units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// Those that were acquired first.
    Fifo,
    /// Those that were acquired last.
    Lifo,
    /// Those with the highest cost per unit.
    Hifo,
    /// All alike, at the average cost of the position.
    Average,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:
  regimen plan index.toml --snapshots market.csv.gz --holdings holdings.json --state state.json --state-out state.json

Holdings are JSON: {\"cash\": \"10000\", \"units\": {\"BTC\": \"0.5\"}}. Without a state, the plan is the first one.")]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) definition: DefinitionOptions,
    /// The snapshots: one CSV, or a folder with a CSV per date, plain or gzipped.
    #[arg(long, value_name = "PATH")]
    pub(crate) snapshots: PathBuf,
    /// The current holdings, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) holdings: PathBuf,
    /// The state written by the last plan, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Where to write the new state.
    #[arg(long, value_name = "FILE")]
    pub(crate) state_out: Option<PathBuf>,
    /// How decision and orders are printed; JSON includes the whole decision and the new state.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:
  regimen regime index.toml --snapshots market.csv.gz --history regime.csv --history regime.json")]
pub(crate) struct RegimeCommand {
    #[command(flatten)]
    pub(crate) definition: DefinitionOptions,
    /// The snapshots: one CSV, or a folder with a CSV per date, plain or gzipped [default: the definition's].
    #[arg(long, value_name = "PATH")]
    pub(crate) snapshots: Option<PathBuf>,
    /// Where to write the regime, the gauge and the readings at each snapshot (.csv or .json). May be
    /// repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Vec<PathBuf>,
    /// How the regime is printed.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  regimen quote index.toml --snapshots market.csv.gz --amount 10000
  regimen quote index.toml --snapshots market.csv.gz --amount 2500 --sell --holdings holdings.json --format json

The quote is made by the planner, the costs and the fills of a real plan. Its hash identifies it: the same definition,
snapshots and amount give the same hash.")]
pub(crate) struct QuoteIndex {
    #[command(flatten)]
    pub(crate) definition: DefinitionOptions,
    /// The snapshots: one CSV, or a folder with a CSV per date, plain or gzipped.
    #[arg(long, value_name = "PATH")]
    pub(crate) snapshots: PathBuf,
    /// The amount to invest, or the value to sell.
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) amount: Money,
    /// Sells instead of buying.
    #[arg(long)]
    pub(crate) sell: bool,
    /// The current holdings, as JSON [default: nothing; for a sale, the index].
    #[arg(long, value_name = "FILE")]
    pub(crate) holdings: Option<PathBuf>,
    /// For the maximum: the number of standard deviations by which prices move against the orders during the
    /// lag.
    #[arg(long, value_name = "NUMBER", default_value = "2")]
    pub(crate) deviations: Ratio,
    /// For the maximum: the fraction of its current volume that each asset still trades.
    #[arg(long, value_name = "PART", default_value = "0.5")]
    pub(crate) volume_part: Weight,
    /// The number of returns from which volatility and tracking error are measured.
    #[arg(long, value_name = "COUNT", default_value_t = 60)]
    pub(crate) window_snapshots: u32,
    /// The acceptable costs, as a fraction of the amount.
    #[arg(long, value_name = "PART", default_value = "0.01")]
    pub(crate) cost_max: Ratio,
    /// The acceptable tracking error of a smaller basket, per year.
    #[arg(long, value_name = "PART", default_value = "0.05")]
    pub(crate) tracking_error_max: Ratio,
    /// How the quote is printed; JSON includes the whole plan.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) definition: DefinitionOptions,
    /// How the result is printed; JSON gives the resolved methodology, or the findings.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  regimen import btc-usd-max.csv eth-usd-max.csv --as coingecko --out market.csv
  regimen import prices/ --as one_file_per_asset --as-of-format '%d/%m/%Y' --out market.csv

Beside the CSV comes an index.toml to start from, and a weights.csv if there are no market caps. No file is replaced.")]
pub(crate) struct Import {
    /// The files, or folders of CSVs.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// What the files are: binance, cryptodatadownload, coingecko, coinmarketcap, kaggle, yahoo, wide,
    /// long or one_file_per_asset.
    #[arg(long = "as", value_name = "KIND")]
    pub(crate) kind: ImportKind,
    /// The CSV to write.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// How instants are written: epoch_s, epoch_ms, epoch_us, epoch_ns, excel, or a pattern such as %d/%m/%Y
    /// [default: what the files show].
    #[arg(long, value_name = "FORMAT")]
    pub(crate) as_of_format: Option<AsOfFormat>,
    /// Where the asset stands in a file's or column's name, such as coin_{asset} [default: the kind's].
    #[arg(long, value_name = "PATTERN")]
    pub(crate) asset_pattern: Option<NamePattern>,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:
  regimen inspect market.csv")]
pub(crate) struct Inspect {
    /// The files, or folders of CSVs.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// How instants are written, where the files do not show it.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) as_of_format: Option<AsOfFormat>,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  regimen synth --seed 7 --assets 220 --days 1100 --first-day 2021-01-01 --out data
  regimen synth --seed 1 --assets 2000 --days 3650 --clean --plain --out out/market

The market is synthetic: none of its assets or prices is real.")]
pub(crate) struct Synth {
    /// The seed; the same seed makes the same market.
    #[arg(long)]
    pub(crate) seed: u64,
    /// The number of assets that exist at any time.
    #[arg(long, default_value_t = 220)]
    pub(crate) assets: u32,
    /// The number of days.
    #[arg(long, default_value_t = 1100)]
    pub(crate) days: u32,
    /// The first day.
    #[arg(long, value_name = "DATE", default_value = "2021-01-01")]
    pub(crate) first_day: AsOf,
    /// Leaves out all flaws: crash, depeg, redenomination, bad tick, missing days and cells.
    #[arg(long)]
    pub(crate) clean: bool,
    /// Writes the market as plain CSV, not gzipped.
    #[arg(long)]
    pub(crate) plain: bool,
    /// The folder to write.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[cfg(feature = "panel")]
#[derive(Args, Debug)]
#[command(after_help = "Example:
  regimen convert data/synthetic-market.csv.gz market.parquet")]
pub(crate) struct Convert {
    /// The snapshots to read: CSV, a folder of CSVs, or a .parquet file.
    pub(crate) from: PathBuf,
    /// The .parquet file to write.
    pub(crate) to: PathBuf,
}
