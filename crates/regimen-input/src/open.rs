//! A definition and all that it names: read, checked against each other, and ready for decisions.

mod effect;
mod error;
mod tables;

use std::path::{Path, PathBuf};

use regimen::{CheckedDefinition, Methodology, parse_definition};
use regimen_types::{Diagnostics, History, InputEntry, SnapshotFormat};

use crate::input_file::InputFile;
use crate::snapshots::{SnapshotInput, read_snapshots};
use effect::MarketFacts;
use tables::{NamedTables, TableParts};

pub use error::OpenError;

/// What a definition given as a text is called in findings and manifests.
const TEXT_NAME: &str = "definition";

/// Where a definition comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefinitionSource<'a> {
    /// A TOML file. The files that it names are looked for in its folder.
    File(&'a Path),
    /// A TOML text.
    Text {
        /// The text.
        text: &'a str,
        /// The folder in which the files that it names are looked for.
        folder: &'a Path,
    },
}

/// A definition that was read, and where it stood. Nothing that it names has been read yet.
#[derive(Clone, Debug)]
pub struct ReadDefinition {
    definition: CheckedDefinition,
    folder: PathBuf,
    entry: InputEntry,
}

/// A methodology, and the market to decide on.
#[derive(Debug)]
pub struct Opened {
    /// The methodology, with every table that its definition names.
    pub methodology: Methodology,
    /// The market's history, with the asset list and the corporate actions that the definition names.
    pub history: History,
    /// The files that were read, in the order of reading.
    pub inputs: Vec<InputEntry>,
    /// What a person should look at, such as columns that are not kept.
    pub warnings: Diagnostics,
}

/// Reads a definition, its snapshots and every file that it names.
///
/// Each of `overrides` is a `KEY=VALUE` that replaces a key of the definition. `snapshots` replaces the path
/// that the definition names. `progress` is given the bytes of snapshots read so far, and their total.
///
/// To read snapshots in another way, such as from Parquet, call [`ReadDefinition::read`] and
/// [`ReadDefinition::with_snapshots`].
///
/// ```
/// use std::path::Path;
///
/// use regimen_input::{DefinitionSource, open};
///
/// let folder = Path::new("../..");
/// let path = folder.join("backtests/global-100/index.toml");
/// let overrides = ["selection.count=20".to_owned()];
/// let opened = open(DefinitionSource::File(&path), &overrides, None, &|_, _| {})?;
/// assert_eq!(opened.methodology.definition().name, "Global 100");
/// assert_eq!(opened.history.snapshot_count(), 1097);
/// # Ok::<(), regimen_input::OpenError>(())
/// ```
///
/// # Errors
/// [`OpenError`] if the definition or a file cannot be used, or they do not fit each other.
pub fn open(
    definition: DefinitionSource<'_>,
    overrides: &[String],
    snapshots: Option<&Path>,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Opened, OpenError> {
    let definition = ReadDefinition::read(definition, overrides)?;
    let path = definition.snapshots_path(snapshots)?;
    let snapshots = read_snapshots(&path, &definition.snapshot_format(), progress)?;
    definition.with_snapshots(snapshots)
}

impl ReadDefinition {
    /// Reads and checks a definition, with overrides as in [`open`].
    ///
    /// # Errors
    /// [`OpenError`] if the file cannot be read, or the definition breaks a rule.
    pub fn read(source: DefinitionSource<'_>, overrides: &[String]) -> Result<Self, OpenError> {
        let (shown, folder, bytes) = match source {
            DefinitionSource::File(path) => {
                let file = path.display().to_string();
                let folder = path.parent().map(Path::to_owned).unwrap_or_default();
                match std::fs::read(path) {
                    Ok(bytes) => (file, folder, bytes),
                    Err(problem) => return Err(OpenError::UnreadableDefinition { file, problem }),
                }
            }
            DefinitionSource::Text { text, folder } => {
                (TEXT_NAME.to_owned(), folder.to_owned(), text.as_bytes().to_vec())
            }
        };
        let entry = InputFile::of(Path::new(&shown), &bytes).entry("definition");
        let Ok(text) = String::from_utf8(bytes) else {
            return Err(OpenError::DefinitionNotUtf8 { file: shown });
        };
        Ok(Self { definition: parse_definition(&shown, &text, overrides)?, folder, entry })
    }

    /// Returns the definition, every default spelled out.
    #[must_use]
    pub fn definition(&self) -> &CheckedDefinition {
        &self.definition
    }

    /// Returns the folder in which the files that the definition names are looked for.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the format in which the definition expects its snapshots.
    #[must_use]
    pub fn snapshot_format(&self) -> SnapshotFormat {
        self.definition().snapshots.format()
    }

    /// Returns the path of the snapshots: the one given, or else the one that the definition names.
    ///
    /// # Errors
    /// [`OpenError::NoSnapshots`] if there is neither.
    pub fn snapshots_path(&self, given: Option<&Path>) -> Result<PathBuf, OpenError> {
        let named = || self.definition().snapshots.path.as_ref().map(|path| self.folder.join(path));
        given.map(Path::to_owned).or_else(named).ok_or(OpenError::NoSnapshots)
    }

    /// Reads the other files that the definition names, and joins them with snapshots that were read.
    ///
    /// # Errors
    /// [`OpenError`] if a file cannot be used, or does not fit the definition or the snapshots.
    pub fn with_snapshots(self, snapshots: SnapshotInput) -> Result<Opened, OpenError> {
        let SnapshotInput { history, files, mut warnings } = snapshots;
        let name = self.entry.name.clone();
        let mut inputs = vec![self.entry];
        inputs.extend(files.iter().map(|file| file.entry("snapshots")));
        let tables = NamedTables::read(&self.definition, &self.folder)?;
        inputs.extend_from_slice(tables.files());
        let history = tables.complete(history, &mut warnings);
        let TableParts { methodology, asset_list, contents } = tables.into_parts(self.definition)?;
        let facts = MarketFacts::of(&history, asset_list.as_ref(), methodology.definition());
        warnings.items.extend(effect::check(&methodology, &facts, &contents, &name)?);
        Ok(Opened { methodology, history, inputs, warnings })
    }
}
