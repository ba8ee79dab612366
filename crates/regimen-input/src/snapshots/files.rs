//! Which files a path stands for, in which order.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use regimen_types::{AsOf, Diagnostic, SnapshotFormat};

use super::layout::{AsOfPlace, Layout};
use crate::codes;
use crate::text::blocks::Blocks;
use crate::text::buffers::Buffers;
use crate::text::cells::Cell;
use crate::text::findings::Findings;
use crate::text::line;
use crate::text::source::{Source, unreadable};

/// Enough for the header and the first row.
const PEEK_BYTES: usize = 1 << 14;

/// A file of snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SnapshotFile {
    pub(crate) path: PathBuf,
    /// The name without its folder.
    pub(crate) name: String,
    /// The bytes of the file as it is stored.
    pub(crate) bytes: u64,
    /// True for a file of a folder, whose name is a date or none.
    pub(crate) in_folder: bool,
}

impl SnapshotFile {
    pub(crate) fn new(path: PathBuf, in_folder: bool) -> Result<Self, Findings> {
        let metadata = fs::metadata(&path).map_err(|error| not_listed(&path, &error))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { path, name, bytes: metadata.len(), in_folder })
    }

    /// Returns the name without `.csv` or `.csv.gz`.
    pub(crate) fn stem(&self) -> &str {
        csv_stem(&self.name).unwrap_or(&self.name)
    }
}

/// Lists the file itself, or the CSVs of a folder in the order of their dates.
pub(crate) fn list(path: &Path, format: &SnapshotFormat) -> Result<Vec<SnapshotFile>, Findings> {
    if !path.is_dir() {
        return Ok(vec![SnapshotFile::new(path.to_owned(), false)?]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| not_listed(path, &error))? {
        let found = entry.map_err(|error| not_listed(path, &error))?.path();
        let is_csv = found.file_name().and_then(OsStr::to_str).is_some_and(|name| csv_stem(name).is_some());
        if is_csv && !found.exists() {
            return Err(dangling(&found));
        }
        if is_csv && found.is_file() {
            let file = SnapshotFile::new(found, true)?;
            files.push((first_instant(&file, format), file));
        }
    }
    if files.is_empty() {
        let help =
            "name the folder that holds the one-date files; subfolders and hidden files are not searched";
        let message = "the folder holds no .csv or .csv.gz file";
        return Err(
            Diagnostic::error(codes::EMPTY_FOLDER.code, &path.display().to_string(), message, help).into()
        );
    }
    files.sort_by(|(date, file), (other_date, other)| (date, &file.name).cmp(&(other_date, &other.name)));
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

fn csv_stem(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(".gz").unwrap_or(name).strip_suffix(".csv")?;
    (!stem.is_empty() && !stem.starts_with('.')).then_some(stem)
}

/// Returns the date in a file's name or else in its first row; `None` if reading the file will say what is
/// wrong.
fn first_instant(file: &SnapshotFile, format: &SnapshotFormat) -> Option<AsOf> {
    if let Ok(as_of) = file.stem().parse() {
        return Some(as_of);
    }
    let mut blocks = Blocks::new(Source::open(&file.path).ok()?, Buffers::new(PEEK_BYTES));
    let header = blocks.header().ok()?;
    let layout = Layout::new("", file.stem(), &header, format).ok()?;
    let AsOfPlace::Column(place) = layout.as_of else { return None };
    let mut block = header.rest;
    loop {
        if let Some((line, text)) = block.lines().next() {
            let mut fields = Vec::new();
            line::split(text, &mut fields).ok()?;
            return Cell { file: "", line, column: "", text: fields.get(place)? }.instant().ok();
        }
        block = blocks.next().ok()??;
    }
}

/// A link to nothing would be a lost day.
fn dangling(path: &Path) -> Findings {
    let help = "restore the file that the link names, or remove the link";
    Diagnostic::error(
        codes::DANGLING_LINK.code,
        &path.display().to_string(),
        "the link leads to no file",
        help,
    )
    .into()
}

fn not_listed(path: &Path, error: &io::Error) -> Findings {
    unreadable(&path.display().to_string(), error).into()
}
