//! The rows of a block as columns, and the thorough way to read one: a faulty row is described cell by cell.

use std::collections::HashMap;
use std::sync::Arc;

use regimen_types::{AsOf, AssetId, DecimalColumn, DecimalError, NamelessRows, TextHash, parse_decimal};
use rust_decimal::Decimal;

use super::cell_key::CellKey;
use super::layout::{AsOfPlace, Layout};
use crate::text::cells::Cell;
use crate::text::findings::Findings;

/// The rows of a block, column by column. Assets are interned in the block.
#[derive(Debug)]
pub(crate) struct ParsedBlock {
    pub(crate) layout: Arc<Layout>,
    /// Where the count of lines does not simply go on: each entry's row is its line, as are those that
    /// follow.
    pub(crate) places: Vec<RowPlace>,
    pub(crate) runs: Vec<Run>,
    pub(crate) assets: Vec<AssetId>,
    pub(crate) asset: Vec<u32>,
    /// Price, market cap, volume and circulating supply; empty where the file has no such column.
    pub(crate) numbers: [DecimalColumn; 4],
    pub(crate) known_at: Vec<AsOf>,
    /// Parallel to the layout's attributes.
    pub(crate) attributes: Vec<AttributeCells>,
    pub(crate) findings: Findings,
    pub(crate) has_lines: bool,
    pub(crate) nameless: Nameless,
}

/// Rows that were passed over because they name no asset.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Nameless {
    pub(crate) count: u64,
    /// The line of the first.
    pub(crate) first_line: Option<u64>,
}

/// The line of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowPlace {
    pub(crate) row: usize,
    pub(crate) line: u64,
}

/// Adjacent rows of one instant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) as_of: AsOf,
    /// The row after the last.
    pub(crate) end: usize,
}

/// The cells of a further column.
#[derive(Debug)]
pub(crate) struct AttributeCells {
    pub(crate) values: Vec<Option<Decimal>>,
    /// The first cell that is no number: the column is not kept.
    pub(crate) refused: Option<RefusedCell>,
}

/// A cell for which a further column is not kept.
#[derive(Clone, Debug)]
pub(crate) struct RefusedCell {
    pub(crate) line: u64,
    pub(crate) text: Vec<u8>,
    pub(crate) reason: String,
}

/// What has been read of a block.
pub(crate) struct Parser<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) rows: ParsedBlock,
    /// Indexes into `rows.assets`.
    index_of_asset: HashMap<CellKey<'a>, u32, TextHash>,
    pub(crate) as_of: LastInstant<'a>,
    pub(crate) known_at: LastInstant<'a>,
}

/// The instant that was read last: the next row most often has the same.
type LastInstant<'a> = Option<(CellKey<'a>, AsOf)>;

impl<'a> Parser<'a> {
    pub(crate) fn new(layout: &'a Arc<Layout>, rows_max: usize) -> Self {
        let room = |is_read: bool| if is_read { rows_max } else { 0 };
        let attribute = || AttributeCells { values: Vec::with_capacity(rows_max), refused: None };
        let rows = ParsedBlock {
            layout: Arc::clone(layout),
            places: Vec::new(),
            runs: Vec::new(),
            assets: Vec::new(),
            asset: Vec::with_capacity(rows_max),
            numbers: layout.numbers.map(|place| DecimalColumn::with_capacity(room(place.is_some()))),
            known_at: Vec::with_capacity(room(layout.known_at.is_some())),
            attributes: layout.attributes.iter().map(|_| attribute()).collect(),
            findings: Findings::default(),
            has_lines: false,
            nameless: Nameless::default(),
        };
        Self { layout, rows, index_of_asset: HashMap::default(), as_of: None, known_at: None }
    }

    /// Reads a row; white space around a cell is no part of it, as in the header.
    pub(crate) fn row(&mut self, line: u64, fields: &mut [&'a [u8]]) {
        fields.iter_mut().for_each(|field| *field = field.trim_ascii());
        let fields = &*fields;
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
            self.known_at(self.cell(line, fields, place), as_of);
        }
        self.attributes(line, fields);
        // With a finding the values pushed so far are out of step, but then the file is refused.
        if let (Some(as_of), Some(asset)) = (as_of, asset)
            && self.rows.findings.count() == findings_before
        {
            self.rows.keep(line, as_of, asset);
        }
    }

