//! `regimen import`: files of vendors as one CSV, with a definition to start from.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use regimen_input::{ImportOptions, StartingFiles, import, starting_files, write_snapshots};
use regimen_types::Diagnostic;

use crate::arguments::Import;
use crate::codes;
use crate::failure::Failure;

pub(crate) fn run(command: &Import) -> Result<String, Failure> {
    let options = ImportOptions {
        kind: command.kind,
        as_of_format: command.as_of_format.clone(),
        asset_pattern: command.asset_pattern.clone(),
    };
    let imported = import(&command.files, &options)?;
    for warning in &imported.snapshots.warnings.items {
        eprintln!("{warning}");
    }
    let name = command.out.file_name().unwrap_or_default().to_string_lossy();
    let StartingFiles { definition, weights } = starting_files(&imported, &name);
    let history = &imported.snapshots.history;
    let folder = command.out.parent().unwrap_or(Path::new(""));
    let beside = [("index.toml", Some(definition)), ("weights.csv", weights)];
    let beside: Vec<(PathBuf, String)> =
        beside.into_iter().filter_map(|(name, text)| Some((folder.join(name), text?))).collect();
    let mut written = Written::default();
    written.add(&command.out, |out| write_snapshots(history, out))?;
    for (path, text) in &beside {
        written.add(path, |out| out.write_all(text.as_bytes()))?;
    }
    written.paths.clear();
    let period = match (history.instants().first(), history.instants().last()) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => String::new(),
    };
    let (rows, snapshots, assets) = (history.row_count(), history.snapshot_count(), history.asset_count());
    let mut said = format!(
        "{}: {rows} rows in {snapshots} snapshots of {assets} assets, {period}\n",
        command.out.display()
    );
    for (path, _) in &beside {
        said += &format!("{}\n", path.display());
    }
    Ok(said)
}

/// The files that have been written so far; they are removed again unless all are.
#[derive(Default)]
struct Written {
    paths: Vec<PathBuf>,
}

impl Written {
    /// Writes a file that must not be there yet.
    fn add(
        &mut self,
        path: &Path,
        write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        let file = OpenOptions::new().write(true).create_new(true).open(path);
        let file = file.map_err(|problem| match problem.kind() {
            ErrorKind::AlreadyExists => {
                let (message, help) = ("the file is there already", "name another file or folder with --out");
                Diagnostic::error(codes::IN_THE_WAY.code, &path.display().to_string(), message, help).into()
            }
            _ => Failure::unwritable(path, &problem),
        })?;
        self.paths.push(path.to_owned());
        let mut out = BufWriter::new(file);
        write(&mut out).and_then(|()| out.flush()).map_err(|problem| Failure::unwritable(path, &problem))
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        for path in &self.paths {
            // What cannot be removed has been reported as what could not be written.
            let _ = std::fs::remove_file(path);
        }
    }
}
