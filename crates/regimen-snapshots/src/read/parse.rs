//! A block of lines into columns. Blocks know nothing of each other, so they are parsed in parallel.

use std::collections::HashMap;
use std::sync::Arc;

use regimen_types::{AsOf, AssetId, ExcessDigits, NamelessRows, parse_decimal};
use rust_decimal::Decimal;

use super::blocks::Block;
use super::cell_key::{CellHash, CellKey};
use super::cells::{self, Cell};
use super::findings::Findings;
use super::header::{AsOfPlace, Layout, bad_quotes};
use super::line::{Field, Line, Lines};

/// The rows of a block, column by column. Assets are interned in the block.
#[derive(Debug)]
pub(super) struct ParsedBlock {
    pub(super) layout: Arc<Layout>,
    /// Where the count of lines does not simply go on: each entry's row is its line, as are those that follow.
    pub(super) places: Vec<RowPlace>,
    pub(super) runs: Vec<Run>,
    pub(super) assets: Vec<AssetId>,
    pub(super) asset: Vec<u32>,
    /// Price, market cap, volume and circulating supply; empty where the file has no such column.
    pub(super) numbers: [Vec<Decimal>; 4],
    pub(super) known_at: Vec<AsOf>,
    /// Parallel to the layout's attributes.
    pub(super) attributes: Vec<AttributeCells>,
    pub(super) findings: Findings,
    pub(super) has_lines: bool,
    pub(super) nameless: Nameless,
}

/// Rows that were passed over because they name no asset.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Nameless {
    pub(super) count: u64,
    /// The line of the first.
    pub(super) first_line: Option<u64>,
}

/// The line of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowPlace {
    pub(super) row: usize,
    pub(super) line: u64,
}

/// Adjacent rows of one instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) as_of: AsOf,
    /// The row after the last.
    pub(super) end: usize,
}

/// The cells of a further column.
#[derive(Debug)]
pub(super) struct AttributeCells {
    pub(super) values: Vec<Option<Decimal>>,
    /// The first cell that is no number: the column is not kept.
    pub(super) refused: Option<RefusedCell>,
}

/// A cell for which a further column is not kept.
#[derive(Clone, Debug)]
pub(super) struct RefusedCell {
    pub(super) line: u64,
    pub(super) text: Vec<u8>,
    pub(super) reason: String,
}

/// Parses a block's rows. The columns are only of use if there are no findings.
pub(super) fn parse(layout: &Arc<Layout>, block: &Block) -> ParsedBlock {
    let text = block.text();
    let is_utf8 = str::from_utf8(text).is_ok();
    let mut parser = Parser::new(layout, block.line_count_max());
    let mut fields = Vec::with_capacity(layout.names.len());
    let mut lines = Lines::new(text, block.first_line());
    while let Some(Line { number, text, quotes }) = lines.split_next(&mut fields) {
        parser.rows.has_lines = true;
        if !is_utf8 && let Some(finding) = cells::not_utf8(&layout.file, number, text) {
            parser.rows.findings.add(|| finding);
        } else if let Err(error) = quotes {
            parser.rows.findings.add(|| bad_quotes(&layout.file, number, text, error));
        } else if fields.len() == layout.names.len() {
            parser.row(number, &fields);
        } else {
            let (found, expected) = (fields.len(), layout.names.len());
            parser.rows.findings.add(|| cells::field_count(&layout.file, number, text, found, expected));
        }
    }
    parser.rows
}

/// What has been read of a block.
struct Parser<'a> {
    layout: &'a Layout,
    rows: ParsedBlock,
    /// Indexes into `rows.assets`, `None` for a text that is no asset.
    asset_of_text: HashMap<CellKey<'a>, Option<u32>, CellHash>,
    as_of: InstantColumn<'a>,
    known_at: InstantColumn<'a>,
}

/// A column of instants.
#[derive(Default)]
struct InstantColumn<'a> {
    /// What was read last: the next row most often has the same.
    last: Option<(CellKey<'a>, AsOf)>,
}

impl<'a> Parser<'a> {
    fn new(layout: &'a Arc<Layout>, rows_max: usize) -> Self {
        let room = |is_read: bool| if is_read { rows_max } else { 0 };
        let attribute = || AttributeCells { values: Vec::with_capacity(rows_max), refused: None };
        let rows = ParsedBlock {
            layout: Arc::clone(layout),
            places: Vec::new(),
            runs: Vec::new(),
            assets: Vec::new(),
            asset: Vec::with_capacity(rows_max),
            numbers: layout.numbers.map(|place| Vec::with_capacity(room(place.is_some()))),
            known_at: Vec::with_capacity(room(layout.known_at.is_some())),
            attributes: layout.attributes.iter().map(|_| attribute()).collect(),
            findings: Findings::default(),
            has_lines: false,
            nameless: Nameless::default(),
        };
        Self {
            layout,
            rows,
            asset_of_text: HashMap::default(),
            as_of: InstantColumn::default(),
            known_at: InstantColumn::default(),
        }
    }

