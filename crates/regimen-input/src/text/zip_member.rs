//! The files within a zip archive.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use regimen_types::Diagnostic;
use zip::{CompressionMethod, ZipArchive};

use super::container::{OtherFormat, XLSX};
use crate::codes;
use crate::text::findings::Findings;

const BUFFER_BYTES: usize = 1 << 17;

/// A file within an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ZipMember {
    /// The name with the folders of the archive.
    pub(crate) name: String,
    /// The bytes that it takes in the archive.
    pub(crate) bytes: u64,
    start: u64,
    method: Method,
    checksum: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Stored,
    Deflated,
    /// Another method, or a password.
    Unknown,
}

impl ZipMember {
    /// Returns the name without the folders of the archive.
    pub(crate) fn file_name(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name)
    }

    /// Opens the file for reading; what it unpacks to is checked against the archive's checksum.
    pub(crate) fn open(&self, archive: &Path) -> io::Result<Box<dyn Read + Send>> {
        let mut file = File::open(archive)?;
        file.seek(SeekFrom::Start(self.start))?;
        let stored = BufReader::with_capacity(BUFFER_BYTES, file.take(self.bytes));
        let text: Box<dyn Read + Send> = match self.method {
            Method::Stored => Box::new(stored),
            Method::Deflated => Box::new(DeflateDecoder::new(stored)),
            Method::Unknown => {
                return Err(io::Error::other(
                    "it is packed with another method than deflate, or has a password",
                ));
            }
        };
        Ok(Box::new(Checked { text, sum: Crc::new(), expected: self.checksum }))
    }
}

/// Lists the files of an archive that may be data: not those that are hidden or describe a Mac's folder.
pub(crate) fn members(archive: &Path) -> Result<Vec<ZipMember>, Findings> {
    let shown = archive.display().to_string();
    let corrupt = |problem: String| {
        let help = "copy or download the file again; `unzip -t` checks it";
        Diagnostic::error(
            codes::GZIP_CORRUPT.code,
            &shown,
            format!("the zip archive is corrupt: {problem}"),
            help,
        )
    };
    let file = File::open(archive).map_err(|error| corrupt(error.to_string()))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|error| corrupt(error.to_string()))?;
    let mut members = Vec::new();
    for index in 0..zip.len() {
        let member = zip.by_index_raw(index).map_err(|error| corrupt(error.to_string()))?;
        let name = member.name().map_err(|error| corrupt(error.to_string()))?.into_owned();
        if name == "xl/workbook.xml" {
            return Err(other_format(&shown, XLSX).into());
        }
        let hidden = name.split(['/', '\\']).any(|part| part.starts_with('.') || part == "__MACOSX");
        if hidden || !member.is_file() {
            continue;
        }
        let method = match member.compression() {
            _ if member.encrypted() => Method::Unknown,
            CompressionMethod::Stored => Method::Stored,
            CompressionMethod::DEFLATE => Method::Deflated,
            _ => Method::Unknown,
        };
        let start = member.data_start().ok_or_else(|| corrupt(format!("{name} has no place in it")))?;
        let (bytes, checksum) = (member.compressed_size(), member.crc32());
        members.push(ZipMember { name, bytes, start, method, checksum });
    }
    Ok(members)
}

/// Builds the finding about a format that is not read.
pub(crate) fn other_format(shown: &str, format: OtherFormat) -> Diagnostic {
    Diagnostic::error(
        codes::OTHER_FORMAT.code,
        shown,
        format!("the file is {}, not a CSV", format.name),
        format.remedy,
    )
}

/// A text whose checksum is compared at its end.
struct Checked {
    text: Box<dyn Read + Send>,
    sum: Crc,
    expected: u32,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.text.read(buffer)?;
        if count == 0 && !buffer.is_empty() && self.sum.sum() != self.expected {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum differs"));
        }
        self.sum.update(&buffer[..count]);
        Ok(count)
    }
}
