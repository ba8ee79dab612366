//! A small CSV, held whole: its columns are found by name.

use std::path::Path;

use regimen_types::{Diagnostic, Diagnostics};

use crate::codes;
use crate::input_file::InputFile;
use crate::text::blocks::{BLOCK_BYTES, Blocks};
use crate::text::buffers::Buffers;
use crate::text::cells::{self, Cell};
use crate::text::findings::Findings;
use crate::text::header::{KnownColumns, bad_quotes, column_names, missing_column, resembling};
use crate::text::line;
use crate::text::source::Source;

/// A larger table is not one of those that are held whole, or unpacks without end.
const TEXT_BYTES_MAX: usize = 256 << 20;

/// A small CSV, held whole.
pub(crate) struct Table {
    file: String,
    header_line: u64,
    names: Vec<String>,
    pub(crate) rows: Vec<TableRow>,
    /// About lines that are no rows.
    findings: Findings,
    input: InputFile,
}

pub(crate) struct TableRow {
    pub(crate) line: u64,
    /// One for each name of the table.
    pub(crate) cells: Vec<String>,
}

impl Table {
    /// Reads a file whose reader looks for some columns. A further one is passed over, unless it resembles
    /// one of these that the file lacks.
    pub(crate) fn read(path: &Path, columns: &KnownColumns<'_>) -> Result<Self, Diagnostics> {
        let source = Source::open(path)?;
        let file = source.file.clone();
        let mut blocks = Blocks::new(source, Buffers::new(BLOCK_BYTES));
        let header = blocks.header()?;
        let names = column_names(&file, &header).map_err(Diagnostics::from)?;
        let header_line = header.number;
        if let Some(finding) = resembling(&file, header_line, &names, columns) {
            return Err(finding.into());
        }
        let mut rows = Vec::new();
        let mut findings = Findings::default();
        let mut next = Some(header.rest);
        let mut bytes = 0_usize;
        while let Some(block) = next {
            bytes = bytes.saturating_add(block.text().len());
            if bytes > TEXT_BYTES_MAX {
                let (message, help) =
                    ("the table is larger than 256 MiB", "check that it is the file that is meant");
                return Err(Diagnostic::error(codes::TOO_LONG.code, &file, message, help).into());
            }
            for (line, text) in block.lines() {
                match cells_of(&file, line, text, names.len()) {
                    Ok(cells) => rows.push(TableRow { line, cells }),
                    Err(more) => findings.append(more),
                }
            }
            if !findings.is_empty() {
                break;
            }
            next = blocks.next()?;
        }
        if rows.is_empty() && findings.is_empty() {
            let message = "the file has a header but no row";
            return Err(
                Diagnostic::error(codes::HEADER_ONLY.code, &file, message, "write the file again").into()
            );
        }
        let input = blocks.into_source().finish(InputFile::name_of(path));
        Ok(Self { file, header_line, names, rows, findings, input })
    }

    /// Finds the column that has the first of these names that occurs.
    pub(crate) fn place(&self, wanted: &[&str]) -> Option<usize> {
        wanted.iter().find_map(|wanted| self.names.iter().position(|name| name == wanted))
    }

    pub(crate) fn needed(&self, wanted: &[&str]) -> Result<usize, Diagnostics> {
        self.place(wanted).ok_or_else(|| {
            let finding = missing_column(&self.file, self.header_line, &self.names, wanted[0], None);
            Diagnostics::from(finding)
        })
    }

    pub(crate) fn cell<'a>(&'a self, row: &'a TableRow, place: usize) -> Cell<'a> {
        let (column, text) = (&self.names[place], row.cells[place].as_bytes());
        Cell { file: &self.file, line: row.line, column, text }
    }

    pub(crate) fn finish<T>(self, content: T, about_rows: Findings) -> Result<(T, InputFile), Diagnostics> {
        let mut findings = self.findings;
        findings.join(about_rows);
        if findings.is_empty() { Ok((content, self.input)) } else { Err(findings.into()) }
    }
}

fn cells_of(file: &str, line: u64, text: &[u8], expected: usize) -> Result<Vec<String>, Findings> {
    if let Some(finding) = cells::not_utf8(file, line, text) {
        return Err(finding.into());
    }
    let mut fields = Vec::new();
    line::split(text, &mut fields).map_err(|error| bad_quotes(file, line, text, error))?;
    if fields.len() != expected {
        return Err(cells::field_count(file, line, text, fields.len(), expected).into());
    }
    Ok(fields.into_iter().map(|field| line::unescaped(field).trim().to_owned()).collect())
}
