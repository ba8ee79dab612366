//! The tables of an index alone: its levels, and its weights at each rebalance.

use std::fmt::Write;

use regimen::{IndexDecision, IndexRebalance};
use serde_json::json;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// CSV with a header line.
    Csv,
    /// A JSON list with one object per row; decimals are text, counts are numbers.
    Json,
}

/// The levels of an index, or its weights, as text in the making. `docs/data-format.md` documents the
/// columns.
#[derive(Clone, Debug)]
pub struct IndexTable {
    format: TableFormat,
    text: String,
    rows: usize,
}

const LEVEL_COLUMNS: &str = "as_of,level,divisor,constituents";
const WEIGHT_COLUMNS: &str = "as_of,reference,cause,asset,weight";

impl IndexTable {
    /// Starts a table of levels.
    #[must_use]
    pub fn of_levels(format: TableFormat) -> Self {
        Self::new(format, LEVEL_COLUMNS)
    }

    /// Starts a table of weights.
    #[must_use]
    pub fn of_weights(format: TableFormat) -> Self {
        Self::new(format, WEIGHT_COLUMNS)
    }

    fn new(format: TableFormat, columns: &str) -> Self {
        let text = match format {
            TableFormat::Csv => format!("{columns}\n"),
            TableFormat::Json => "[".to_owned(),
        };
        Self { format, text, rows: 0 }
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds the level after a decision.
    pub fn add_level(&mut self, decision: &IndexDecision) {
        let IndexDecision { as_of, level, divisor, asset_count, .. } = decision;
        match self.format {
            TableFormat::Csv => self.line(format_args!("{as_of},{level},{divisor},{asset_count}")),
            TableFormat::Json => self.object(json!({
                "as_of": as_of, "level": level, "divisor": divisor, "constituents": asset_count,
            })),
        }
    }

    /// Adds the weights of a rebalance, by asset, and that of cash with an empty asset if there is any.
    pub fn add_weights(&mut self, rebalance: &IndexRebalance) {
        let cash = rebalance.target.cash_weight();
        let assets = rebalance.target.weights().map(|(asset, weight)| (asset.as_str(), weight));
        let all: Vec<_> = assets.chain((!cash.is_zero()).then_some(("", cash))).collect();
        let IndexRebalance { as_of, reference, cause, .. } = rebalance;
        for (asset, weight) in all {
            match self.format {
                TableFormat::Csv => {
                    self.line(format_args!("{as_of},{reference},{cause},{asset},{weight}"));
                }
                TableFormat::Json => self.object(json!({
                    "as_of": as_of, "reference": reference, "cause": cause, "asset": asset, "weight": weight,
                })),
            }
        }
    }

    /// Returns the whole text.
    #[must_use]
    pub fn finish(mut self) -> String {
        if self.format == TableFormat::Json {
            self.text.push_str("\n]\n");
        }
        self.text
    }

    fn line(&mut self, row: std::fmt::Arguments<'_>) {
        self.rows += 1;
        // Writing to a string never fails.
        let _ = writeln!(self.text, "{row}");
    }

    fn object(&mut self, row: serde_json::Value) {
        let mut row = row;
        // Another crate of a build can make JSON objects keep the order of insertion; the bytes must not
        // depend on that.
        row.sort_all_objects();
        let separator = if self.rows == 0 { "\n  " } else { ",\n  " };
        self.rows += 1;
        let _ = write!(self.text, "{separator}{row}");
    }
}
