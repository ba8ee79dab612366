//! A file's cells as texts, from which marks and formats are told.

use std::collections::BTreeSet;

use regimen_types::{AsOf, AsOfFormat, DecimalMark, Separator};

use super::kind::ImportKind;
use crate::snapshots::files::SnapshotFile;
use crate::snapshots::shaped::Heading;
use crate::text::blocks::{BLOCK_BYTES, Blocks};
use crate::text::buffers::Buffers;
use crate::text::cells::is_unknown_token;
use crate::text::findings::Findings;
use crate::text::header::line_cells;

/// The rows that a sample holds: those beyond are read by what these show, and refused if they differ.
const ROWS_MAX: usize = 100_000;

/// A file's rows as texts.
pub(super) struct Sample {
    pub(super) separator: Separator,
    pub(super) heading: Heading,
    pub(super) names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sample {
    pub(super) fn read(file: &SnapshotFile, kind: ImportKind) -> Result<Self, Findings> {
        let mut blocks = Blocks::new(file.open()?, Buffers::new(BLOCK_BYTES));
        let shown = file.shown();
        let header = blocks.header()?;
        let separator = kind.separator().unwrap_or_else(|| likely_separator(&header.line));
        let first_line = String::from_utf8_lossy(&header.line).into_owned();
        let first_cell = first_line.split(char::from(separator.byte())).next().unwrap_or_default();
        let heading = kind.heading(first_cell.trim());
        let mut begun = heading.begin();
        let mut names = begun.names_without_line();
        let mut rows = Vec::new();
        match names {
            Some(_) => rows.push(line_cells(&shown, header.number, &header.line, separator)?),
            None => names = begun.take(&shown, header.number, &header.line, separator)?,
        }
        let mut next = Some(header.rest);
        while let Some(block) = next {
            for (number, line) in block.lines() {
                match names {
                    None => names = begun.take(&shown, number, line, separator)?,
                    Some(_) => rows.push(line_cells(&shown, number, line, separator)?),
                }
            }
            next = if rows.len() < ROWS_MAX { blocks.next()? } else { None };
        }
        drop(begun);
        Ok(Self { separator, heading, names: names.unwrap_or_default(), rows })
    }

    /// Returns the cells of a column.
    pub(super) fn cells<'a>(&'a self, column: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let place = self.names.iter().position(|name| name == column);
        self.rows.iter().filter_map(move |row| row.get(place?)).map(String::as_str)
    }

    fn all_cells(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().flatten().map(String::as_str)
    }

    /// Returns the texts that usually mean an unknown value, as far as they occur.
    pub(super) fn unknown_tokens(&self) -> Vec<String> {
        let tokens: BTreeSet<&str> =
            self.all_cells().filter(|cell| is_unknown_token(cell.as_bytes())).collect();
        tokens.into_iter().map(str::to_owned).collect()
    }

    /// Returns the decimal mark. It can be a comma only where commas separate nothing, and it is one if some
    /// number with a comma has no groups of three digits; reading then checks the others.
    pub(super) fn decimal_mark(&self) -> DecimalMark {
        let is_marked = |cell: &&str| {
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            cell.split_once(',')
                .is_some_and(|(whole, fraction)| digits(whole) && digits(fraction) && fraction.len() != 3)
        };
        match self.separator {
            Separator::Comma => DecimalMark::Point,
            _ if self.all_cells().any(|cell| is_marked(&cell)) => DecimalMark::Comma,
            _ => DecimalMark::Point,
        }
    }
}

/// Returns the separator that occurs most often in a header; a comma if none does.
fn likely_separator(header: &[u8]) -> Separator {
    let count = |separator: &Separator| header.iter().filter(|byte| **byte == separator.byte()).count();
    // Of several with the same count the last is taken, so the comma stands last.
    let by_need = [Separator::Bar, Separator::Tab, Separator::Semicolon, Separator::Comma];
    by_need.into_iter().max_by_key(count).unwrap_or_default()
}

/// Returns the format of instants that fits every cell, `None` for ISO 8601; or the formats that do, if there
/// are several. If no format fits, ISO 8601 is returned, so that reading describes the cells.
pub(super) fn as_of_format<'a>(
    cells: impl Iterator<Item = &'a str>,
) -> Result<Option<AsOfFormat>, Vec<AsOfFormat>> {
    let mut possible: Option<Vec<AsOfFormat>> = None;
    for cell in cells {
        if possible.is_none() && cell.parse::<AsOf>().is_ok() {
            return Ok(None);
        }
        match &mut possible {
            None => possible = Some(AsOfFormat::possible(cell)),
            Some(possible) => possible.retain(|format| format.parse(cell).is_ok()),
        }
    }
    let mut possible = possible.unwrap_or_default();
    match possible.len() {
        0 | 1 => Ok(possible.pop()),
        _ => Err(possible),
    }
}
