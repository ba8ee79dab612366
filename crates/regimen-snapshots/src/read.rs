//! Snapshot files in: exact, in parallel, in one pass.
//!
//! ```text
//! files → source (bytes, gunzip, hash) → blocks of whole lines → block (parallel: fields, numbers) → assembly (in order) → History
//! ```

mod assembly;
mod asset_list;
mod block;
mod codes;
mod files;
mod findings;
mod layout;
mod small;
mod source;
mod table;
mod weights;

use std::path::Path;

use rayon::prelude::*;
use regimen_types::{Diagnostics, History, SnapshotFormat};
use sha2::{Digest, Sha256};

pub use asset_list::read_asset_list;
pub use codes::CODES as READ_CODES;
pub use weights::read_weights;

use crate::run::hex;
use assembly::Assembly;
use block::parse_block;
use files::{FileKind, list_files};
use source::{BLOCK_BYTES, Block, read_blocks};

/// What was read: the history, the files that it came from, and what a person should look at.
#[derive(Debug)]
pub struct SnapshotInput {
    /// The snapshots.
    pub history: History,
    /// The files, in the order of reading.
    pub files: Vec<InputFile>,
    /// Findings that do not keep the input from being used.
    pub warnings: Diagnostics,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// The file's name without its folder.
    pub name: String,
    /// Its size as stored.
    pub bytes: u64,
    /// The SHA-256 of its bytes as stored, in hexadecimal.
    pub sha256: String,
}

impl InputFile {
    /// Describes a file whose bytes were read elsewhere.
    #[must_use]
    pub fn of(path: &Path, bytes: &[u8]) -> Self {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Self { name, bytes: bytes.len() as u64, sha256: hex(&Sha256::digest(bytes)) }
    }
}

/// Called with the bytes read so far and the bytes in all.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Reads snapshots from one long CSV or from a folder of CSVs, each plain or gzipped.
///
/// The result is the same for any number of threads.
///
/// # Errors
/// All findings up to a limit, each with file, line, column, text and remedy; nothing is read by halves.
pub fn read_snapshots(
    path: &Path,
    format: &SnapshotFormat,
    progress: Progress<'_>,
) -> Result<SnapshotInput, Diagnostics> {
    read_in_blocks(path, format, progress, BLOCK_BYTES)
}

fn read_in_blocks(
    path: &Path,
    format: &SnapshotFormat,
    progress: Progress<'_>,
    block_bytes: usize,
) -> Result<SnapshotInput, Diagnostics> {
    let files = list_files(path, FileKind::Snapshots)?;
    let mut assembly = Assembly::new(format);
    // Twice as many blocks as threads are parsed at a time, and as many are read ahead.
    let batch = rayon::current_num_threads().saturating_mul(2);
    let (sender, receiver) = std::sync::mpsc::sync_channel::<Block>(batch);
    let read = std::thread::scope(|scope| {
        let reader = scope.spawn(|| read_blocks(&files, format, block_bytes, progress, sender));
        loop {
            let blocks: Vec<Block> = receiver.iter().take(batch).collect();
            if blocks.is_empty() {
                break;
            }
            let parsed: Vec<_> = blocks.par_iter().map(|block| parse_block(block, format)).collect();
            for (block, parsed) in blocks.into_iter().zip(parsed) {
                assembly.append(&block, parsed);
            }
        }
        reader.join()
    });
    // A reader that panicked would be a bug of ours; it must not look like a file that was read.
    let inputs = read.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    assembly.finish(inputs)
}

#[cfg(test)]
mod tests;
