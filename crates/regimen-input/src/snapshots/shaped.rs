//! Snapshots in any other shape than plain CSV: wide, a file per asset, unsorted, with other marks.
//!
//! Such files are small, so they are held whole and read the thorough way, on one thread: the quick way
//! knows nothing of them.

mod cell_text;
mod heading;
mod places;
mod records;

use regimen_types::{Diagnostics, SnapshotFormat, SnapshotLayout};

use super::files::SnapshotFile;
use super::merge::SnapshotInput;
use crate::input_file::InputFile;
use crate::text::blocks::{BLOCK_BYTES, Blocks};
use crate::text::buffers::Buffers;
use crate::text::cells;
use crate::text::findings::Findings;
use crate::text::header::bad_quotes;
use crate::text::line;
use places::{FileName, Places};
use records::Records;

pub(crate) use heading::Heading;

/// The shape of files: what a definition says, and how the columns get their names.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) format: SnapshotFormat,
    pub(crate) heading: Heading,
    /// What ends the asset in a file's name, where the rest differs from file to file; `None` if
    /// nothing does.
    pub(crate) name_ends_at: Option<char>,
}

/// Reads files into one history, in the order of time. The shapes have one layout and order; `shown` is what
/// the user calls the files together.
pub(crate) fn read(
    files: &[(SnapshotFile, Shape)],
    shown: &str,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<SnapshotInput, Diagnostics> {
    let total = files.iter().map(|(file, _)| file.bytes).sum();
    let mut records = Records::default();
    let mut findings = Findings::default();
    let mut read_bytes = 0_u64;
    let mut inputs = Vec::new();
    for (file, shape) in files {
        let outcome = read_file(file, shape, &mut records, &mut findings);
        read_bytes += file.bytes;
        progress(read_bytes.min(total), total);
        match outcome {
            Ok(input) if inputs.last() != Some(&input) => inputs.push(input),
            Ok(_) => {}
            Err(more) => findings.append(more),
        }
    }
    let shape = files.first().map(|(_, shape)| shape.format.shape.clone()).unwrap_or_default();
    let sorted = records.sort(shape.order, shape.layout == SnapshotLayout::Long);
    findings.append(sorted.faults);
    if !findings.is_empty() {
        return Err(findings.into());
    }
    let (history, further) = records.history(shown)?;
    let mut warnings = sorted.warnings;
    warnings.append(further);
    Ok(SnapshotInput { history, files: inputs, warnings: warnings.into() })
}

/// Reads a file's rows. A block with faults is the last that is read.
fn read_file(
    file: &SnapshotFile,
    shape: &Shape,
    records: &mut Records,
    findings: &mut Findings,
) -> Result<InputFile, Findings> {
    let source = file.open()?;
    let shown = file.shown();
    let mut blocks = Blocks::new(source, Buffers::new(BLOCK_BYTES));
    let separator = shape.format.shape.separator;
    let mut heading = shape.heading.begin();
    let stem = shape.name_ends_at.and_then(|end| file.stem().split(end).next()).unwrap_or(file.stem());
    let name = FileName { shown: &shown, stem };
    let mut places: Option<Places> = heading
        .names_without_line()
        .map(|names| Places::new(name, 1, names, &shape.format, records))
        .transpose()?;
    let number = records.begin_file(&shown);
    let mut faults = Findings::default();
    while let Some(block) = blocks.next()? {
        for (line, text) in block.lines() {
            let Some(places) = &mut places else {
                if let Some(names) = heading.take(&shown, line, text, separator)? {
                    places = Some(Places::new(name, line, names, &shape.format, records)?);
                }
                continue;
            };
            let mut fields = Vec::new();
            if let Some(finding) = cells::not_utf8(&shown, line, text) {
                faults.add(|| finding);
            } else if let Err(error) = line::split_at(separator, text, &mut fields) {
                faults.add(|| bad_quotes(&shown, line, text, error));
            } else if fields.len() != places.names.len() {
                faults.add(|| cells::field_count(&shown, line, text, fields.len(), places.names.len()));
            } else {
                fields.iter_mut().for_each(|field| *field = field.trim_ascii());
                if let Err(more) = places.add_row(number, line, &fields, records) {
                    faults.append(more);
                }
            }
        }
        if !faults.is_empty() {
            break;
        }
    }
    if faults.is_empty() {
        records.end_file(&shown, places.is_some())?;
    }
    findings.append(faults);
    Ok(blocks.into_source().finish(file.name.clone()))
}
