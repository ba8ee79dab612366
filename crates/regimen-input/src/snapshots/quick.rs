//! Rows as they usually are, in one pass over their bytes.
//!
//! A row is quick if it has the instant of the row before and all its cells are in order. Any other line, a
//! faulty one above all, is left to the parser's thorough way.

use std::mem::replace;

use regimen_types::words::{bytes_up_to, eight_bytes};
use regimen_types::{AsOf, DecimalColumn, ExcessDigits, parse_decimal, parse_leading_decimal};
use rust_decimal::Decimal;

use super::cell_key::CellKey;
use super::layout::{AsOfPlace, Layout};
use super::rows::{AttributeCells, Parser};
use crate::text::line::Lines;

/// What a column holds; numbers and attributes are counted as in [`Layout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    AsOf,
    Asset,
    Number(usize),
    KnownAt,
    Attribute(usize),
    Unread,
}

/// Returns what each column holds, or `None` if one holds several things, so that no row is quick.
pub(crate) fn roles(layout: &Layout) -> Option<Vec<Role>> {
    let as_of = match layout.as_of {
        AsOfPlace::Column(place) => Some((place, Role::AsOf)),
        AsOfPlace::FileName(_) => None,
    };
    let numbers = (0..).zip(layout.numbers).filter_map(|(index, place)| Some((place?, Role::Number(index))));
    let attributes = (0..).zip(&layout.attributes).map(|(index, place)| (*place, Role::Attribute(index)));
    let known_at = layout.known_at.map(|place| (place, Role::KnownAt));
    let read = [(layout.asset, Role::Asset)].into_iter().chain(as_of).chain(known_at);
    let mut roles = vec![Role::Unread; layout.names.len()];
    for (place, role) in read.chain(numbers).chain(attributes) {
        if replace(&mut roles[place], role) != Role::Unread {
            return None;
        }
    }
    Some(roles)
}

impl<'a> Parser<'a> {
    /// Takes the next line if it is a quick row, and returns true if it was. The text has no quotes and is
    /// UTF-8.
    pub(crate) fn take_quick_row(&mut self, roles: &[Role], lines: &mut Lines<'a>) -> bool {
        let rows = self.rows.row_count();
        match self.quick_cells(roles, lines.rest) {
            Some((as_of, asset, rest)) => {
                self.rows.has_lines = true;
                self.rows.keep(lines.number, as_of, asset);
                *lines = Lines { rest, number: lines.number + 1 };
                true
            }
            None => {
                self.rows.forget_after(rows);
                false
            }
        }
    }

    /// Pushes the values of the row that a text begins with, and returns its instant, its asset and what
    /// follows it.
    #[inline]
    fn quick_cells(&mut self, roles: &[Role], text: &'a [u8]) -> Option<(AsOf, u32, &'a [u8])> {
        let as_of = match self.layout.as_of {
            AsOfPlace::Column(_) => self.as_of?.1,
            AsOfPlace::FileName(as_of) => as_of,
        };
        let mut asset = None;
        let mut rest = text;
        for (place, role) in roles.iter().enumerate() {
            if place > 0 {
                rest = rest.strip_prefix(b",")?;
            }
            let length = match *role {
                Role::AsOf => {
                    let (last_text, _) = self.as_of?;
                    last_text.leads(rest).then_some(last_text.length())?
                }
                Role::Asset => {
                    let key = CellKey::leading(rest, cell_length(rest));
                    asset = Some(self.asset_of(key)?);
                    key.length()
                }
                Role::Number(index) => {
                    push_number(&mut self.rows.numbers[index], rest, self.layout.excess_digits)?
                }
                Role::KnownAt => self.push_known_at(rest, as_of)?,
                Role::Attribute(index) => {
                    push_attribute(&mut self.rows.attributes[index], rest, self.layout.excess_digits)?
                }
                Role::Unread => cell_length(rest),
            };
            rest = &rest[length..];
        }
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        Some((as_of, asset?, rest.strip_prefix(b"\n")?))
    }

    fn push_known_at(&mut self, text: &'a [u8], as_of: AsOf) -> Option<usize> {
        let (known_at, length) = match self.known_at {
            _ if cell_length(text) == 0 => (as_of, 0),
            Some((last_text, last)) if last_text.leads(text) => (last, last_text.length()),
            _ => return None,
        };
        self.rows.known_at.push((known_at >= as_of).then_some(known_at)?);
        Some(length)
    }
}

/// Pushes the number that a text begins with, and returns the length of its cell; no text means unknown, as
/// zero does.
#[inline]
fn push_number(values: &mut DecimalColumn, text: &[u8], excess: ExcessDigits) -> Option<usize> {
    match parse_leading_decimal(text) {
        Some(number) if ends_cell(text.get(number.length)) => {
            values.push_leading(number);
            Some(number.length)
        }
        _ => push_other_number(values, text, excess),
    }
}

fn push_other_number(values: &mut DecimalColumn, text: &[u8], excess: ExcessDigits) -> Option<usize> {
    let length = cell_length(text);
    let number = match &text[..length] {
        [] => Decimal::ZERO,
        cell => parse_decimal(cell, excess).ok().filter(Decimal::is_sign_positive)?,
    };
    values.push(number);
    Some(length)
}

fn push_attribute(cells: &mut AttributeCells, text: &[u8], excess: ExcessDigits) -> Option<usize> {
    let length = cell_length(text);
    if cells.refused.is_none() {
        let cell = &text[..length];
        let value = (!cell.is_empty()).then(|| parse_decimal(cell, excess)).transpose().ok()?;
        cells.values.push(value);
    }
    Some(length)
}

fn ends_cell(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b',' | b'\n' | b'\r'))
}

/// Returns the length of the cell that a text begins with.
#[inline]
fn cell_length(text: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() {
        let mut marks = bytes_up_to(eight_bytes(&text[at..]), b',');
        while marks != 0 {
            let end = at + (marks.trailing_zeros() / 8) as usize;
            if ends_cell(text.get(end)) {
                return end;
            }
            marks &= marks - 1;
        }
        at += 8;
    }
    text.len()
}
