//! A file's text in blocks that end where a line ends.

use memchr::{memchr, memchr_iter, memrchr};
use regimen_types::Diagnostic;

use super::buffers::Buffers;
use super::findings::Findings;
use super::line::Lines;
use super::source::Source;
use crate::codes;

/// The text of a block: large enough that its fixed costs vanish, small enough that it stays in the
/// processor's cache.
pub(crate) const BLOCK_BYTES: usize = 1 << 20;
/// A longer line is a sign that the file is no CSV; it also bounds what is held in memory.
const LINE_BYTES_MAX: usize = 1 << 20;

/// Whole lines of a file.
pub(crate) struct Block {
    buffer: Vec<u8>,
    /// Where the buffer goes when the block is no longer needed.
    buffers: Buffers,
    /// Where the text begins in the buffer.
    start: usize,
    end: usize,
    first_line: u64,
    line_ends: u64,
}

impl Block {
    /// Returns the text.
    pub(crate) fn text(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Returns the lines of the text.
    pub(crate) fn lines(&self) -> Lines<'_> {
        Lines { rest: self.text(), number: self.first_line }
    }

    /// Returns a number of lines that the text does not exceed.
    pub(crate) fn line_count_max(&self) -> usize {
        usize::try_from(self.line_ends).map_or(0, |line_ends| line_ends + 1)
    }

    /// Takes the first line that is not blank off the text.
    fn take_line(&mut self) -> Option<(u64, Vec<u8>)> {
        let (number, line) = self.lines().next()?;
        let line = line.to_vec();
        for _ in self.first_line..=number {
            let end = memchr(b'\n', self.text());
            self.start = end.map_or(self.end, |end| self.start + end + 1);
        }
        self.first_line = number + 1;
        Some((number, line))
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.buffers.put(std::mem::take(&mut self.buffer));
    }
}

/// Cuts a file's text into blocks.
pub(crate) struct Blocks {
    source: Source,
    buffers: Buffers,
    /// The start of a line whose end has not been read.
    begun: Vec<u8>,
    next_line: u64,
    at_start: bool,
    at_end: bool,
    /// True if lines end in a carriage return alone, as old Macs write them.
    ends_in_returns: bool,
}

/// A header as it stands in the file.
pub(crate) struct HeaderLine {
    pub(crate) number: u64,
    pub(crate) line: Vec<u8>,
    /// The block that the header begins, without the header.
    pub(crate) rest: Block,
}

impl Blocks {
    /// Cuts at the last line end of each buffer; the buffer grows for a line that is longer.
    pub(crate) fn new(source: Source, buffers: Buffers) -> Self {
        Self {
            source,
            buffers,
            begun: Vec::new(),
            next_line: 1,
            at_start: true,
            at_end: false,
            ends_in_returns: false,
        }
    }

    /// Reads up to the first line that is not blank.
    pub(crate) fn header(&mut self) -> Result<HeaderLine, Findings> {
        while let Some(mut rest) = self.next()? {
            if let Some((number, line)) = rest.take_line() {
                return Ok(HeaderLine { number, line, rest });
            }
        }
        let help = "its first line must name the columns; write the file again";
        Err(Diagnostic::error(codes::EMPTY_FILE.code, &self.source.file, "the file is empty", help).into())
    }

    /// Reads the next block, or returns `None` at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<Block>, Findings> {
        if self.at_end {
            return Ok(None);
        }
        let mut buffer = self.buffers.take(self.begun.len());
        let mut end = self.begun.len();
        buffer[..end].copy_from_slice(&self.begun);
        self.begun.clear();
        loop {
            let known = end;
            let (count, outcome) = self.source.fill(&mut buffer[known..]);
            end += count;
            if self.ends_in_returns {
                returns_to_line_feeds(&mut buffer[known..end]);
            }
            if let Err(error) = outcome {
                let line = self.next_line + line_ends(&buffer[..end]);
                return Err(self.source.failure(&error).at_line(line).into());
            }
            if end < buffer.len() {
                self.at_end = true;
                self.finds_returns(&mut buffer[..end]);
                break;
            }
            let mut line_end = memrchr(b'\n', &buffer[known..]).map(|place| known + place);
            if line_end.is_none() && end > LINE_BYTES_MAX {
                if !self.finds_returns(&mut buffer) {
                    return Err(self.line_too_long().into());
                }
                line_end = memrchr(b'\n', &buffer);
            }
            if let Some(line_end) = line_end {
                end = line_end + 1;
                self.begun.extend_from_slice(&buffer[end..]);
                break;
            }
            buffer.resize(end + self.buffers.block_bytes, 0);
        }
        let first_line = self.next_line;
        let text = &buffer[..end];
        let line_ends = line_ends(text);
        self.next_line += line_ends;
        let start = if std::mem::take(&mut self.at_start) { self.mark_bytes(text)? } else { 0 };
        let buffers = self.buffers.clone();
        Ok(Some(Block { buffer, buffers, start, end, first_line, line_ends }))
    }

    /// Returns the bytes of the stored file that have been read.
    pub(crate) fn stored_bytes(&self) -> u64 {
        self.source.stored_bytes()
    }

    /// Gives the source back.
    pub(crate) fn into_source(self) -> Source {
        self.source
    }

    /// Returns true if a file's first lines have no line feed but carriage returns, which become line feeds.
    fn finds_returns(&mut self, text: &mut [u8]) -> bool {
        let has = |byte| memchr(byte, text).is_some();
        self.ends_in_returns |= self.at_start && !has(b'\n') && has(b'\r');
        if self.ends_in_returns {
            returns_to_line_feeds(text);
        }
        self.ends_in_returns
    }

    /// Returns the length of the byte order mark; that of UTF-16 is refused.
    fn mark_bytes(&self, bytes: &[u8]) -> Result<usize, Findings> {
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            let message = "the file is UTF-16 text, not UTF-8";
            let help = "convert it: iconv -f UTF-16 -t UTF-8";
            return Err(Diagnostic::error(codes::ENCODING.code, &self.source.file, message, help)
                .at_line(1)
                .into());
        }
        Ok(if bytes.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 })
    }

    fn line_too_long(&self) -> Diagnostic {
        let message = format!("the line is longer than {LINE_BYTES_MAX} bytes");
        let help = "check that the file is a CSV whose lines end in LF or CRLF";
        Diagnostic::error(codes::LINE_TOO_LONG.code, &self.source.file, message, help).at_line(self.next_line)
    }
}

fn returns_to_line_feeds(text: &mut [u8]) {
    text.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
}

fn line_ends(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}
