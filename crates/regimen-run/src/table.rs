//! Tables of a run folder: how one is declared, and how it is read: strictly, each field in the one form that
//! the writer gives it.

use std::fmt::{self, Display, Write};
use std::marker::PhantomData;
use std::str::FromStr;

use memchr::memchr;
use regimen_analytics::Attribution;
use regimen_replay::Step;
use regimen_types::{AsOf, CodeEntry, Diagnostic, PriceJump};
use serde_json::Value;

use crate::codes::{FIELD, Fault, TABLE_SHAPE, fault};
use crate::row_text::quoted;

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name in the header.
    pub name: &'static str,
    /// What the column holds, as Markdown.
    pub meaning: &'static str,
}

pub(crate) const fn column(name: &'static str, meaning: &'static str) -> Column {
    Column { name, meaning }
}

/// A table of a run folder. All of it is declared where this is implemented: the file, its columns and what
/// they mean, what a run writes into it, and, as a [`TableRow`], how it is read. `tables.rs` lists all
/// tables.
pub(crate) trait RunTable {
    /// The file's name.
    const FILE: &'static str;
    /// What has one row.
    const ONE_ROW_PER: &'static str;
    /// The columns in their order.
    const COLUMNS: &'static [Column];
    /// Returns true for a methodology whose runs have the table; `None` if all runs have it. Such a table
    /// stands after the documents in the manifest.
    const WRITTEN_IF: Option<fn(&Value) -> bool> = None;

    /// Appends the rows that a step adds: none, unless the table has rows of steps.
    fn write_step(_text: &mut Vec<u8>, _record: &StepRecord<'_>) {}

    /// Appends the rows that a suspect price adds: none, unless the table is about them.
    fn write_suspect(_text: &mut Vec<u8>, _jump: &PriceJump) {}
}

/// What a step of a run gives the tables to write.
#[derive(Clone, Copy)]
pub(crate) struct StepRecord<'a> {
    pub(crate) step: &'a Step<'a>,
    pub(crate) attribution: &'a Attribution,
    /// The decimal places of money.
    pub(crate) money_scale: u32,
}

/// A row of a table that can be read.
pub(crate) trait TableRow<'a>: RunTable + Sized {
    /// Reads the fields in the order of the columns.
    fn read(cells: &mut Cells<'a, '_>) -> Result<Self, Fault>;

    /// Returns the row's line in the file, from 1.
    fn line(&self) -> u64;
}

/// Returns the header of a table with these columns.
pub(crate) fn header(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    names.join(",")
}

/// The rows of a table, one per line. A faulty row is an item like any other, and reading goes on after it.
pub(crate) struct Table<'a, R> {
    rest: &'a [u8],
    line: u64,
    instant: Option<(&'a str, AsOf)>,
    row: PhantomData<R>,
}

impl<'a, R: TableRow<'a>> Table<'a, R> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { rest: text, line: 0, instant: None, row: PhantomData }
    }

    /// Reads rows from the midst of a table; the first one stands in line `line`, after the header.
    pub(crate) fn rows_from(line: u64, text: &'a [u8]) -> Self {
        Self { line: line.saturating_sub(1), ..Self::new(text) }
    }

    /// Takes the next line, without its line feed, which every line must have.
    fn next_line(&mut self) -> Result<&'a str, Fault> {
        self.line += 1;
        let (line, rest) = match memchr(b'\n', self.rest) {
            Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
            None => {
                let line = std::mem::take(&mut self.rest);
                return Err(self.shape("the last line has no line feed", line));
            }
        };
        self.rest = rest;
        str::from_utf8(line).map_err(|_| self.shape("the line is not UTF-8", line))
    }

    fn shape(&self, found: impl Display, line: &[u8]) -> Fault {
        fault(TABLE_SHAPE, R::FILE, found).at_line(self.line).quoting(&String::from_utf8_lossy(line)).into()
    }

    fn read_header(&mut self) -> Option<Fault> {
        match self.next_line() {
            Ok(line) if line.split(',').eq(R::COLUMNS.iter().map(|column| column.name)) => None,
            Ok(line) => {
                let expected = header(R::COLUMNS);
                Some(self.shape(format_args!("the header is not `{expected}`"), line.as_bytes()))
            }
            Err(fault) => Some(fault),
        }
    }

    fn read_row(&mut self) -> Result<R, Fault> {
        let text = self.next_line()?;
        let mut cells = Cells {
            file: R::FILE,
            columns: R::COLUMNS,
            line: self.line,
            index: 0,
            rest: Some(text),
            instant: &mut self.instant,
        };
        let row = R::read(&mut cells)?;
        match cells.rest {
            None => Ok(row),
            Some(_) => Err(cells.shape("the row has more columns than the header")),
        }
    }
}

impl<'a, R: TableRow<'a>> Iterator for Table<'a, R> {
    type Item = Result<R, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.line == 0
            && let Some(fault) = self.read_header()
        {
            return Some(Err(fault));
        }
        (!self.rest.is_empty()).then(|| self.read_row())
    }
}

/// The fields of one row, taken from left to right.
pub(crate) struct Cells<'a, 't> {
    file: &'static str,
    columns: &'static [Column],
    line: u64,
    index: usize,
    rest: Option<&'a str>,
    /// The last instant read, which the next rows mostly share.
    instant: &'t mut Option<(&'a str, AsOf)>,
}

