//! A block of lines into columns: the part that runs in parallel.

use std::collections::HashMap;
use std::ops::Range;

use regimen_types::{
    AsOf, AsOfError, AssetId, AttributeColumns, DecimalError, ExcessDigits, SnapshotFormat, parse_decimal,
};
use rust_decimal::Decimal;

use super::codes::{
    BAD_ASSET, ENCODING, KNOWN_BEFORE, NEGATIVE, NO_SUCH_DATE, NOT_A_DATE, NOT_A_NUMBER, NOT_FINITE, QUOTES,
    RAGGED, TOO_MANY_DIGITS,
};
use super::findings::{Finding, Findings, shown};
use super::layout::Layout;
use super::source::Block;
use super::table::{fields_of, trimmed};

/// The columns of a block. Assets are numbered within the block.
#[derive(Default)]
pub(crate) struct ParsedBlock {
    /// Rows of one instant in a row: the instant, how many, and the line of the first.
    pub(crate) runs: Vec<Run>,
    pub(crate) assets: Vec<AssetId>,
    pub(crate) asset: Vec<u32>,
    pub(crate) price: Vec<Decimal>,
    pub(crate) market_cap: Vec<Decimal>,
    pub(crate) volume: Vec<Decimal>,
    pub(crate) circulating_supply: Vec<Decimal>,
    pub(crate) known_at: Vec<AsOf>,
    /// One per attribute of the layout.
    pub(crate) attributes: Vec<AttributeCells>,
    /// The number of lines.
    pub(crate) lines: u64,
    /// The lines that are blank, ascending.
    pub(crate) blank_lines: Vec<u64>,
    pub(crate) findings: Findings,
}

/// Rows of one instant in a row.
pub(crate) struct Run {
    pub(crate) as_of: AsOf,
    pub(crate) rows: usize,
    pub(crate) line: u64,
}

/// The cells of a further column.
pub(crate) enum AttributeCells {
    Numbers(Vec<Option<Decimal>>),
    /// The column holds text: the first such cell and its line.
    Text {
        line: u64,
        text: String,
    },
}

/// Parses the lines of a block.
pub(crate) fn parse_block(block: &Block, format: &SnapshotFormat) -> ParsedBlock {
    let mut parser = Parser::new(block, format);
    // Quotes are rare in market data: without them a comma is always a separator.
    if memchr::memchr(b'"', &block.bytes).is_none() {
        parser.parse_unquoted();
    } else {
        parser.parse_quoted();
    }
    parser.parsed
}

struct Parser<'a> {
    block: &'a Block,
    layout: &'a Layout,
    excess: ExcessDigits,
    named_attributes: bool,
    parsed: ParsedBlock,
    asset_numbers: HashMap<Vec<u8>, u32>,
    /// The text of the last instant, which the next row mostly repeats.
    instant_text: Vec<u8>,
    instant: Option<AsOf>,
    line: u64,
}

/// The values of a row that are sound.
struct Values {
    as_of: AsOf,
    asset: u32,
    known_at: Option<AsOf>,
    price: Decimal,
    market_cap: Decimal,
    volume: Decimal,
    circulating_supply: Decimal,
}

impl<'a> Parser<'a> {
    fn new(block: &'a Block, format: &SnapshotFormat) -> Self {
        let layout = block.layout.as_ref();
        // An average row of market data is longer than 40 bytes.
        let rows = block.bytes.len() / 40;
        let mut parsed = ParsedBlock::default();
        parsed.asset.reserve(rows);
        parsed.price.reserve(rows);
        parsed.market_cap.reserve(rows);
        parsed.volume.reserve(if layout.volume.is_some() { rows } else { 0 });
        parsed.attributes = layout.attributes.iter().map(|_| AttributeCells::Numbers(Vec::new())).collect();
        Self {
            block,
            layout,
            excess: format.excess_digits,
            named_attributes: matches!(format.attributes, AttributeColumns::Named(_)),
            parsed,
            asset_numbers: HashMap::new(),
            instant_text: Vec::new(),
            instant: block.layout.as_of.is_none().then_some(block.file.date).flatten(),
            line: 0,
        }
    }

