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
use crate::text::zip_member::{self, ZipMember};

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
    /// The file within the archive at `path`, if the archive holds several.
    member: Option<ZipMember>,
}

impl SnapshotFile {
    pub(crate) fn new(path: PathBuf, in_folder: bool) -> Result<Self, Findings> {
        let metadata = fs::metadata(&path).map_err(|error| not_listed(&path, &error))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { path, name, bytes: metadata.len(), in_folder, member: None })
    }

    /// Returns the name without `.csv` and the ending of its compression.
    pub(crate) fn stem(&self) -> &str {
        let name = self.member.as_ref().map_or(self.name.as_str(), ZipMember::file_name);
        csv_stem(name).unwrap_or(name)
    }

    /// Opens the file for reading.
    pub(crate) fn open(&self) -> Result<Source, Findings> {
        match &self.member {
            Some(member) => Source::open_member(&self.path, member),
            None => Source::open(&self.path),
        }
    }

    /// Returns the name by which messages call the file.
    pub(crate) fn shown(&self) -> String {
        let path = self.path.display();
        self.member.as_ref().map_or_else(|| path.to_string(), |member| format!("{path}/{}", member.name))
    }
}

/// Lists the file itself, or the CSVs of a folder in the order of their dates.
pub(crate) fn list(path: &Path, format: &SnapshotFormat) -> Result<Vec<SnapshotFile>, Findings> {
    if !path.is_dir() {
        let file = SnapshotFile::new(path.to_owned(), false)?;
        let members = if Source::is_zip(path)? { archived(&file)? } else { Vec::new() };
        return Ok(if members.len() > 1 { in_order(members, format) } else { vec![file] });
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| not_listed(path, &error))? {
        let found = entry.map_err(|error| not_listed(path, &error))?.path();
        let is_csv = found.file_name().and_then(OsStr::to_str).is_some_and(|name| csv_stem(name).is_some());
        if is_csv && !found.exists() {
            return Err(dangling(&found));
        }
        if is_csv && found.is_file() {
            files.push(SnapshotFile::new(found, true)?);
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
    Ok(in_order(files, format))
}

/// Returns the CSVs of an archive, each as a file of its own.
fn archived(archive: &SnapshotFile) -> Result<Vec<SnapshotFile>, Findings> {
    let members = zip_member::members(&archive.path)?;
    let csvs = members.into_iter().filter(|member| csv_stem(member.file_name()).is_some());
    Ok(csvs
        .map(|member| SnapshotFile { bytes: member.bytes, member: Some(member), ..archive.clone() })
        .collect())
}

/// Brings files into the order of their dates.
fn in_order(files: Vec<SnapshotFile>, format: &SnapshotFormat) -> Vec<SnapshotFile> {
    let mut dated: Vec<(Option<AsOf>, SnapshotFile)> =
        files.into_iter().map(|file| (first_instant(&file, format), file)).collect();
    dated.sort_by(|(date, file), (other_date, other)| (date, file.shown()).cmp(&(other_date, other.shown())));
    dated.into_iter().map(|(_, file)| file).collect()
}

/// The endings of files with one compressed stream.
const PACKED: [&str; 4] = [".gz", ".zst", ".xz", ".bz2"];

fn csv_stem(name: &str) -> Option<&str> {
    let plain = PACKED.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    let stem = plain.strip_suffix(".csv")?;
    (!stem.is_empty() && !stem.starts_with('.')).then_some(stem)
}

/// Returns the date in a file's name or else in its first row; `None` if reading the file will say what is
/// wrong.
fn first_instant(file: &SnapshotFile, format: &SnapshotFormat) -> Option<AsOf> {
    if let Ok(as_of) = file.stem().parse() {
        return Some(as_of);
    }
    let mut blocks = Blocks::new(file.open().ok()?, Buffers::new(PEEK_BYTES));
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
