//! The files that were read, for the manifest of a run.

use std::path::Path;

use regimen_types::{InputEntry, hex};
use sha2::{Digest, Sha256};

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// The file's name without its folder.
    pub name: String,
    /// The size in bytes of the file as it is stored: compressed, if it is gzipped.
    pub bytes: u64,
    /// The SHA-256 of those bytes in lower-case hexadecimal.
    pub sha256: String,
}

impl InputFile {
    /// Describes a file whose bytes were read elsewhere.
    #[must_use]
    pub fn of(path: &Path, bytes: &[u8]) -> Self {
        Self { name: Self::name_of(path), bytes: bytes.len() as u64, sha256: hex(&Sha256::digest(bytes)) }
    }

    /// Returns the entry of a manifest that says what the file served for.
    #[must_use]
    pub fn entry(&self, role: &str) -> InputEntry {
        let Self { name, bytes, sha256 } = self.clone();
        InputEntry { role: role.to_owned(), name, bytes, sha256 }
    }

    /// Returns a file's name without its folder.
    pub(crate) fn name_of(path: &Path) -> String {
        path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
    }
}
