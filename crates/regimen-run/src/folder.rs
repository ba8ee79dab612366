//! A folder that appears whole or not at all.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use regimen_types::Diagnostic;

use crate::codes::{CANNOT_WRITE, FIGURE_TOO_LARGE, NOT_A_RUN_TO_REPLACE, UNEXPLAINED};
use crate::manifest::{MANIFEST, is_run_file};

/// Why a run folder could not be written. It prints as its [`diagnostic`](RunFolderError::diagnostic).
#[derive(Debug)]
#[non_exhaustive]
pub enum RunFolderError {
    /// The folder exists and holds something else than a run.
    NotARun(PathBuf),
    /// The file system refused.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A figure of the run does not fit.
    Figure(String),
    /// The tracking difference is not explained.
    Unexplained(String),
}

impl RunFolderError {
    /// Returns the finding: its code, its folder and a remedy.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::NotARun(path) => Diagnostic::error(
                NOT_A_RUN_TO_REPLACE.code,
                &path.display().to_string(),
                "the folder exists and holds something else than a run",
                "name another folder with --out, or remove this one",
            ),
            Self::Io { path, source } => Diagnostic::error(
                CANNOT_WRITE.code,
                &path.display().to_string(),
                format!("the run cannot be written: {source}"),
                "check that the folder can be written and has room",
            ),
            Self::Figure(problem) => Diagnostic::general(
                FIGURE_TOO_LARGE.code,
                problem,
                "use a smaller portfolio or fewer decimal places",
            ),
            Self::Unexplained(problem) => Diagnostic::general(
                UNEXPLAINED.code,
                problem,
                "report it with the definition: every cause should have its term",
            ),
        }
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

impl fmt::Display for RunFolderError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.diagnostic())
    }
}

impl std::error::Error for RunFolderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::NotARun(_) | Self::Figure(_) | Self::Unexplained(_) => None,
        }
    }
}

/// A folder beside its destination, renamed to it when complete and removed when not.
pub(crate) struct PartialFolder {
    destination: PathBuf,
    partial: PathBuf,
    published: bool,
}

impl PartialFolder {
    /// Creates the folder, unless its destination holds something else than a run.
    pub(crate) fn create(destination: &Path) -> Result<Self, RunFolderError> {
        if destination.exists() && !is_run_or_empty(destination) {
            return Err(RunFolderError::NotARun(destination.to_owned()));
        }
        let partial = sibling(destination, "partial");
        remove(&partial)?;
        fs::create_dir_all(&partial).map_err(RunFolderError::io(&partial))?;
        Ok(Self { destination: destination.to_owned(), partial, published: false })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.partial
    }

    /// Puts the folder in its place. The old one, if any, is removed only when the new one stands there.
    pub(crate) fn publish(mut self) -> Result<(), RunFolderError> {
        let old = sibling(&self.destination, "old");
        remove(&old)?;
        if self.destination.exists() {
            fs::rename(&self.destination, &old).map_err(RunFolderError::io(&self.destination))?;
        }
        if let Err(source) = fs::rename(&self.partial, &self.destination) {
            // Put the old run back; the rename that failed is what the user has to know.
            let _ = fs::rename(&old, &self.destination);
            return Err(RunFolderError::Io { path: self.destination.clone(), source });
        }
        self.published = true;
        remove(&old)
    }
}

impl Drop for PartialFolder {
    fn drop(&mut self) {
        if !self.published {
            // If this fails, the folder's name still marks it as partial.
            let _ = fs::remove_dir_all(&self.partial);
        }
    }
}

/// Returns true if a folder may be replaced: it is empty, or holds a run and nothing else.
fn is_run_or_empty(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    let mut is_empty = true;
    for entry in entries {
        is_empty = false;
        let name = entry.map(|entry| entry.file_name());
        if !name.is_ok_and(|name| name.to_str().is_some_and(is_run_file)) {
            return false;
        }
    }
    is_empty || folder.join(MANIFEST).is_file()
}

fn sibling(folder: &Path, suffix: &str) -> PathBuf {
    let name = folder.file_name().map_or_else(|| "run".into(), |name| name.to_string_lossy().into_owned());
    folder.with_file_name(format!(".{name}.{suffix}"))
}

fn remove(folder: &Path) -> Result<(), RunFolderError> {
    if folder.exists() { fs::remove_dir_all(folder).map_err(RunFolderError::io(folder)) } else { Ok(()) }
}
