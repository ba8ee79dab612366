//! Snapshots: one long CSV, or a folder of one-date CSVs, into a history.
//!
//! One thread reads, hashes and unpacks the files and cuts their text into blocks of whole lines. Blocks are
//! parsed in parallel and merged in the order of the input: the result does not depend on the number of
//! threads, and what is held in memory beyond the history is a few blocks.

mod cell_key;
pub(crate) mod files;
mod layout;
mod merge;
mod parse;
mod quick;
mod rows;
pub(crate) mod shaped;

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use regimen_types::{Diagnostics, SnapshotFormat};

use crate::input_file::InputFile;
use crate::text::blocks::{BLOCK_BYTES, Block, Blocks};
use crate::text::buffers::Buffers;
use crate::text::findings::Findings;
use crate::text::source::Source;
use files::SnapshotFile;
use layout::Layout;
use merge::Merge;
use rows::ParsedBlock;
use shaped::{Heading, Shape};

pub use merge::SnapshotInput;

/// The pieces that may wait to be parsed, and those that may be under way from there to being merged.
const PIECES_AHEAD: usize = 8;
/// The text that is still read after a fault, to show what else is wrong: a file that is refused anyway may
/// unpack to any size.
const FAULTY_BYTES_MAX: usize = 1 << 26;

/// Reads snapshots from one long CSV, sorted by date, or from a folder of one-date CSVs, each optionally
/// gzipped.
///
/// A folder's files are taken in the order of the dates in their names, or else of those in their first rows;
/// files other than `.csv` and `.csv.gz` are passed over. `progress` is told the stored bytes that have been
/// read, and all that there are.
///
/// Digits are kept exactly. An empty or zero price, cap, volume or supply is unknown. The result depends on
/// the files and the format alone, not on the number of threads.
///
/// # Errors
/// [`Diagnostics`], the first twenty shown, if the input cannot be used as a whole; [`CODES`](crate::CODES)
/// lists why.
pub fn read_snapshots(
    path: &Path,
    format: &SnapshotFormat,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<SnapshotInput, Diagnostics> {
    read_in_blocks(path, format, progress, BLOCK_BYTES)
}

fn read_in_blocks(
    path: &Path,
    format: &SnapshotFormat,
    progress: &(dyn Fn(u64, u64) + Sync),
    block_bytes: usize,
) -> Result<SnapshotInput, Diagnostics> {
    let files = files::list(path, format)?;
    let shown = path.display().to_string();
    if !format.shape.is_plain() {
        let shape = Shape { format: format.clone(), heading: Heading::FirstLine, name_ends_at: None };
        let files: Vec<_> = files.into_iter().map(|file| (file, shape.clone())).collect();
        return shaped::read(&files, &shown, progress);
    }
    let total = files.iter().map(|file| file.bytes).sum();
    let merge = std::thread::scope(|scope| {
        let (sender, pieces) = sync_channel(PIECES_AHEAD);
        scope.spawn(move || send_pieces(files, format, block_bytes, &sender));
        merge_pieces(pieces, &|stored_bytes| progress(stored_bytes.min(total), total))
    });
    merge.finish(&shown)
}

/// What the reading thread hands on, in the order of the input.
enum Piece {
    Block {
        layout: Arc<Layout>,
        block: Block,
        /// The bytes of all files that have been read by now.
        stored_bytes: u64,
    },
    /// The file cannot be read to its end.
    Failed(Findings),
    FileEnd {
        input: InputFile,
        /// The name that the user gave the file.
        shown: String,
    },
}

/// A piece whose rows are parsed.
enum Parsed {
    Block { rows: Box<ParsedBlock>, text_bytes: usize, stored_bytes: u64 },
    Failed(Findings),
    FileEnd { input: InputFile, shown: String },
}

fn send_pieces(
    files: Vec<SnapshotFile>,
    format: &SnapshotFormat,
    block_bytes: usize,
    sender: &SyncSender<Piece>,
) {
    let buffers = Buffers::new(block_bytes);
    let mut stored_before = 0;
    for file in files {
        stored_before += file.bytes;
        let stored_before = stored_before - file.bytes;
        let last = match send_blocks(&file, format, &buffers, stored_before, sender) {
            Ok(source) => Piece::FileEnd { shown: source.file.clone(), input: source.finish(file.name) },
            Err(findings) => Piece::Failed(findings),
        };
        if sender.send(last).is_err() {
            return;
        }
    }
}

fn send_blocks(
    file: &SnapshotFile,
    format: &SnapshotFormat,
    buffers: &Buffers,
    stored_before: u64,
    sender: &SyncSender<Piece>,
) -> Result<Source, Findings> {
    let mut blocks = Blocks::new(file.open()?, buffers.clone());
    let header = blocks.header()?;
    let layout = Layout::new(&file.shown(), file.stem(), &header, format)?;
    // One long file may be named after the day of its download.
    let named_as_of = layout.named_as_of.filter(|_| file.in_folder);
    let layout = Arc::new(Layout { named_as_of, ..layout });
    let mut next = Some(header.rest);
    while let Some(block) = next {
        let stored_bytes = stored_before + blocks.stored_bytes();
        let piece = Piece::Block { layout: Arc::clone(&layout), block, stored_bytes };
        if sender.send(piece).is_err() {
            break;
        }
        next = blocks.next()?;
    }
    Ok(blocks.into_source())
}

/// Parses pieces on as many threads as the pool has, and merges them on this one in the order of the input.
fn merge_pieces(pieces: Receiver<Piece>, progress: &(dyn Fn(u64) + Sync)) -> Merge {
    let pieces = Mutex::new(pieces);
    let (order, in_order) = sync_channel(PIECES_AHEAD);
    std::thread::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            let (pieces, order) = (&pieces, order.clone());
            scope.spawn(move || parse_pieces(pieces, &order));
        }
        drop(order);
        let mut merge = Merge::new();
        let mut faulty_bytes = 0;
        for parsed in in_order.into_iter().flatten() {
            if let Parsed::Block { stored_bytes, text_bytes, .. } = &parsed {
                progress(*stored_bytes);
                faulty_bytes += if merge.is_faulty() { *text_bytes } else { 0 };
            }
            merge.add(parsed);
            if faulty_bytes > FAULTY_BYTES_MAX {
                break;
            }
        }
        merge
    })
}