    fn cell(&self, line: u64, fields: &[&'a [u8]], place: usize) -> Cell<'a> {
        Cell { file: &self.layout.file, line, column: &self.layout.names[place], text: fields[place] }
    }

    fn as_of(&mut self, line: u64, fields: &[&'a [u8]]) -> Option<AsOf> {
        match self.layout.as_of {
            AsOfPlace::FileName(as_of) => Some(as_of),
            AsOfPlace::Column(place) => {
                let cell = self.cell(line, fields, place);
                instant(cell, &mut self.as_of, &mut self.rows.findings)
            }
        }
    }

    fn asset(&mut self, line: u64, fields: &[&'a [u8]]) -> Option<u32> {
        let text = fields[self.layout.asset];
        let asset = self.asset_of(CellKey::leading(text, text.len()));
        if asset.is_none()
            && let Err(finding) = self.cell(line, fields, self.layout.asset).asset()
        {
            self.rows.findings.append(finding);
        }
        asset
    }

    /// Returns the index of the asset that a text names, if it names one.
    #[inline]
    pub(crate) fn asset_of(&mut self, key: CellKey<'a>) -> Option<u32> {
        match self.index_of_asset.get(&key) {
            Some(asset) => Some(*asset),
            None => self.add_asset(key),
        }
    }

    fn add_asset(&mut self, key: CellKey<'a>) -> Option<u32> {
        let asset = AssetId::new(str::from_utf8(key.text()).ok()?).ok()?;
        let index = u32::try_from(self.rows.assets.len()).ok()?;
        self.rows.assets.push(asset);
        self.index_of_asset.insert(key, index);
        Some(index)
    }

    fn numbers(&mut self, line: u64, fields: &[&'a [u8]]) {
        for (place, values) in self.layout.numbers.iter().zip(&mut self.rows.numbers) {
            let Some(place) = *place else { continue };
            let text = fields[place];
            let cell = || Cell { file: &self.layout.file, line, column: &self.layout.names[place], text };
            match parse_known(text, self.layout) {
                Ok(number) if number.is_sign_negative() => self.rows.findings.add(|| cell().negative()),
                Ok(number) => values.push(number),
                Err(error) => self.rows.findings.add(|| cell().no_number(error)),
            }
        }
    }

    fn known_at(&mut self, cell: Cell<'a>, as_of: AsOf) {
        if cell.text.is_empty() {
            self.rows.known_at.push(as_of);
            return;
        }
        match instant(cell, &mut self.known_at, &mut self.rows.findings) {
            Some(known_at) if known_at < as_of => {
                self.rows.findings.add(|| cell.known_before_row(as_of));
            }
            Some(known_at) => self.rows.known_at.push(known_at),
            None => {}
        }
    }

    fn attributes(&mut self, line: u64, fields: &[&'a [u8]]) {
        for (&place, cells) in self.layout.attributes.iter().zip(&mut self.rows.attributes) {
            let text = fields[place];
            if cells.refused.is_some() {
                continue;
            }
            if text.is_empty() {
                cells.values.push(None);
                continue;
            }
            match parse_decimal(text, self.layout.excess_digits) {
                Ok(number) => cells.values.push(Some(number)),
                Err(error) if self.layout.attributes_are_named => {
                    let column = &self.layout.names[place];
                    let cell = Cell { file: &self.layout.file, line, column, text };
                    self.rows.findings.add(|| cell.no_number(error));
                }
                Err(error) => {
                    let reason = error.to_string();
                    cells.values = Vec::new();
                    cells.refused = Some(RefusedCell { line, text: text.to_vec(), reason });
                }
            }
        }
    }
}

/// Reads a number; zero and an empty text both mean unknown.
fn parse_known(text: &[u8], layout: &Layout) -> Result<Decimal, DecimalError> {
    if text.is_empty() { Ok(Decimal::ZERO) } else { parse_decimal(text, layout.excess_digits) }
}

/// Reads an instant, at no cost if it is written like the last.
fn instant<'a>(cell: Cell<'a>, last: &mut LastInstant<'a>, findings: &mut Findings) -> Option<AsOf> {
    let key = CellKey::leading(cell.text, cell.text.len());
    if let Some((last_key, instant)) = last
        && *last_key == key
    {
        return Some(*instant);
    }
    match str::from_utf8(cell.text).unwrap_or_default().parse() {
        Ok(instant) => {
            *last = Some((key, instant));
            Some(instant)
        }
        Err(error) => {
            findings.add(|| cell.no_instant_of_snapshots(error));
            None
        }
    }
}

impl ParsedBlock {
    pub(crate) fn row_count(&self) -> usize {
        self.asset.len()
    }

    /// Takes the row whose values have been pushed.
    pub(crate) fn keep(&mut self, line: u64, as_of: AsOf, asset: u32) {
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

    /// Drops the values of a row that was begun after the first `rows`.
    pub(crate) fn forget_after(&mut self, rows: usize) {
        self.numbers.iter_mut().for_each(|values| values.truncate(rows));
        self.known_at.truncate(rows);
        self.attributes.iter_mut().for_each(|cells| cells.values.truncate(rows));
    }
}
