//! A folder that appears whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::manifest::{MANIFEST, is_run_file};

/// Says why a run folder could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunFolderError {
    /// The folder exists and holds something else than a run.
    #[error("error[RUN001]: {} exists and holds something else than a run\n  help: name another folder with --out, or remove this one", .0.display())]
    NotARun(PathBuf),
    /// The file system refused.
    #[error("error[RUN002]: {}: {source}\n  help: check that the folder can be written and has room", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A figure of the run does not fit.
    #[error("error[RUN003]: {0}\n  help: use a smaller portfolio or fewer decimal places")]
    Figure(String),
    /// The tracking difference is not explained.
    #[error("error[RUN140]: {0}\n  help: report it with the definition: every cause should have its term")]
    Unexplained(String),
}

impl RunFolderError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
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
            // Nothing more can be done where this fails: the folder's name says that it is partial.
            let _ = fs::remove_dir_all(&self.partial);
        }
    }
}

/// Says whether a folder may be replaced: it is empty, or holds a run and nothing that a run does not write.
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
