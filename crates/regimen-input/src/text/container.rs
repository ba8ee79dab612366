//! What a file is by its first bytes, not by its name.

use std::io::{self, BufRead, ErrorKind, Read};

use bzip2::read::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// How a file keeps its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Plain,
    Packed(Packing),
    Zip,
    /// A format that holds no CSV.
    Other(OtherFormat),
}

/// A compression of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Gzip,
    Zstandard,
    Xz,
    Bzip2,
}

/// What messages say about a packed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PackedKind {
    pub(crate) file: &'static str,
    /// The command that checks such a file.
    pub(crate) test_command: &'static str,
}

pub(crate) const ZIP: PackedKind = PackedKind { file: "zip archive", test_command: "unzip -t" };

/// The memory that unpacking xz may take: that of its highest preset is 65 MiB.
const XZ_MEMORY_KB: u32 = 256 << 10;
/// The window that a Zstandard frame may ask for: `zstd --long` asks for 128 MiB.
const ZSTANDARD_WINDOW_BYTES: u64 = 128 << 20;

/// A format that is not read, and what makes a CSV of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OtherFormat {
    pub(crate) name: &'static str,
    pub(crate) remedy: &'static str,
}

const SAVE_AS_CSV: &str = "open it in a spreadsheet program and save the sheet as CSV (UTF-8)";
const FROM_COLUMNS: &str =
    "write it as CSV, for example with pandas: read it and call to_csv(path, index=False)";

/// First bytes, and what they stand for.
const MAGIC: [(&[u8], Container); 16] = [
    (b"\x1f\x8b", Container::Packed(Packing::Gzip)),
    (b"\x28\xb5\x2f\xfd", Container::Packed(Packing::Zstandard)),
    (b"\xfd7zXZ\x00", Container::Packed(Packing::Xz)),
    (b"PK\x03\x04", Container::Zip),
    (b"PK\x05\x06", Container::Zip),
    (b"\xd0\xcf\x11\xe0", other("an Excel workbook (XLS)", SAVE_AS_CSV)),
    (b"PAR1", other("Parquet", FROM_COLUMNS)),
    (b"ARROW1", other("Feather (Arrow)", FROM_COLUMNS)),
    (b"FEA1", other("Feather", FROM_COLUMNS)),
    (b"\x89HDF", other("HDF5", FROM_COLUMNS)),
    (b"SQLite format 3", other("a SQLite database", "select the rows into a CSV: sqlite3 -header -csv")),
    (b"7z\xbc\xaf", other("a 7z archive", "unpack it: 7z x")),
    (b"Rar!", other("a RAR archive", "unpack it: unrar x")),
    (b"%PDF", other("PDF", "download the data as CSV")),
    (
        b"<!DOCTYPE",
        other("a page of HTML", "download the file again: the page may say why there was no file"),
    ),
    (b"<html", other("a page of HTML", "download the file again: the page may say why there was no file")),
];

/// The workbook that every XLSX file holds as a member of its archive.
pub(crate) const XLSX: OtherFormat = OtherFormat { name: "an Excel workbook (XLSX)", remedy: SAVE_AS_CSV };

const fn other(name: &'static str, remedy: &'static str) -> Container {
    Container::Other(OtherFormat { name, remedy })
}

impl Container {
    /// Recognises a file by its first bytes.
    pub(crate) fn of(first_bytes: &[u8]) -> Self {
        // The digit between the two is the size of blocks.
        if first_bytes.starts_with(b"BZh") && first_bytes.get(4..10) == Some(b"1AY&SY") {
            return Self::Packed(Packing::Bzip2);
        }
        let known = MAGIC.iter().find(|(magic, _)| first_bytes.starts_with(magic));
        known.map_or(Self::Plain, |(_, container)| *container)
    }
}

impl Packing {
    pub(crate) fn kind(self) -> PackedKind {
        match self {
            Self::Gzip => PackedKind { file: "gzipped file", test_command: "gzip -t" },
            Self::Zstandard => PackedKind { file: "Zstandard file", test_command: "zstd -t" },
            Self::Xz => PackedKind { file: "xz file", test_command: "xz -t" },
            Self::Bzip2 => PackedKind { file: "bzip2 file", test_command: "bzip2 -t" },
        }
    }

    /// Unpacks a stream, a buffer at a time.
    pub(crate) fn unpack<'a>(self, stored: impl BufRead + Send + 'a) -> Box<dyn Read + Send + 'a> {
        match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(stored)),
            Self::Zstandard => Box::new(Frames::new(stored)),
            Self::Xz => Box::new(XzReader::new_mem_limit(stored, true, XZ_MEMORY_KB)),
            Self::Bzip2 => Box::new(MultiBzDecoder::new(stored)),
        }
    }
}

/// The frames of a Zstandard file, one after the other.
struct Frames<Stored> {
    stored: Stored,
    decoder: FrameDecoder,
    is_in_frame: bool,
}

impl<Stored: BufRead> Frames<Stored> {
    fn new(stored: Stored) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZSTANDARD_WINDOW_BYTES);
        Self { stored, decoder, is_in_frame: false }
    }

    /// Begins the next frame, and returns false at the end of the file.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.is_in_frame {
            if self.stored.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.init(&mut self.stored) {
                Ok(()) => self.is_in_frame = true,
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut self.stored.by_ref().take(length.into()), &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::new(ErrorKind::InvalidData, error)),
            }
        }
        Ok(true)
    }

    /// Ends a frame that was read to its end; it may state a checksum.
    fn end(&mut self) -> io::Result<()> {
        self.is_in_frame = false;
        match self.decoder.get_checksum_from_data() {
            Some(stated) if self.decoder.get_calculated_checksum() != Some(stated) => {
                Err(io::Error::new(ErrorKind::InvalidData, "the checksum differs"))
            }
            _ => Ok(()),
        }
    }
}

impl<Stored: BufRead> Read for Frames<Stored> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.begin()? {
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let blocks =
                    self.decoder.decode_blocks(&mut self.stored, BlockDecodingStrategy::UptoBlocks(1));
                blocks.map_err(|error| io::Error::new(kind_of(&error), error))?;
            }
            match self.decoder.read(buffer)? {
                0 if !buffer.is_empty() => self.end()?,
                count => return Ok(count),
            }
        }
        Ok(0)
    }
}

/// Returns the kind of the input error that a decoder reports as its cause.
fn kind_of(error: &FrameDecoderError) -> ErrorKind {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(input) = current.downcast_ref::<io::Error>() {
            return input.kind();
        }
        cause = current.source();
    }
    ErrorKind::InvalidData
}
