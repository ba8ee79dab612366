//! Which files to read: one, or those of a folder in the order of their dates.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regimen_types::{AsOf, Diagnostics};

use super::codes::{FOLDER, UNREADABLE};
use super::findings::error;

/// What a path may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A file or a folder of files.
    Snapshots,
    /// A single file.
    Single,
}

/// A file to read.
#[derive(Clone, Debug)]
pub(crate) struct SourceFile {
    pub(crate) path: PathBuf,
    /// The path as the user gave it, for messages.
    pub(crate) shown: String,
    /// The name without its folder.
    pub(crate) name: String,
    /// The date that the file's name states.
    pub(crate) date: Option<AsOf>,
    pub(crate) bytes: u64,
}

pub(crate) fn list_files(path: &Path, kind: FileKind) -> Result<Vec<SourceFile>, Diagnostics> {
    let shown = path.display().to_string();
    let unreadable =
        |problem: std::io::Error| error(UNREADABLE, &shown, format!("cannot be read: {problem}"));
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_dir() {
        return Ok(vec![source_file(path.to_owned(), metadata.len())]);
    }
    if kind == FileKind::Single {
        return Err(error(UNREADABLE, &shown, "is a folder, not a file").into());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let metadata = fs::metadata(entry.path()).map_err(unreadable)?;
        if metadata.is_file() && stem(&entry.file_name().to_string_lossy()).is_some() {
            files.push(source_file(entry.path(), metadata.len()));
        }
    }
    files.sort_by(|left, right| (left.date, &left.name).cmp(&(right.date, &right.name)));
    check_folder(&shown, &files)?;
    Ok(files)
}

fn check_folder(shown: &str, files: &[SourceFile]) -> Result<(), Diagnostics> {
    if files.is_empty() {
        return Err(error(FOLDER, shown, "the folder holds no .csv or .csv.gz file").into());
    }
    let mut by_date: BTreeMap<AsOf, &SourceFile> = BTreeMap::new();
    for file in files {
        let Some(date) = file.date else { continue };
        if let Some(earlier) = by_date.insert(date, file) {
            let message = format!("{} and {} are both of {date}", earlier.name, file.name);
            return Err(error(FOLDER, shown, message).into());
        }
    }
    Ok(())
}

fn source_file(path: PathBuf, bytes: u64) -> SourceFile {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let date = stem(&name).and_then(|stem| stem.parse().ok());
    SourceFile { shown: path.display().to_string(), path, name, date, bytes }
}

/// Returns what stands before `.csv` or `.csv.gz`.
fn stem(name: &str) -> Option<&str> {
    name.strip_suffix(".gz").unwrap_or(name).strip_suffix(".csv")
}