impl<'a> Cells<'a, '_> {
    /// Returns the row's line in the file, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Takes the next field as it stands.
    pub(crate) fn text(&mut self) -> Result<&'a str, Fault> {
        let Some(rest) = self.rest else {
            return Err(self.shape("the row has fewer columns than the header"));
        };
        let (cell, rest) = match memchr(b',', rest.as_bytes()) {
            Some(end) => (&rest[..end], Some(&rest[end + 1..])),
            None => (rest, None),
        };
        self.rest = rest;
        self.index += 1;
        Ok(cell)
    }

    /// Takes the next field, which must be the text that its value prints.
    pub(crate) fn value<T: FromStr<Err: Display> + Display>(&mut self) -> Result<T, Fault> {
        let text = self.text()?;
        self.parse(text)
    }

    /// Takes the next field, which may be empty.
    pub(crate) fn optional<T: FromStr<Err: Display> + Display>(&mut self) -> Result<Option<T>, Fault> {
        let text = self.text()?;
        if text.is_empty() { Ok(None) } else { self.parse(text).map(Some) }
    }

    /// Takes the next field as an instant.
    pub(crate) fn instant(&mut self) -> Result<AsOf, Fault> {
        let text = self.text()?;
        match *self.instant {
            Some((known, instant)) if known == text => Ok(instant),
            _ => {
                let instant = self.parse(text)?;
                *self.instant = Some((text, instant));
                Ok(instant)
            }
        }
    }

    /// Takes the next field as one of the names that `from_name` knows.
    pub(crate) fn named<T>(&mut self, from_name: impl Fn(&str) -> Option<T>) -> Result<T, Fault> {
        let text = self.text()?;
        from_name(text).ok_or_else(|| self.bad(text, "not one of the names that the column may hold"))
    }

    /// Takes the next field as a name that may be empty.
    pub(crate) fn optional_name<T>(
        &mut self,
        from_name: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        self.named(|text| if text.is_empty() { Some(None) } else { from_name(text).map(Some) })
    }

    /// Takes the next field as free text, in quotes where it needs them and only there.
    pub(crate) fn quoted_text(&mut self) -> Result<String, Fault> {
        let Some(rest) = self.rest.filter(|rest| rest.starts_with('"')) else {
            let text = self.text()?;
            return if text.contains('"') {
                Err(self.bad(text, "a quote inside a field without quotes"))
            } else {
                Ok(text.to_owned())
            };
        };
        let inner = &rest[1..];
        let end = closing_quote(inner).ok_or_else(|| self.shape("a quoted field has no end"))?;
        let (raw, after) = (&rest[..end + 2], &inner[end + 1..]);
        self.index += 1;
        self.rest = match after.strip_prefix(',') {
            Some(rest) => Some(rest),
            None if after.is_empty() => None,
            None => return Err(self.bad(raw, "followed by more than a comma")),
        };
        let text = inner[..end].replace("\"\"", "\"");
        if quoted(&text) == raw { Ok(text) } else { Err(self.bad(raw, "in quotes that it does not need")) }
    }

    /// Takes the next field, which must hold the words that belong to the code before it.
    pub(crate) fn words(&mut self, expected: &str) -> Result<(), Fault> {
        let found = self.quoted_text()?;
        if found == expected { Ok(()) } else { Err(self.bad(&found, "not the words of the code beside it")) }
    }

    /// Builds a fault of the field that was taken last.
    pub(crate) fn bad(&self, text: &str, found: impl Display) -> Fault {
        self.located(FIELD, format_args!("the field is {found}")).quoting(text).into()
    }

    /// Builds a fault of the field that was taken last.
    pub(crate) fn fault(&self, entry: CodeEntry, found: impl Display) -> Fault {
        self.located(entry, found).into()
    }

    fn located(&self, entry: CodeEntry, found: impl Display) -> Diagnostic {
        let column = self.columns.get(self.index.saturating_sub(1)).map_or("", |column| column.name);
        fault(entry, self.file, found).at_line(self.line).in_column(column)
    }

    fn shape(&self, found: impl Display) -> Fault {
        fault(TABLE_SHAPE, self.file, found).at_line(self.line).into()
    }

    fn parse<T: FromStr<Err: Display> + Display>(&self, text: &str) -> Result<T, Fault> {
        let value = text.parse::<T>().map_err(|error| self.bad(text, error))?;
        if prints_as(&value, text) {
            Ok(value)
        } else {
            Err(self.bad(text, format_args!("not written as {value}")))
        }
    }
}

/// Finds the quote that ends a field: the first one that is not doubled.
fn closing_quote(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let quote = from + memchr(b'"', &text.as_bytes()[from..])?;
        if text.as_bytes().get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        from = quote + 2;
    }
}

/// Returns true if a value prints as a text, without printing it elsewhere.
fn prints_as(value: &impl Display, text: &str) -> bool {
    let mut expected = Expected(text);
    write!(expected, "{value}").is_ok() && expected.0.is_empty()
}

struct Expected<'a>(&'a str);

impl Write for Expected<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(part).ok_or(fmt::Error)?;
        Ok(())
    }
}
