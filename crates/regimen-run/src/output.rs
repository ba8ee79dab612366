//! One output file: written, counted and hashed by a thread of its own, while the run goes on.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

use regimen_types::hex;
use sha2::{Digest, Sha256};

use crate::manifest::OutputEntry;

/// The bytes that one block hash covers.
pub(crate) const BLOCK_BYTES: usize = 64 * 1024;
/// The bytes that are collected before they are written.
const BUFFER_BYTES: usize = 1024 * 1024;
/// The full buffers that may wait to be written.
const BUFFERS_AHEAD: usize = 8;
/// The bytes after which a file is brought to the disk, so that the end of the run has little to wait for.
const UNSYNCED_BYTES: usize = 8 * BUFFER_BYTES;

/// A file in the making.
pub(crate) struct Output {
    buffer: Vec<u8>,
    full: SyncSender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
    file: FileThread,
}

/// The thread that writes a file, and what the manifest says of the file when it ends.
pub(crate) struct FileThread(Option<JoinHandle<io::Result<OutputEntry>>>);

impl Output {
    /// Creates the file in a folder and writes its header line.
    pub(crate) fn create(folder: &Path, name: &'static str, header: &str) -> io::Result<Self> {
        let file = File::create_new(folder.join(name))?;
        let (full, to_write) = sync_channel(BUFFERS_AHEAD);
        let (written, empty) = channel();
        let thread = thread::Builder::new().spawn(move || write_file(name, file, &to_write, &written))?;
        let header = if header.is_empty() { String::new() } else { format!("{header}\n") };
        Ok(Self { buffer: header.into_bytes(), full, empty, file: FileThread(Some(thread)) })
    }

    /// Lets `write` append text.
    pub(crate) fn append(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        write(&mut self.buffer);
        if self.buffer.len() < BUFFER_BYTES { Ok(()) } else { self.hand_over() }
    }

    /// Hands over what is left, to be written while other files are.
    pub(crate) fn end(mut self) -> io::Result<FileThread> {
        self.hand_over()?;
        Ok(self.file)
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let next = self.empty.try_recv().unwrap_or_else(|_| Vec::with_capacity(BUFFER_BYTES + BLOCK_BYTES));
        let buffer = std::mem::replace(&mut self.buffer, next);
        // A thread that no longer receives has failed.
        self.full.send(buffer).or_else(|_| self.file.entry().map(drop))
    }
}

impl FileThread {
    /// Waits until the file is written, and returns what the manifest says of it.
    pub(crate) fn entry(&mut self) -> io::Result<OutputEntry> {
        let gone = || io::Error::other("the thread that writes the file is gone");
        self.0.take().ok_or_else(gone)?.join().map_err(|_| gone())?
    }
}

fn write_file(
    name: &str,
    mut file: File,
    to_write: &Receiver<Vec<u8>>,
    written: &Sender<Vec<u8>>,
) -> io::Result<OutputEntry> {
    let mut digest = FileDigest::default();
    let mut unsynced = 0;
    for mut buffer in to_write {
        digest.update(&buffer);
        file.write_all(&buffer)?;
        unsynced += buffer.len();
        if unsynced >= UNSYNCED_BYTES {
            file.sync_data()?;
            unsynced = 0;
        }
        buffer.clear();
        // At the end the buffer is no longer needed.
        let _ = written.send(buffer);
    }
    file.sync_all()?;
    Ok(digest.entry(name))
}

/// The hash of a file and of each of its blocks, so that a changed byte can be placed.
#[derive(Default)]
pub(crate) struct FileDigest {
    whole: Sha256,
    block: Sha256,
    block_bytes: usize,
    blocks: Vec<String>,
    bytes: u64,
}

impl FileDigest {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut digest = Self::default();
        digest.update(bytes);
        digest
    }

    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        self.whole.update(bytes);
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK_BYTES - self.block_bytes));
            self.block.update(now);
            self.block_bytes += now.len();
            if self.block_bytes == BLOCK_BYTES {
                self.end_block();
            }
            bytes = later;
        }
    }

    pub(crate) fn entry(mut self, name: &str) -> OutputEntry {
        if self.block_bytes > 0 {
            self.end_block();
        }
        OutputEntry {
            name: name.to_owned(),
            bytes: self.bytes,
            sha256: hex(&self.whole.finalize()),
            blocks: self.blocks,
        }
    }

    /// Ends a block. Its hash only places a change that the whole file's hash has found, so eight bytes are
    /// enough.
    fn end_block(&mut self) {
        let hash = std::mem::take(&mut self.block).finalize();
        self.blocks.push(hex(&hash[..8]));
        self.block_bytes = 0;
    }
}
