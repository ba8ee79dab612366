//! Parquet to frame: the one place that trusts polars with a file's bytes.

use std::fs;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::{DataFrame, ParquetReader, PolarsError, SerReader};
use polars_parquet::parquet::metadata::{ColumnChunkMetadata, FileMetadata};
use polars_parquet::parquet::page::CompressedPage;
use polars_parquet::parquet::read::PageReader;

use crate::error::{NOT_PARQUET, PanelError, UNREADABLE};

/// Loads a Parquet file as it is.
pub(crate) fn load(path: &Path) -> Result<DataFrame, PanelError> {
    let bytes = fs::read(path).map_err(|error| PanelError::new(UNREADABLE, path, error.to_string()))?;
    // Polars meets some damage with a panic, which must not end the caller.
    let reason = match catch_unwind(AssertUnwindSafe(|| decode(bytes))) {
        Ok(Ok(frame)) => return Ok(frame),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "the file cannot be decoded".to_owned(),
    };
    Err(PanelError::new(NOT_PARQUET, path, reason))
}

/// Decodes a file after its counts of values were found to agree. Polars allocates as much as they announce,
/// and an allocation that fails ends the process.
fn decode(bytes: Vec<u8>) -> Result<DataFrame, PolarsError> {
    let mut reader = ParquetReader::new(Cursor::new(&bytes));
    let footer = reader.get_metadata()?;
    if !counts_agree(footer, &bytes)? {
        return Err(PolarsError::ComputeError("its counts of rows disagree".into()));
    }
    reader.finish()
}

/// Returns true if the footer, its row groups, their columns and the columns' pages agree on the number of
/// rows.
fn counts_agree(footer: &FileMetadata, bytes: &[u8]) -> Result<bool, PolarsError> {
    let mut rows = 0_usize;
    for group in &footer.row_groups {
        rows = rows.saturating_add(group.num_rows());
        for column in group.parquet_columns() {
            if values_in_pages(column, bytes)? != Some(group.num_rows()) {
                return Ok(false);
            }
        }
    }
    Ok(rows == footer.num_rows)
}

/// Counts the values announced by a column's page headers. Returns `None` if the column lies outside the
/// file.
fn values_in_pages(column: &ColumnChunkMetadata, bytes: &[u8]) -> Result<Option<usize>, PolarsError> {
    let range = column.byte_range();
    let (Ok(start), Ok(end)) = (usize::try_from(range.start), usize::try_from(range.end)) else {
        return Ok(None);
    };
    let Some(pages) = bytes.get(start..end) else {
        return Ok(None);
    };
    let pages = PageReader::new(Cursor::new(pages.to_vec().into()), column, Vec::new(), usize::MAX);
    let mut values = 0_usize;
    for page in pages {
        if let CompressedPage::Data(page) = page? {
            values = values.saturating_add(page.num_values());
        }
    }
    Ok(Some(values))
}