    fn parse_unquoted(&mut self) {
        let bytes = self.block.bytes.as_slice();
        let mut ranges: Vec<Range<usize>> = Vec::with_capacity(self.layout.names.len());
        let mut start = 0;
        for delimiter in memchr::memchr2_iter(b',', b'\n', bytes) {
            ranges.push(start..delimiter);
            start = delimiter + 1;
            if bytes[delimiter] == b'\n' {
                self.row(|index| ranges.get(index).map(|range| &bytes[range.clone()]), ranges.len());
                ranges.clear();
            }
        }
        if start < bytes.len() || !ranges.is_empty() {
            ranges.push(start..bytes.len());
            self.row(|index| ranges.get(index).map(|range| &bytes[range.clone()]), ranges.len());
        }
    }

    fn parse_quoted(&mut self) {
        let bytes = self.block.bytes.as_slice();
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        for line in text.split(|byte| *byte == b'\n') {
            match fields_of(line) {
                Some(fields) if !fields.is_empty() => {
                    self.row(|index| fields.get(index).map(Vec::as_slice), fields.len());
                }
                Some(_) => self.row(|_| Some(&[][..]), 1),
                None => {
                    self.find(QUOTES, None, line, "a quote is not closed on its line");
                    self.next_line();
                }
            }
        }
    }

    fn next_line(&mut self) {
        self.line += 1;
        self.parsed.lines = self.line;
    }