/// Takes pieces as long as there are any. Whoever takes one announces where its rows will be, so that those
/// who merge know the order; no more pieces are under way than may be announced.
fn parse_pieces(pieces: &Mutex<Receiver<Piece>>, order: &SyncSender<Receiver<Parsed>>) {
    let next = || {
        let pieces = pieces.lock().unwrap_or_else(PoisonError::into_inner);
        let piece = pieces.recv().ok()?;
        let (sender, parsed) = sync_channel(1);
        order.send(parsed).ok()?;
        Some((piece, sender))
    };
    while let Some((piece, sender)) = next()
        && sender.send(piece.parse()).is_ok()
    {}
}

impl Piece {
    fn parse(self) -> Parsed {
        match self {
            Self::Block { layout, block, stored_bytes } => {
                let rows = Box::new(parse::parse(&layout, &block));
                Parsed::Block { rows, text_bytes: block.text().len(), stored_bytes }
            }
            Self::Failed(findings) => Parsed::Failed(findings),
            Self::FileEnd { input, shown } => Parsed::FileEnd { input, shown },
        }
    }
}

impl Merge {
    fn add(&mut self, piece: Parsed) {
        match piece {
            Parsed::Block { rows, .. } => self.add_block(*rows),
            Parsed::Failed(findings) => self.fail_file(findings),
            Parsed::FileEnd { input, shown } => self.end_file(input, &shown),
        }
    }
}

#[cfg(test)]
mod tests;
