//! Small tables, read as text: asset list and weights.

use std::path::Path;

use regimen_types::Diagnostics;

use super::InputFile;
use super::codes::{EMPTY, ENCODING, QUOTES, RAGGED, REPEATED_COLUMN};
use super::files::{FileKind, list_files};
use super::findings::{Collected, error};
use super::source::read_whole;
use super::table::fields_of;

/// A table of text with the names of its columns.
pub(crate) struct SmallTable {
    file: String,
    names: Vec<String>,
    rows: Vec<SmallRow>,
    input: InputFile,
}

/// A row of text.
pub(crate) struct SmallRow {
    /// The line, from 1.
    pub(crate) line: u64,
    fields: Vec<String>,
}

impl SmallTable {
    /// Reads a CSV, plain or gzipped; blank lines are passed over.
    pub(crate) fn read(path: &Path) -> Result<Self, Diagnostics> {
        let files = list_files(path, FileKind::Single)?;
        let Some(file) = files.first() else { return Err(error(EMPTY, "", "there is no file").into()) };
        let (bytes, input) = read_whole(file)?;
        let mut collected = Collected::default();
        let mut rows = Vec::new();
        for (line, bytes) in (1_u64..).zip(bytes.split(|byte| *byte == b'\n')) {
            match text_fields(bytes) {
                Ok(fields) if fields.iter().all(String::is_empty) => {}
                Ok(fields) => rows.push(SmallRow { line, fields }),
                Err((code, message)) => collected.add(error(code, &file.shown, message).at_line(line)),
            }
        }
        if collected.has_errors() {
            return Err(collected.diagnostics);
        }
        let mut rows = rows.into_iter();
        let Some(header) = rows.next() else {
            return Err(error(EMPTY, &file.shown, "the file is empty").into());
        };
        let table = Self { file: file.shown.clone(), names: header.fields, rows: rows.collect(), input };
        table.check()?;
        Ok(table)
    }

    fn check(&self) -> Result<(), Diagnostics> {
        let repeated = (1..self.names.len()).find(|index| self.names[..*index].contains(&self.names[*index]));
        if let Some(index) = repeated {
            let name = &self.names[index];
            let message = format!("the header names the column `{name}` twice");
            return Err(error(REPEATED_COLUMN, &self.file, message)
                .at_line(1)
                .in_column(name.clone())
                .into());
        }
        match self.rows.iter().find(|row| row.fields.len() != self.names.len()) {
            Some(row) => {
                let message =
                    format!("the row has {} fields, the header {}", row.fields.len(), self.names.len());
                Err(error(RAGGED, &self.file, message)
                    .at_line(row.line)
                    .quoting(&row.fields.join(","))
                    .into())
            }
            None => Ok(()),
        }
    }

    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the position of the first of these columns that is there.
    pub(crate) fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.names.iter().position(|each| each == name))
    }

    pub(crate) fn rows(&self) -> &[SmallRow] {
        &self.rows
    }

    pub(crate) fn into_input(self) -> InputFile {
        self.input
    }
}

impl SmallRow {
    pub(crate) fn field(&self, column: usize) -> &str {
        self.fields.get(column).map_or("", String::as_str)
    }
}

fn text_fields(line: &[u8]) -> Result<Vec<String>, (&'static str, &'static str)> {
    let fields = fields_of(line).ok_or((QUOTES, "a quote is not closed on its line"))?;
    let text = |field: Vec<u8>| String::from_utf8(field).map_err(|_| (ENCODING, "the line is not UTF-8"));
    fields.into_iter().map(text).collect()
}
