//! One output file: written, counted and hashed on the way.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::manifest::OutputEntry;

/// The bytes that one block hash covers.
pub(crate) const BLOCK_BYTES: usize = 64 * 1024;
/// The bytes that are collected before they are written.
const BUFFER_BYTES: usize = 1024 * 1024;

/// A file in the making.
pub(crate) struct Output {
    name: &'static str,
    file: File,
    digest: FileDigest,
    buffer: Vec<u8>,
}

impl Output {
    /// Creates the file in a folder and writes its header line.
    pub(crate) fn create(folder: &Path, name: &'static str, header: &str) -> io::Result<Self> {
        let file = File::create_new(folder.join(name))?;
        let buffer = if header.is_empty() { String::new() } else { format!("{header}\n") };
        Ok(Self { name, file, digest: FileDigest::default(), buffer: buffer.into_bytes() })
    }

    /// Lets `write` append text.
    pub(crate) fn append(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        write(&mut self.buffer);
        if self.buffer.len() < BUFFER_BYTES { Ok(()) } else { self.flush() }
    }

    /// Writes what is left and returns what the manifest says of the file.
    pub(crate) fn finish(mut self) -> io::Result<OutputEntry> {
        self.flush()?;
        self.file.sync_all()?;
        Ok(self.digest.entry(self.name))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.digest.update(&self.buffer);
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
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

    /// Ends a block. Its hash only places a change that the whole file's hash has found, so eight bytes are enough.
    fn end_block(&mut self) {
        let hash = std::mem::take(&mut self.block).finalize();
        self.blocks.push(hex(&hash[..8]));
        self.block_bytes = 0;
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
