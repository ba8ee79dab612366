//! A definition and its market, as the commands ask for them.

use std::path::Path;

use regimen_input::{DefinitionSource, Opened, ReadDefinition, SnapshotInput, read_snapshots};
use regimen_types::{Diagnostic, SnapshotFormat};

use crate::arguments::DefinitionOptions;
use crate::codes;
use crate::failure::Failure;
use crate::progress::ReadProgress;
use crate::warnings;

pub(crate) fn read_definition(options: &DefinitionOptions) -> Result<ReadDefinition, Failure> {
    Ok(ReadDefinition::read(DefinitionSource::File(&options.definition), &options.overrides)?)
}

/// Reads a definition for a command that needs a portfolio.
pub(crate) fn read_with_portfolio(
    options: &DefinitionOptions,
    command: &str,
) -> Result<ReadDefinition, Failure> {
    let read = read_definition(options)?;
    if read.definition().portfolio.is_some() {
        return Ok(read);
    }
    let message = format!("the definition is of an index alone; `regimen {command}` needs a portfolio");
    let help = "add the tables `[portfolio]`, `[costs]` and `[vanished]`, or calculate the index with `regimen level`";
    Err(Diagnostic::general(codes::INDEX_ALONE.code, message, help).into())
}

/// Reads the snapshots, from `path` if given, and every file that the definition names.
///
/// Warnings are printed, or refused if `strict`; those of the snapshots stay first in what is returned.
pub(crate) fn read_market(
    definition: ReadDefinition,
    path: Option<&Path>,
    strict: bool,
) -> Result<Opened, Failure> {
    let path = definition.snapshots_path(path)?;
    let mut read = read_history(&path, &definition.snapshot_format())?;
    // A warning about the snapshots may explain an error that follows.
    let mut all = std::mem::take(&mut read.warnings);
    warnings::report(&all, strict)?;
    let opened = definition.with_snapshots(read)?;
    warnings::report(&opened.warnings, strict)?;
    all.items.extend(opened.warnings.items);
    all.suppressed = all.suppressed.saturating_add(opened.warnings.suppressed);
    Ok(Opened { warnings: all, ..opened })
}

/// Reads snapshots with a progress bar on a terminal.
fn read_history(path: &Path, format: &SnapshotFormat) -> Result<SnapshotInput, Failure> {
    #[cfg(feature = "panel")]
    if is_parquet(path) {
        return read_parquet(path);
    }
    #[cfg(not(feature = "panel"))]
    if path.extension().is_some_and(|extension| extension == "parquet") {
        let (file, message) = (path.display().to_string(), "this build does not read Parquet");
        let help = "build with `--features panel`, or use CSV";
        return Err(Diagnostic::error(codes::NO_PARQUET.code, &file, message, help).into());
    }
    let progress = ReadProgress::start();
    let read = read_snapshots(path, format, &|done, total| progress.show(done, total));
    progress.finish();
    Ok(read?)
}

#[cfg(feature = "panel")]
pub(crate) use parquet::convert;
#[cfg(feature = "panel")]
use parquet::{is_parquet, read_parquet};

#[cfg(feature = "panel")]
mod parquet {
    //! Snapshots as Parquet.

    use std::path::Path;

    use regimen_input::{InputFile, SnapshotInput};
    use regimen_types::{Diagnostics, SnapshotFormat};

    use crate::arguments::Convert;
    use crate::failure::Failure;

    pub(super) fn is_parquet(path: &Path) -> bool {
        path.extension().is_some_and(|extension| extension == "parquet")
    }

    pub(super) fn read_parquet(path: &Path) -> Result<SnapshotInput, Failure> {
        let history = regimen_panel::read_parquet(path).map_err(Diagnostics::from)?;
        let bytes = std::fs::read(path)
            .map_err(|problem| Failure::internal(format!("{}: {problem}", path.display())))?;
        let files = vec![InputFile::of(path, &bytes)];
        Ok(SnapshotInput { history, files, warnings: Diagnostics::default() })
    }

    pub(crate) fn convert(command: &Convert) -> Result<String, Failure> {
        let read = super::read_history(&command.from, &SnapshotFormat::default())?;
        regimen_panel::write_parquet(&read.history, &command.to).map_err(Diagnostics::from)?;
        Ok(format!(
            "{}: {} rows in {} snapshots of {} assets\n",
            command.to.display(),
            read.history.row_count(),
            read.history.snapshot_count(),
            read.history.asset_count()
        ))
    }
}