    fn row(&mut self, line: u64, fields: &[Field<'a>]) {
        if fields[self.layout.asset].is_empty() && self.layout.nameless_rows == NamelessRows::PassOver {
            self.rows.nameless.count += 1;
            self.rows.nameless.first_line.get_or_insert(line);
            return;
        }
        let findings_before = self.rows.findings.count();
        let as_of = self.as_of(line, fields);
        let asset = self.asset(line, fields);
        self.numbers(line, fields);
        if let (Some(place), Some(as_of)) = (self.layout.known_at, as_of) {
            self.known_at(line, place, fields[place], as_of);
        }
        self.attributes(line, fields);
        // With a finding the values pushed so far are out of step, but then the file is refused.
        if let (Some(as_of), Some(asset)) = (as_of, asset)
            && self.rows.findings.count() == findings_before
        {
            self.rows.keep(line, as_of, asset);
        }
    }

    fn as_of(&mut self, line: u64, fields: &[Field<'a>]) -> Option<AsOf> {
        match self.layout.as_of {
            AsOfPlace::FileName(as_of) => Some(as_of),
            AsOfPlace::Column(place) => {
                let cell = || self.layout.cell(line, place, fields[place]);
                self.as_of.read(fields[place], cell, &mut self.rows.findings)
            }
        }
    }

    fn asset(&mut self, line: u64, fields: &[Field<'a>]) -> Option<u32> {
        let place = self.layout.asset;
        let key = CellKey::from(fields[place]);
        if let Some(Some(asset)) = self.asset_of_text.get(&key) {
            return Some(*asset);
        }
        let asset = match self.layout.cell(line, place, fields[place]).asset() {
            Ok(asset) => {
                self.rows.assets.push(asset);
                u32::try_from(self.rows.assets.len() - 1).ok()
            }
            Err(finding) => {
                self.rows.findings.append(finding);
                None
            }
        };
        self.asset_of_text.insert(key, asset);
        asset
    }

    fn numbers(&mut self, line: u64, fields: &[Field<'a>]) {
        for (place, values) in self.layout.numbers.iter().zip(&mut self.rows.numbers) {
            let Some(place) = *place else { continue };
            match fields[place].plain_decimal() {
                Some(number) => values.push(number.into()),
                None => {
                    let cell = self.layout.cell(line, place, fields[place]);
                    let number = other_number(cell, self.layout.excess_digits, &mut self.rows.findings);
                    values.extend(number);
                }
            }
        }
    }

    fn known_at(&mut self, line: u64, place: usize, field: Field<'a>, as_of: AsOf) {
        if field.is_empty() {
            self.rows.known_at.push(as_of);
            return;
        }
        let cell = || self.layout.cell(line, place, field);
        match self.known_at.read(field, cell, &mut self.rows.findings) {
            Some(known_at) if known_at < as_of => self.rows.findings.add(|| {
                let message = format!("known before the row's own instant, {as_of}");
                let help = "correct it, or leave the cell empty if the row was known at its instant";
                cell().error(crate::codes::KNOWN_BEFORE, message, help)
            }),
            Some(known_at) => self.rows.known_at.push(known_at),
            None => {}
        }
    }

    fn attributes(&mut self, line: u64, fields: &[Field<'a>]) {
        for (&place, cells) in self.layout.attributes.iter().zip(&mut self.rows.attributes) {
            let field = fields[place];
            if cells.refused.is_some() {
                continue;
            }
            if field.is_empty() {
                cells.values.push(None);
                continue;
            }
            match parse_decimal(field.text(), self.layout.excess_digits) {
                Ok(number) => cells.values.push(Some(number)),
                Err(error) if self.layout.attributes_are_named => {
                    let cell = self.layout.cell(line, place, field);
                    self.rows.findings.add(|| cell.no_number(error));
                }
                Err(error) => {
                    let reason = error.to_string();
                    cells.values = Vec::new();
                    cells.refused = Some(RefusedCell { line, text: field.text().to_vec(), reason });
                }
            }
        }
    }
}

/// Reads a number that is no plain decimal; no text means unknown, as zero does.
fn other_number(cell: Cell<'_>, excess: ExcessDigits, findings: &mut Findings) -> Option<Decimal> {
    if cell.text.is_empty() {
        return Some(Decimal::ZERO);
    }
    match parse_decimal(cell.text, excess) {
        Ok(number) if number.is_sign_negative() => findings.add(|| cell.negative()),
        Ok(number) => return Some(number),
        Err(error) => findings.add(|| cell.no_number(error)),
    }
    None
}

impl Layout {
    fn cell<'a>(&'a self, line: u64, place: usize, field: Field<'a>) -> Cell<'a> {
        Cell { file: &self.file, line, column: &self.names[place], text: field.text() }
    }
}

impl<'a> InstantColumn<'a> {
    fn read(
        &mut self,
        field: Field<'a>,
        cell: impl FnOnce() -> Cell<'a>,
        findings: &mut Findings,
    ) -> Option<AsOf> {
        let key = CellKey::from(field);
        match self.last {
            Some((last, instant)) if last == key => Some(instant),
            _ => self.read_other(key, cell(), findings),
        }
    }

    #[cold]
    fn read_other(&mut self, key: CellKey<'a>, cell: Cell<'a>, findings: &mut Findings) -> Option<AsOf> {
        match cell.instant() {
            Ok(instant) => {
                self.last = Some((key, instant));
                Some(instant)
            }
            Err(finding) => {
                findings.append(finding);
                None
            }
        }
    }
}

impl ParsedBlock {
    pub(super) fn row_count(&self) -> usize {
        self.asset.len()
    }

    /// Takes the row whose values have been pushed.
    fn keep(&mut self, line: u64, as_of: AsOf, asset: u32) {
        let row = self.row_count();
        let goes_on = self.places.last().is_some_and(|place| place.line + (row - place.row) as u64 == line);
        if !goes_on {
            self.places.push(RowPlace { row, line });
        }
        match self.runs.last_mut() {
            Some(run) if run.as_of == as_of => run.end = row + 1,
            _ => self.runs.push(Run { as_of, end: row + 1 }),
        }
        self.asset.push(asset);
    }
}
