//! Blocks into one history, in order.

use std::collections::HashMap;

use regimen_types::{
    AsOf, AssetId, Attribute, AttributeColumns, Diagnostic, Diagnostics, History, HistoryColumns,
    HistoryError, SnapshotFormat,
};
use rust_decimal::Decimal;

use super::block::{AttributeCells, ParsedBlock};
use super::codes::{DUPLICATE, EMPTY, PASSED_OVER, UNREADABLE, UNSORTED, remedy};
use super::findings::{Collected, error};
use super::layout::Layout;
use super::source::{Block, Inputs};
use super::{InputFile, SnapshotInput};

/// The columns assembled so far, and where their rows come from.
pub(crate) struct Assembly {
    columns: HistoryColumns,
    keeps_volume: bool,
    keeps_supply: bool,
    index_of_asset: HashMap<AssetId, u32>,
    attributes: Vec<(String, AssembledCells)>,
    places: Vec<Place>,
    next_line: u64,
    warns_of_text: bool,
    collected: Collected,
}

enum AssembledCells {
    Numbers(Vec<Option<Decimal>>),
    /// The file, line and text of the first cell that is no number.
    Text {
        file: String,
        line: u64,
        text: String,
    },
}

/// Where the rows of a block come from.
struct Place {
    first_row: usize,
    file: String,
    first_line: u64,
    blank_lines: Vec<u64>,
    asset_column: String,
}

impl Assembly {
    pub(crate) fn new(format: &SnapshotFormat) -> Self {
        Self {
            columns: HistoryColumns::default(),
            keeps_volume: format.columns.volume.is_some(),
            keeps_supply: format.columns.circulating_supply.is_some(),
            index_of_asset: HashMap::new(),
            attributes: Vec::new(),
            places: Vec::new(),
            next_line: 2,
            warns_of_text: format.attributes == AttributeColumns::AllNumeric,
            collected: Collected::default(),
        }
    }

    pub(crate) fn append(&mut self, block: &Block, mut parsed: ParsedBlock) {
        if block.starts_file {
            self.next_line = 2;
        }
        let first_line = self.next_line;
        self.next_line += parsed.lines;
        let findings = std::mem::take(&mut parsed.findings);
        self.collected.add_block(&block.file.shown, first_line, findings);
        self.check_order(block, &parsed, first_line);
        if self.collected.has_errors() {
            return;
        }
        self.places.push(Place {
            first_row: self.columns.asset.len(),
            file: block.file.shown.clone(),
            first_line,
            blank_lines: std::mem::take(&mut parsed.blank_lines),
            asset_column: block.layout.names[block.layout.asset].clone(),
        });
        self.append_attributes(block, &mut parsed, first_line);
        self.append_rows(parsed);
    }

    pub(crate) fn finish(mut self, inputs: Inputs) -> Result<SnapshotInput, Diagnostics> {
        let files = match inputs {
            Ok(files) => files,
            Err(findings) => {
                findings.items.into_iter().for_each(|finding| self.collected.add(finding));
                return Err(self.collected.diagnostics);
            }
        };
        if self.collected.has_errors() {
            return Err(self.collected.diagnostics);
        }
        if self.columns.asset.is_empty() {
            let file = files.last().map_or("", |file: &InputFile| file.name.as_str());
            return Err(error(EMPTY, file, "there is no row").into());
        }
        self.finish_attributes();
        let Self { columns, places, mut collected, .. } = self;
        let (problem, columns) = match History::from_columns_or_back(columns) {
            Ok(history) => return Ok(SnapshotInput { history, files, warnings: collected.diagnostics }),
            Err(refused) => *refused,
        };
        if let HistoryError::Duplicate { .. } = problem {
            find_duplicates(&columns, &places).into_iter().for_each(|finding| collected.add(finding));
        } else {
            let file = files.first().map_or("", |file| file.name.as_str());
            collected.add(error(UNREADABLE, file, problem.to_string()));
        }
        Err(collected.diagnostics)
    }

    /// Appends the block's instants; they must be later than those before, or go on with the last.
    fn check_order(&mut self, block: &Block, parsed: &ParsedBlock, first_line: u64) {
        for run in &parsed.runs {
            let end = self.columns.ends.last().copied().unwrap_or(0) + run.rows;
            match self.columns.instants.last() {
                Some(last) if *last == run.as_of => {
                    if let Some(last_end) = self.columns.ends.last_mut() {
                        *last_end = end;
                    }
                }
                Some(last) if *last > run.as_of => {
                    let message = format!("{} comes after rows of {last}", run.as_of);
                    let finding = error(UNSORTED, &block.file.shown, message).at_line(first_line + run.line);
                    let column = block.layout.as_of.map(|column| block.layout.names[column].clone());
                    let finding = column.into_iter().fold(finding, Diagnostic::in_column);
                    self.collected.add(finding.quoting(&run.as_of.to_string()));
                }
                _ => {
                    self.columns.instants.push(run.as_of);
                    self.columns.ends.push(end);
                }
            }
        }
    }

