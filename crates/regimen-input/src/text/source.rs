//! A file's text, unpacked on the way and hashed as it is stored.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use regimen_types::{Diagnostic, hex};
use sha2::{Digest, Sha256};

use super::findings::Findings;
use crate::codes;
use crate::input_file::InputFile;

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const STORED_BUFFER_BYTES: usize = 1 << 17;

/// An open file whose text can be read, whether it is gzipped or not.
pub(crate) struct Source {
    /// The file as the user named it.
    pub(crate) file: String,
    text: Text,
}

enum Text {
    Plain(BufReader<Stored>),
    Gzip(Box<MultiGzDecoder<BufReader<Stored>>>),
}

impl Source {
    pub(crate) fn open(path: &Path) -> Result<Self, Findings> {
        let file = path.display().to_string();
        let opened = File::open(path).and_then(|stored| {
            let stored = Stored { file: stored, hasher: Sha256::new(), bytes: 0 };
            let mut stored = BufReader::with_capacity(STORED_BUFFER_BYTES, stored);
            let gzipped = stored.fill_buf()?.starts_with(GZIP_MAGIC);
            Ok(if gzipped { Text::Gzip(Box::new(MultiGzDecoder::new(stored))) } else { Text::Plain(stored) })
        });
        match opened {
            Ok(text) => Ok(Self { file, text }),
            Err(error) => Err(unreadable(&file, &error).into()),
        }
    }

    /// Fills a buffer with text and returns how much there was: less than the buffer only at the end of the
    /// file.
    ///
    /// With an error comes what was read before it.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> (usize, io::Result<()>) {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.text.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return (filled, Err(error)),
            }
        }
        (filled, Ok(()))
    }

    /// Returns the bytes of the stored file that have been read.
    pub(crate) fn stored_bytes(&self) -> u64 {
        self.text.stored().bytes
    }

    /// Describes the file once its text has been read to the end.
    pub(crate) fn finish(self, name: String) -> InputFile {
        let stored = match self.text {
            Text::Plain(stored) => stored.into_inner(),
            Text::Gzip(decoder) => decoder.into_inner().into_inner(),
        };
        InputFile { name, bytes: stored.bytes, sha256: hex(&stored.hasher.finalize()) }
    }

    /// Builds the finding about a failure to read on.
    pub(crate) fn failure(&self, error: &io::Error) -> Diagnostic {
        let gzipped = matches!(self.text, Text::Gzip(_));
        // An error of the system carries its number; one of the decoder does not.
        if !gzipped || error.raw_os_error().is_some() {
            return unreadable(&self.file, error);
        }
        let again = "copy or download the file again; `gzip -t` checks it";
        if error.kind() == ErrorKind::UnexpectedEof {
            Diagnostic::error(codes::GZIP_CUT_SHORT.code, &self.file, "the gzipped file is cut short", again)
        } else {
            let message = format!("the gzipped file is corrupt: {error}");
            Diagnostic::error(codes::GZIP_CORRUPT.code, &self.file, message, again)
        }
    }
}

impl Text {
    fn stored(&self) -> &Stored {
        match self {
            Self::Plain(stored) => stored.get_ref(),
            Self::Gzip(decoder) => decoder.get_ref().get_ref(),
        }
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stored) => stored.read(buffer),
            Self::Gzip(decoder) => decoder.read(buffer),
        }
    }
}

/// The file as it is stored.
struct Stored {
    file: File,
    hasher: Sha256,
    bytes: u64,
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}

/// Builds the finding about a file or folder that cannot be read.
pub(crate) fn unreadable(file: &str, error: &io::Error) -> Diagnostic {
    let message = match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "there is no permission to read it".to_owned(),
        _ => format!("it cannot be read: {error}"),
    };
    Diagnostic::error(codes::UNREADABLE.code, file, message, "check the path and the permissions")
}
