//! The canonical CSV, and a definition to start from.

use std::io::{self, Write};

use regimen_types::{DecimalColumn, History, append_decimal};
use rust_decimal::Decimal;

use super::imported::Imported;

/// Writes a market as the canonical CSV: `date,asset,price,market_cap,volume`, and the further columns that
/// it has. An unknown value is an empty cell.
///
/// # Errors
/// [`io::Error`] if the output does.
pub fn write_snapshots(history: &History, out: &mut impl Write) -> io::Result<()> {
    let columns = history.columns();
    let further = columns.attributes.iter().map(|attribute| attribute.name.as_str());
    let supply = (!columns.circulating_supply.is_empty()).then_some("circulating_supply");
    let known_at = (!columns.known_at.is_empty()).then_some("known_at");
    let header = ["date", "asset", "price", "market_cap", "volume"].into_iter();
    let header: Vec<String> = header.chain(supply).chain(known_at).chain(further).map(quoted).collect();
    writeln!(out, "{}", header.join(","))?;
    let mut line = Vec::new();
    let mut start = 0;
    for (instant, end) in columns.instants.iter().zip(&columns.ends) {
        for row in start..*end {
            line.clear();
            write!(line, "{instant},{}", columns.assets[columns.asset[row] as usize])?;
            for numbers in [&columns.price, &columns.market_cap, &columns.volume] {
                append_known(&mut line, numbers, row);
            }
            if supply.is_some() {
                append_known(&mut line, &columns.circulating_supply, row);
            }
            if let Some(known_at) = columns.known_at.get(row) {
                write!(line, ",{known_at}")?;
            }
            for attribute in &columns.attributes {
                line.push(b',');
                if let Some(Some(value)) = attribute.values.get(row) {
                    append_decimal(&mut line, *value);
                }
            }
            line.push(b'\n');
            out.write_all(&line)?;
        }
        start = *end;
    }
    Ok(())
}

fn append_known(line: &mut Vec<u8>, numbers: &DecimalColumn, row: usize) {
    line.push(b',');
    if let Some(number) = numbers.get(row).filter(|number| *number != Decimal::ZERO) {
        append_decimal(line, number);
    }
}

fn quoted(name: &str) -> String {
    if name.contains([',', '"']) { format!("\"{}\"", name.replace('"', "\"\"")) } else { name.to_owned() }
}

/// A definition to start from, and the weights that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartingFiles {
    /// The text of `index.toml`.
    pub definition: String,
    /// The text of `weights.csv`, if market caps are not known.
    pub weights: Option<String>,
}

/// Builds a definition to start from for an imported market whose canonical CSV is called `file`: an index of
/// the largest assets where market caps are known, or else of the assets that have a price at first, in equal
/// parts.
#[must_use]
pub fn starting_files(imported: &Imported, file: &str) -> StartingFiles {
    let history = &imported.snapshots.history;
    let supply = if history.columns().circulating_supply.is_empty() { "" } else { "circulating_supply" };
    let known_at = if history.columns().known_at.is_empty() { "" } else { "known_at" };
    let cap = if imported.has_market_caps { "market_cap" } else { "" };
    let volume = if imported.has_volumes { "volume" } else { "" };
    let count = history.asset_count().min(100);
    let constituents = if imported.has_market_caps {
        BY_MARKET_CAP.replace("{count}", &count.to_string())
    } else {
        BY_WEIGHTS_FILE.to_owned()
    };
    let definition = format!(
        r#"# A definition to start from: `regimen check` checks it, and `regimen schema` lists its keys.
name = "Imported market"
currency = "USD"

[snapshots]
path = {file:?}

[snapshots.columns]
market_cap = {cap:?}
volume = {volume:?}
circulating_supply = {supply:?}
known_at = {known_at:?}

[index]
base_level = 1000

[regime]
rule = "always_bullish"

[defensive]
sleeve = []

{constituents}
[portfolio]
initial_cash = 10000
lag_snapshots = 1
money_scale = 2
units_scale = 8

[costs]
fee_bps = 10
slippage_bps = 0

[vanished]
max_stale_days = 7
sell_while_stale = false
then = "write_off"
recovery = 0
"#
    );
    let weights = (!imported.has_market_caps).then(|| equal_weights(history));
    StartingFiles { definition, weights }
}

const BY_MARKET_CAP: &str = r#"[universe]
exclude_categories = []
history_snapshots_min = 1

[selection]
count = {count}

[weighting]
rule = "market_cap"

[schedule]
every = "week"
weekday = "monday"
if_missing = "next_snapshot"
"#;

const BY_WEIGHTS_FILE: &str = r#"# The market has no caps to rank by. The file has equal parts at the first instant: change it as you like.
[weighting]
rule = "file"
path = "weights.csv"

[schedule]
every = "weights_file"
"#;

/// Returns equal weights, rounded down to twelve places, of the assets with a price at the first instant.
fn equal_weights(history: &History) -> String {
    let columns = history.columns();
    let rows = 0..columns.ends.first().copied().unwrap_or_default();
    let priced = rows.filter(|row| columns.price.get(*row).is_some_and(|price| !price.is_zero()));
    let assets: Vec<&str> = priced.map(|row| columns.assets[columns.asset[row] as usize].as_str()).collect();
    let weight = Decimal::ONE.checked_div(Decimal::from(assets.len())).unwrap_or_default();
    let weight = weight.trunc_with_scale(12).normalize();
    let instant = columns.instants.first().map(ToString::to_string).unwrap_or_default();
    let rows: String = assets.iter().map(|asset| format!("{instant},{asset},{weight}\n")).collect();
    format!("date,asset,weight\n{rows}")
}
