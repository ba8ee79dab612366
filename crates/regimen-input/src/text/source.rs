//! A file's text, unpacked on the way and hashed as it is stored.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use regimen_types::{Diagnostic, hex};
use sha2::{Digest, Sha256};

use super::container::{Container, PackedKind, ZIP};
use super::findings::Findings;
use super::zip_member::{ZipMember, members, other_format};
use crate::codes;
use crate::input_file::InputFile;

const STORED_BUFFER_BYTES: usize = 1 << 17;

/// An open file whose text can be read, however it is packed.
pub(crate) struct Source {
    /// The file as the user named it.
    pub(crate) file: String,
    text: Text,
    tally: Arc<Mutex<Tally>>,
}

enum Text {
    Plain(BufReader<Stored>),
    Packed(PackedKind, Box<dyn Read + Send>),
}

impl Source {
    /// Opens a file. An archive must hold one file, which is then the text.
    pub(crate) fn open(path: &Path) -> Result<Self, Findings> {
        let file = path.display().to_string();
        let tally = Arc::<Mutex<Tally>>::default();
        let opened = File::open(path).and_then(|stored| {
            let mut stored = BufReader::with_capacity(
                STORED_BUFFER_BYTES,
                Stored { file: stored, tally: Arc::clone(&tally) },
            );
            let container = Container::of(stored.fill_buf()?);
            Ok((stored, container))
        });
        let (mut stored, container) = opened.map_err(|error| unreadable(&file, &error))?;
        let text = match container {
            Container::Plain => Text::Plain(stored),
            Container::Packed(packing) => Text::Packed(packing.kind(), packing.unpack(stored)),
            Container::Other(format) => return Err(other_format(&file, format).into()),
            Container::Zip => {
                let member = only_member(path, &file)?;
                // The member is read apart, so that its place in the archive does not matter.
                let hashed = io::copy(&mut stored, &mut io::sink());
                hashed.map_err(|error| unreadable(&file, &error))?;
                let text = member.open(path).map_err(|error| corrupt(&file, ZIP, &error))?;
                Text::Packed(ZIP, text)
            }
        };
        Ok(Self { file, text, tally })
    }

    /// Returns true if a file is a zip archive.
    pub(crate) fn is_zip(path: &Path) -> Result<bool, Findings> {
        let first = File::open(path).and_then(|file| {
            let mut first = Vec::new();
            file.take(4).read_to_end(&mut first).map(|_| first)
        });
        let first = first.map_err(|error| unreadable(&path.display().to_string(), &error))?;
        Ok(Container::of(&first) == Container::Zip)
    }

    /// Opens one file of an archive. The archive as a whole is what is hashed.
    pub(crate) fn open_member(archive: &Path, member: &ZipMember) -> Result<Self, Findings> {
        let shown = archive.display().to_string();
        let file = format!("{shown}/{}", member.name);
        let tally = Arc::<Mutex<Tally>>::default();
        let stored = File::open(archive).map(|file| Stored { file, tally: Arc::clone(&tally) });
        let hashed = stored.and_then(|mut stored| io::copy(&mut stored, &mut io::sink()));
        hashed.map_err(|error| unreadable(&shown, &error))?;
        let text = member.open(archive).map_err(|error| corrupt(&file, ZIP, &error))?;
        Ok(Self { file, text: Text::Packed(ZIP, text), tally })
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
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }

    /// Describes the file once its text has been read to the end.
    pub(crate) fn finish(self, name: String) -> InputFile {
        let tally = std::mem::take(&mut *self.tally.lock().unwrap_or_else(PoisonError::into_inner));
        InputFile { name, bytes: tally.bytes, sha256: hex(&tally.hasher.finalize()) }
    }

    /// Builds the finding about a failure to read on.
    pub(crate) fn failure(&self, error: &io::Error) -> Diagnostic {
        match self.text {
            // An error of the system carries its number; one of the decoder does not.
            Text::Packed(kind, _) if error.raw_os_error().is_none() => corrupt(&self.file, kind, error),
            _ => unreadable(&self.file, error),
        }
    }
}

/// Returns the file that an archive holds, if it is one.
fn only_member(path: &Path, shown: &str) -> Result<ZipMember, Findings> {
    let members = members(path)?;
    let count = members.len();
    match <[ZipMember; 1]>::try_from(members) {
        Ok([member]) => Ok(member),
        Err(_) => {
            let message = format!("the archive holds {count} files, where one is expected");
            let help = "unpack it (unzip) and name the file that is meant";
            Err(Diagnostic::error(codes::ARCHIVE.code, shown, message, help).into())
        }
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stored) => stored.read(buffer),
            Self::Packed(_, text) => text.read(buffer),
        }
    }
}

/// The file as it is stored.
struct Stored {
    file: File,
    tally: Arc<Mutex<Tally>>,
}

/// What has been read of a file as it is stored.
#[derive(Default)]
struct Tally {
    hasher: Sha256,
    bytes: u64,
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.hasher.update(&buffer[..count]);
        tally.bytes += count as u64;
        Ok(count)
    }
}

fn corrupt(file: &str, packed: PackedKind, error: &io::Error) -> Diagnostic {
    let help = format!("copy or download the file again; `{}` checks it", packed.test_command);
    let kind = packed.file;
    if error.kind() == ErrorKind::UnexpectedEof {
        Diagnostic::error(codes::GZIP_CUT_SHORT.code, file, format!("the {kind} is cut short"), help)
    } else {
        Diagnostic::error(codes::GZIP_CORRUPT.code, file, format!("the {kind} is corrupt: {error}"), help)
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
