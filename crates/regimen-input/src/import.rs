//! Files of vendors and other programs into the canonical CSV, and a definition to start from.

mod imported;
mod kind;
mod sample;
mod written;

use std::path::PathBuf;

use regimen_types::{
    AsOfFormat, AttributeColumns, Diagnostic, Diagnostics, NamePattern, RowOrder, SnapshotFormat, TableShape,
};

use crate::codes;
use crate::snapshots::files::{SnapshotFile, list};
use crate::snapshots::shaped::{self, Heading, Shape};
use crate::text::blocks::Blocks;
use crate::text::buffers::Buffers;
use crate::text::findings::Findings;
use sample::Sample;

pub use imported::Imported;
pub use kind::ImportKind;
pub use written::{StartingFiles, starting_files, write_snapshots};

const HEADER_BYTES: usize = 1 << 14;

/// How files are imported.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// What the files are.
    pub kind: ImportKind,
    /// How instants are written; `None` if the files show it.
    pub as_of_format: Option<AsOfFormat>,
    /// Where the asset stands in a file's or column's name; `None` for the kind's own.
    pub asset_pattern: Option<NamePattern>,
}

/// Reads files of a vendor or of another program; a folder stands for the CSVs in it.
///
/// Instants that the files do not write in one unambiguous way are refused, with the formats that are
/// possible.
///
/// # Errors
/// [`Diagnostics`] if a file cannot be read, is not of the kind, or can be read in several ways.
pub fn import(paths: &[PathBuf], options: &ImportOptions) -> Result<Imported, Diagnostics> {
    import_as_it_is(paths, options).map(|(imported, _)| imported)
}

/// Imports files, and returns the format in which a definition reads them; `None` if it has no keys for that.
pub(crate) fn import_as_it_is(
    paths: &[PathBuf],
    options: &ImportOptions,
) -> Result<(Imported, Option<SnapshotFormat>), Diagnostics> {
    let default = SnapshotFormat::default();
    let mut files = Vec::new();
    for path in paths {
        files.extend(list(path, &default).map_err(Diagnostics::from)?);
    }
    let mut shaped = Vec::new();
    let mut findings = Findings::default();
    for file in files {
        match shape_of(&file, options) {
            Ok(shape) => shaped.push((file, shape)),
            Err(more) => findings.append(more),
        }
    }
    if !findings.is_empty() {
        return Err(findings.into());
    }
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let snapshots = shaped::read(&shaped, &shown.join(" "), &|_, _| {})?;
    let columns = snapshots.history.columns();
    let has_market_caps = columns.market_cap.iter().any(|cap| !cap.is_zero());
    let has_volumes = columns.volume.iter().any(|volume| !volume.is_zero());
    // One format for all files, with names of columns in their first line.
    let (first, others) = match shaped.split_first() {
        Some(((_, first), others)) => (Some(first), others),
        None => (None, &[][..]),
    };
    let plain = first.filter(|shape| shape.heading == Heading::FirstLine && shape.name_ends_at.is_none());
    let alike = plain.filter(|shape| others.iter().all(|(_, other)| other.format == shape.format));
    let format = alike.filter(|_| paths.len() == 1).map(|shape| shape.format.clone());
    Ok((Imported { snapshots, has_market_caps, has_volumes }, format))
}

/// Returns what the first file looks like.
pub(crate) fn likely_kind(paths: &[PathBuf]) -> Result<ImportKind, Diagnostics> {
    let default = SnapshotFormat::default();
    let mut files = Vec::new();
    for path in paths {
        files.extend(list(path, &default).map_err(Diagnostics::from)?);
    }
    let Some(file) = files.first() else { return Ok(ImportKind::Long) };
    let mut blocks = Blocks::new(file.open().map_err(Diagnostics::from)?, Buffers::new(HEADER_BYTES));
    let header = blocks.header().map_err(Diagnostics::from)?;
    Ok(ImportKind::likely(&String::from_utf8_lossy(&header.line), files.len() > 1))
}

/// Finds out how a file of a kind is written.
fn shape_of(file: &SnapshotFile, options: &ImportOptions) -> Result<Shape, Findings> {
    let kind = options.kind;
    let sample = Sample::read(file, kind)?;
    let columns = kind.columns(&sample.names);
    let as_of_cells = || sample.cells(&columns.as_of);
    let as_of_format = match &options.as_of_format {
        Some(format) => Some(format.clone()),
        None => sample::as_of_format(as_of_cells())
            .map_err(|possible| ambiguous(file, &columns.as_of, &possible))?,
    };
    let shape = TableShape {
        layout: kind.layout(),
        asset_pattern: options.asset_pattern.clone().unwrap_or_else(|| kind.asset_pattern(file.stem())),
        order: RowOrder::Sort,
        separator: sample.separator,
        decimal_mark: sample.decimal_mark(),
        thousands_mark: None,
        unknown: sample.unknown_tokens(),
        as_of_format,
    };
    let attributes = if kind.keeps_further_columns() {
        AttributeColumns::AllNumeric
    } else {
        AttributeColumns::Named(Vec::new())
    };
    let format = SnapshotFormat { columns, attributes, shape, ..SnapshotFormat::default() };
    let name_ends_at = if options.asset_pattern.is_some() { None } else { kind.name_ends_at() };
    Ok(Shape { format, heading: sample.heading, name_ends_at })
}

fn ambiguous(file: &SnapshotFile, column: &str, possible: &[AsOfFormat]) -> Findings {
    let formats: Vec<String> = possible.iter().map(|format| format!("\"{format}\"")).collect();
    let message = format!("the instants can be read as {}", formats.join(" or as "));
    let help = "say which is meant, with --as-of-format";
    Diagnostic::error(codes::AMBIGUOUS.code, &file.shown(), message, help).in_column(column).into()
}
