//! Bytes of files into blocks of whole lines, hashed on the way.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use flate2::read::MultiGzDecoder;
use regimen_types::{Diagnostics, SnapshotFormat};
use sha2::{Digest, Sha256};

use super::codes::{EMPTY, ENCODING, GZIP, UNREADABLE};
use super::files::SourceFile;
use super::findings::error;
use super::layout::Layout;
use super::{InputFile, Progress};
use crate::run::hex;

/// The size of a block, up to the line that ends in it.
pub(crate) const BLOCK_BYTES: usize = 4 * 1024 * 1024;

/// Whole lines of one file.
pub(crate) struct Block {
    pub(crate) file: SourceFile,
    pub(crate) layout: Arc<Layout>,
    /// Is the file's first.
    pub(crate) starts_file: bool,
    pub(crate) bytes: Vec<u8>,
}

/// What the reader has to say once all blocks are sent.
pub(crate) type Inputs = Result<Vec<InputFile>, Diagnostics>;

/// Reads all files and sends their blocks in order.
pub(crate) fn read_blocks(
    files: &[SourceFile],
    format: &SnapshotFormat,
    block_bytes: usize,
    progress: Progress<'_>,
    sender: SyncSender<Block>,
) -> Inputs {
    let total = files.iter().map(|file| file.bytes).sum();
    let mut done = 0;
    let mut inputs = Vec::with_capacity(files.len());
    for file in files {
        let report = |read: u64| progress(done + read, total);
        let send = |block| sender.send(block).is_ok();
        inputs.push(read_file(file, format, block_bytes, &report, &send)?);
        done += file.bytes;
    }
    Ok(inputs)
}

/// Reads a whole small file, gunzipped if need be.
pub(crate) fn read_whole(file: &SourceFile) -> Result<(Vec<u8>, InputFile), Diagnostics> {
    let mut stored = Stored::open(file, &|_| ())?;
    let mut bytes = Vec::new();
    stored.read_to_end(&mut bytes).map_err(|problem| unreadable(file, &problem))?;
    let text = strip_mark(&bytes, file)?;
    let start = bytes.len() - text.len();
    bytes.drain(..start);
    Ok((bytes, stored.finish(file)))
}

/// Reads one file and hands over its blocks.
fn read_file(
    file: &SourceFile,
    format: &SnapshotFormat,
    block_bytes: usize,
    report: &dyn Fn(u64),
    send: &dyn Fn(Block) -> bool,
) -> Result<InputFile, Diagnostics> {
    let mut stored = Stored::open(file, report)?;
    let mut pending = Vec::new();
    let mut ended = fill(file, &mut stored, &mut pending, block_bytes)?;
    let layout = Arc::new(take_header(file, format, &mut pending)?);
    let mut starts_file = true;
    loop {
        let end = if ended { pending.len() } else { end_of_lines(&pending) };
        let rest = pending.split_off(end);
        let bytes = std::mem::replace(&mut pending, rest);
        let block = Block { file: file.clone(), layout: Arc::clone(&layout), starts_file, bytes };
        starts_file = false;
        // Nobody listens any more only if parsing was given up; then there is nothing left to do.
        if !send(block) || ended {
            break;
        }
        ended = fill(file, &mut stored, &mut pending, block_bytes)?;
    }
    Ok(stored.finish(file))
}

/// Adds at least one line to `pending` unless the file ends; says whether it has.
fn fill(
    file: &SourceFile,
    stored: &mut Stored<'_>,
    pending: &mut Vec<u8>,
    block_bytes: usize,
) -> Result<bool, Diagnostics> {
    loop {
        pending.reserve(block_bytes);
        let read = stored.by_ref().take(block_bytes as u64).read_to_end(pending);
        let read = read.map_err(|problem| unreadable(file, &problem))?;
        if read < block_bytes {
            return Ok(true);
        }
        if end_of_lines(pending) > 0 {
            return Ok(false);
        }
    }
}

/// Takes the header line off `pending` and finds the columns in it.
fn take_header(
    file: &SourceFile,
    format: &SnapshotFormat,
    pending: &mut Vec<u8>,
) -> Result<Layout, Diagnostics> {
    let text = strip_mark(pending, file)?;
    let start = pending.len() - text.len();
    let end = memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1);
    let header = text[..end].trim_ascii();
    if header.is_empty() {
        return Err(error(EMPTY, &file.shown, "the file has no header").at_line(1).into());
    }
    let layout = Layout::of(header, file, format)?;
    pending.drain(..start + end);
    Ok(layout)
}

/// Returns the position after the last line feed.
fn end_of_lines(bytes: &[u8]) -> usize {
    memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1)
}

/// Removes the mark that some programs put before UTF-8, and refuses UTF-16.
fn strip_mark<'a>(bytes: &'a [u8], file: &SourceFile) -> Result<&'a [u8], Diagnostics> {
    match bytes {
        [0xEF, 0xBB, 0xBF, text @ ..] => Ok(text),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => {
            Err(error(ENCODING, &file.shown, "the file is UTF-16, not UTF-8").at_line(1).into())
        }
        _ => Ok(bytes),
    }
}

/// A file's content, gunzipped if need be.
enum Stored<'a> {
    Plain(BufReader<Hashed<'a>>),
    Gzip(Box<MultiGzDecoder<BufReader<Hashed<'a>>>>),
}

impl<'a> Stored<'a> {
    fn open(file: &SourceFile, report: &'a dyn Fn(u64)) -> Result<Self, Diagnostics> {
        let opened = File::open(&file.path).map_err(|problem| unreadable(file, &problem))?;
        let hashed = Hashed { file: opened, hash: Sha256::new(), bytes: 0, report };
        let mut reader = BufReader::with_capacity(256 * 1024, hashed);
        let start = reader.fill_buf().map_err(|problem| unreadable(file, &problem))?;
        // The two bytes that begin every gzip file (RFC 1952).
        Ok(if start.starts_with(&[0x1F, 0x8B]) {
            Self::Gzip(Box::new(MultiGzDecoder::new(reader)))
        } else {
            Self::Plain(reader)
        })
    }

    /// Returns the file's size and hash. All of its content has been read.
    fn finish(self, file: &SourceFile) -> InputFile {
        let hashed = match self {
            Self::Plain(reader) => reader.into_inner(),
            Self::Gzip(decoder) => decoder.into_inner().into_inner(),
        };
        InputFile { name: file.name.clone(), bytes: hashed.bytes, sha256: hex(&hashed.hash.finalize()) }
    }
}

impl Read for Stored<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(reader) => reader.read(buffer),
            Self::Gzip(decoder) => decoder.read(buffer),
        }
    }
}

/// Reads a file and hashes what is read.
struct Hashed<'a> {
    file: File,
    hash: Sha256,
    bytes: u64,
    report: &'a dyn Fn(u64),
}

impl Read for Hashed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.bytes += read as u64;
        (self.report)(self.bytes);
        Ok(read)
    }
}

fn unreadable(file: &SourceFile, problem: &io::Error) -> Diagnostics {
    let (code, message) = match problem.kind() {
        io::ErrorKind::UnexpectedEof => (GZIP, "the gzip file is cut short".to_owned()),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            (GZIP, format!("the gzip file is damaged: {problem}"))
        }
        _ => (UNREADABLE, format!("cannot be read: {problem}")),
    };
    error(code, &file.shown, message).into()
}
