//! What an explanation needs of the decision log: the rows of one decision, and one asset's way through all
//! of them.

use std::collections::BTreeSet;

use memchr::memchr;
use regimen_types::{AsOf, AssetId, Cause, near_names};

use crate::codes::{FIELD, Fault, UNKNOWN_ASSET, fault};
use crate::table::{RunTable, Table};
use crate::tables::DecisionRow;

/// The part of the decision log that concerns an instant and, if asked for, an asset.
#[derive(Default)]
pub(super) struct DecisionLog {
    /// The rows of the decision at the instant, or else of the last one before it.
    pub(super) rows: Vec<DecisionRow>,
    /// The first decision after the instant.
    pub(super) next: Option<AsOf>,
    /// The asset at each decision up to the instant, in order.
    pub(super) path: Vec<AssetAtDecision>,
}

/// An asset at one decision.
pub(super) struct AssetAtDecision {
    pub(super) as_of: AsOf,
    pub(super) cause: Cause,
    /// `None` if the decision has no row of the asset.
    pub(super) row: Option<DecisionRow>,
}

impl AssetAtDecision {
    pub(super) fn is_in_target(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.verdict.is_in_target() && !row.weight.is_zero())
    }
}

impl DecisionLog {
    /// Reads the log as far as it concerns the instant; most rows are passed over.
    pub(super) fn read(text: &[u8], at: AsOf, asset: Option<&AssetId>) -> Result<Self, Fault> {
        let mut log = Self::default();
        let mut last = None;
        for block in Blocks::of(text) {
            let as_of = block.as_of()?;
            if as_of > at {
                log.next = Some(as_of);
                break;
            }
            if let Some(asset) = asset {
                let row = block.row_of(asset).transpose()?;
                log.path.push(AssetAtDecision { as_of, cause: block.cause()?, row });
            }
            last = Some(block);
        }
        if let Some(block) = last {
            log.rows = Table::rows_from(block.line, block.text).collect::<Result<_, _>>()?;
        }
        if let Some(asset) = asset.filter(|_| log.path.iter().all(|decision| decision.row.is_none())) {
            check_known(text, asset)?;
        }
        Ok(log)
    }
}

/// Fails if no row of the log names the asset.
fn check_known(text: &[u8], asset: &AssetId) -> Result<(), Fault> {
    let lines = Blocks::of(text).flat_map(|block| block.lines());
    let names: BTreeSet<&str> = lines.filter_map(|(_, line)| str::from_utf8(cell(line, 3)).ok()).collect();
    if names.contains(asset.as_str()) {
        return Ok(());
    }
    let near = near_names(asset.as_str(), names.into_iter().filter(|name| !name.is_empty()));
    let hint = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) };
    Err(fault(UNKNOWN_ASSET, DecisionRow::FILE, format_args!("no decision of the run met {asset}{hint}"))
        .into())
}

/// The rows of one instant, as they stand in the file.
#[derive(Clone, Copy)]
struct Block<'a> {
    /// The line of the first row.
    line: u64,
    text: &'a [u8],
}

impl<'a> Block<'a> {
    fn as_of(&self) -> Result<AsOf, Fault> {
        let text = String::from_utf8_lossy(cell(self.text, 0));
        text.parse().map_err(|error| self.bad(&text, "as_of", error))
    }

    fn cause(&self) -> Result<Cause, Fault> {
        let text = String::from_utf8_lossy(cell(self.text, 1));
        Cause::from_name(&text).ok_or_else(|| self.bad(&text, "cause", "no cause of a decision"))
    }

    fn bad(&self, text: &str, column: &str, found: impl std::fmt::Display) -> Fault {
        let fault = fault(FIELD, DecisionRow::FILE, format_args!("the field is {found}"));
        fault.at_line(self.line).in_column(column).quoting(text).into()
    }

    /// Iterates over the lines with their numbers, each with its line feed.
    fn lines(self) -> impl Iterator<Item = (u64, &'a [u8])> {
        (self.line..).zip(self.text.split_inclusive(|byte| *byte == b'\n'))
    }

    fn row_of(self, asset: &AssetId) -> Option<Result<DecisionRow, Fault>> {
        let (line, text) = self.lines().find(|(_, line)| cell(line, 3) == asset.as_str().as_bytes())?;
        Table::rows_from(line, text).next()
    }
}

/// The blocks of a decision log.
struct Blocks<'a> {
    line: u64,
    rest: &'a [u8],
}

impl<'a> Blocks<'a> {
    fn of(text: &'a [u8]) -> Self {
        let rest = memchr(b'\n', text).map_or(&[][..], |end| &text[end + 1..]);
        Self { line: 2, rest }
    }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Block<'a>;

    fn next(&mut self) -> Option<Block<'a>> {
        let as_of = &self.rest[..=memchr(b',', self.rest)?];
        let (mut end, mut lines) = (0, 0);
        while self.rest[end..].starts_with(as_of) {
            end += memchr(b'\n', &self.rest[end..]).map_or(self.rest.len() - end, |feed| feed + 1);
            lines += 1;
        }
        let block = Block { line: self.line, text: &self.rest[..end] };
        (self.line, self.rest) = (self.line + lines, &self.rest[end..]);
        Some(block)
    }
}

/// Returns a field of a line; the first four are never quoted.
fn cell(line: &[u8], index: usize) -> &[u8] {
    line.split(|byte| *byte == b',').nth(index).unwrap_or_default()
}