    fn append_rows(&mut self, parsed: ParsedBlock) {
        let rows = parsed.asset.len();
        let numbers: Vec<u32> = parsed.assets.into_iter().map(|asset| self.number_of(asset)).collect();
        let columns = &mut self.columns;
        columns.asset.extend(parsed.asset.iter().map(|number| numbers[*number as usize]));
        columns.price.extend(parsed.price);
        columns.market_cap.extend(parsed.market_cap);
        if self.keeps_volume {
            columns.volume.extend(parsed.volume);
        }
        if self.keeps_supply {
            columns.circulating_supply.extend(parsed.circulating_supply);
        }
        columns.known_at.extend(parsed.known_at);
        debug_assert_eq!(columns.price.len(), columns.asset.len(), "{rows} rows");
    }

    fn number_of(&mut self, asset: AssetId) -> u32 {
        let assets = &mut self.columns.assets;
        *self.index_of_asset.entry(asset).or_insert_with_key(|asset| {
            assets.push(asset.clone());
            // An asset has at least one row, and rows are counted by a u32 as well: the history checks that.
            u32::try_from(assets.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// Appends cells by column name: files of one folder may have different columns.
    fn append_attributes(&mut self, block: &Block, parsed: &mut ParsedBlock, first_line: u64) {
        let layout: &Layout = &block.layout;
        let rows_before = self.columns.asset.len();
        let rows_after = rows_before + parsed.asset.len();
        for (position, cells) in layout.attributes.iter().zip(parsed.attributes.drain(..)) {
            let name = &layout.names[*position];
            let index = self.attributes.iter().position(|(each, _)| each == name).unwrap_or_else(|| {
                self.attributes.push((name.clone(), AssembledCells::Numbers(Vec::new())));
                self.attributes.len() - 1
            });
            let assembled = &mut self.attributes[index].1;
            match (&mut *assembled, cells) {
                (AssembledCells::Numbers(values), AttributeCells::Numbers(more)) => {
                    values.resize(rows_before, None);
                    values.extend(more);
                }
                (AssembledCells::Numbers(_), AttributeCells::Text { line, text }) => {
                    let file = block.file.shown.clone();
                    *assembled = AssembledCells::Text { file, line: first_line + line, text };
                }
                (AssembledCells::Text { .. }, _) => {}
            }
        }
        for (_, cells) in &mut self.attributes {
            if let AssembledCells::Numbers(values) = cells {
                values.resize(rows_after, None);
            }
        }
    }

    fn finish_attributes(&mut self) {
        for (name, cells) in std::mem::take(&mut self.attributes) {
            match cells {
                AssembledCells::Numbers(values) => self.columns.attributes.push(Attribute { name, values }),
                AssembledCells::Text { file, line, text } if self.warns_of_text => {
                    let message = format!("column `{name}` holds text and is passed over");
                    let warning = Diagnostic::warning(PASSED_OVER, &file, message, remedy(PASSED_OVER));
                    self.collected.add(warning.at_line(line).in_column(name).quoting(&text));
                }
                AssembledCells::Text { .. } => {}
            }
        }
    }
}

/// Finds all rows whose asset has an earlier row at the same instant.
fn find_duplicates(columns: &HistoryColumns, places: &[Place]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut start = 0;
    for (as_of, &end) in columns.instants.iter().zip(&columns.ends) {
        let mut first_rows: HashMap<u32, usize> = HashMap::new();
        for row in start..end {
            let asset = columns.asset[row];
            match first_rows.get(&asset) {
                Some(first) => found.push(duplicate(columns, places, *as_of, *first, row)),
                None => {
                    first_rows.insert(asset, row);
                }
            }
        }
        start = end;
    }
    found
}

fn duplicate(
    columns: &HistoryColumns,
    places: &[Place],
    as_of: AsOf,
    first: usize,
    row: usize,
) -> Diagnostic {
    let asset = &columns.assets[columns.asset[row] as usize];
    let (first_place, place) = (place_of(places, first), place_of(places, row));
    let elsewhere = if first_place.0 == place.0 { String::new() } else { format!(" of {}", first_place.0) };
    let message = format!("{asset} has a row at {as_of} already, in line {}{elsewhere}", first_place.1);
    error(DUPLICATE, place.0, message).at_line(place.1).in_column(place.2).quoting(asset.as_str())
}

/// Returns the file and line of a row, and the name of the asset column.
fn place_of(places: &[Place], row: usize) -> (&str, u64, &str) {
    let index = places.partition_point(|place| place.first_row <= row).saturating_sub(1);
    let Some(place) = places.get(index) else { return ("", 0, "") };
    let mut line = (row - place.first_row) as u64;
    for blank in &place.blank_lines {
        line += u64::from(*blank <= line);
    }
    (&place.file, place.first_line + line, &place.asset_column)
}