    /// Takes one row; a row with a finding adds no values, for the file is refused anyway.
    fn row<'f>(&mut self, field: impl Fn(usize) -> Option<&'f [u8]>, count: usize) {
        if count == 1 && field(0).is_none_or(|only| trimmed(only).is_empty()) {
            self.parsed.blank_lines.push(self.line);
        } else if count != self.layout.names.len() {
            let line = (0..count).filter_map(&field).collect::<Vec<_>>().join(&b',');
            let message = format!("the row has {count} fields, the header {}", self.layout.names.len());
            self.find(RAGGED, None, &line, &message);
        } else {
            let cell = |index: usize| trimmed(field(index).unwrap_or_default());
            if let Some(values) = self.values(&cell) {
                self.push(values);
                self.attributes(&cell);
            }
        }
        self.next_line();
    }

    fn values<'f>(&mut self, cell: &impl Fn(usize) -> &'f [u8]) -> Option<Values> {
        let layout = self.layout;
        let as_of = self.instant_of(cell);
        let asset = self.asset_of(cell(layout.asset));
        let price = self.number(layout.price, cell(layout.price));
        let mut optional = |column: Option<usize>| match column {
            Some(column) => self.number(column, cell(column)),
            None => Some(Decimal::ZERO),
        };
        let market_cap = optional(layout.market_cap);
        let volume = optional(layout.volume);
        let circulating_supply = optional(layout.circulating_supply);
        let as_of = as_of?;
        let known_at = match layout.known_at {
            Some(column) => Some(self.known_at(column, cell(column), as_of)?),
            None => None,
        };
        Some(Values {
            as_of,
            asset: asset?,
            known_at,
            price: price?,
            market_cap: market_cap?,
            volume: volume?,
            circulating_supply: circulating_supply?,
        })
    }

    fn push(&mut self, values: Values) {
        let parsed = &mut self.parsed;
        match parsed.runs.last_mut() {
            Some(run) if run.as_of == values.as_of => run.rows += 1,
            _ => parsed.runs.push(Run { as_of: values.as_of, rows: 1, line: self.line }),
        }
        parsed.asset.push(values.asset);
        parsed.price.push(values.price);
        parsed.market_cap.push(values.market_cap);
        if self.layout.volume.is_some() {
            parsed.volume.push(values.volume);
        }
        if self.layout.circulating_supply.is_some() {
            parsed.circulating_supply.push(values.circulating_supply);
        }
        parsed.known_at.extend(values.known_at);
    }

    fn attributes<'f>(&mut self, cell: &impl Fn(usize) -> &'f [u8]) {
        for (index, &column) in self.layout.attributes.iter().enumerate() {
            let text = cell(column);
            let AttributeCells::Numbers(_) = &self.parsed.attributes[index] else { continue };
            let value = if text.is_empty() { Ok(None) } else { parse_decimal(text, self.excess).map(Some) };
            let value = match value {
                Ok(value) => value,
                Err(problem) if self.named_attributes || problem == DecimalError::TooManyDigits => {
                    self.refuse_number(column, text, problem);
                    None
                }
                Err(_) => {
                    self.parsed.attributes[index] =
                        AttributeCells::Text { line: self.line, text: shown(text) };
                    continue;
                }
            };
            if let AttributeCells::Numbers(values) = &mut self.parsed.attributes[index] {
                values.push(value);
            }
        }
    }

    fn instant_of<'f>(&mut self, cell: &impl Fn(usize) -> &'f [u8]) -> Option<AsOf> {
        let Some(column) = self.layout.as_of else { return self.instant };
        let text = cell(column);
        if text != self.instant_text || self.instant_text.is_empty() {
            self.instant = self.instant(column, text);
            self.instant_text.clear();
            self.instant_text.extend_from_slice(if self.instant.is_some() { text } else { b"" });
        }
        self.instant
    }

    fn known_at(&mut self, column: usize, text: &[u8], as_of: AsOf) -> Option<AsOf> {
        if text.is_empty() {
            return Some(as_of);
        }
        let known_at = self.instant(column, text)?;
        if known_at < as_of {
            self.find(KNOWN_BEFORE, Some(column), text, &format!("known before its own instant {as_of}"));
            return None;
        }
        Some(known_at)
    }

    fn instant(&mut self, column: usize, text: &[u8]) -> Option<AsOf> {
        match std::str::from_utf8(text).map_or(Err(AsOfError::NotADate), str::parse) {
            Ok(instant) => Some(instant),
            Err(problem) => {
                let code = if problem == AsOfError::NoSuchDate { NO_SUCH_DATE } else { NOT_A_DATE };
                self.find(code, Some(column), text, &problem.to_string());
                None
            }
        }
    }

    fn asset_of(&mut self, text: &[u8]) -> Option<u32> {
        if let Some(number) = self.asset_numbers.get(text) {
            return Some(*number);
        }
        let column = Some(self.layout.asset);
        let Ok(name) = std::str::from_utf8(text) else {
            self.find(ENCODING, column, text, "not UTF-8");
            return None;
        };
        match AssetId::new(name) {
            Ok(asset) => {
                let number = u32::try_from(self.parsed.assets.len()).ok()?;
                self.parsed.assets.push(asset);
                self.asset_numbers.insert(text.to_vec(), number);
                Some(number)
            }
            Err(problem) => {
                self.find(BAD_ASSET, column, text, &problem.to_string());
                None
            }
        }
    }

    /// Reads a value that is zero or more; an empty cell is zero, which means unknown.
    fn number(&mut self, column: usize, text: &[u8]) -> Option<Decimal> {
        if text.is_empty() {
            return Some(Decimal::ZERO);
        }
        match parse_decimal(text, self.excess) {
            Ok(value) if value.is_sign_negative() && !value.is_zero() => {
                self.find(NEGATIVE, Some(column), text, "the value is negative");
                None
            }
            Ok(value) => Some(value),
            Err(problem) => {
                self.refuse_number(column, text, problem);
                None
            }
        }
    }

    fn refuse_number(&mut self, column: usize, text: &[u8], problem: DecimalError) {
        let code = match problem {
            DecimalError::NotFinite => NOT_FINITE,
            DecimalError::TooManyDigits | DecimalError::TooLarge => TOO_MANY_DIGITS,
            _ => NOT_A_NUMBER,
        };
        self.find(code, Some(column), text, &problem.to_string());
    }

    fn find(&mut self, code: &'static str, column: Option<usize>, text: &[u8], message: &str) {
        let (line, names) = (self.line, &self.layout.names);
        self.parsed.findings.add(|| Finding {
            line,
            code,
            column: column.and_then(|column| names.get(column).cloned()),
            text: shown(text),
            message: message.to_owned(),
        });
    }
}
