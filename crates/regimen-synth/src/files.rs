//! A market's two files, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::market::Market;
use crate::settings::SynthError;

/// The name of the file with the snapshots, a gzipped CSV.
pub const SNAPSHOTS_FILE_NAME: &str = "synthetic-market.csv.gz";
/// The name of the file with the asset list, a CSV.
pub const ASSETS_FILE_NAME: &str = "synthetic-assets.csv";

/// The level of the gzip, fixed because another one makes other bytes.
const COMPRESSION: Compression = Compression::new(6);

/// Writes a market's snapshots and asset list into a folder, which is created if need be.
///
/// Returns the paths of the two files. They replace older ones of the same name when both are complete.
/// The gzip holds neither a time nor a file name, so the same market makes the same bytes.
///
/// # Errors
/// [`SynthError::Write`] if the folder or a file cannot be written; older files are then left as they were.
pub fn write_files(market: &Market, folder: &Path) -> Result<Vec<PathBuf>, SynthError> {
    fs::create_dir_all(folder).map_err(|source| SynthError::Write { path: folder.to_owned(), source })?;
    let snapshots = Draft::write(folder, SNAPSHOTS_FILE_NAME, |file| {
        let mut gzip = GzEncoder::new(file, COMPRESSION);
        market.write_snapshots(&mut gzip)?;
        gzip.finish()?;
        Ok(())
    })?;
    let assets = Draft::write(folder, ASSETS_FILE_NAME, |file| market.write_asset_list(file))?;
    Ok(vec![snapshots.publish()?, assets.publish()?])
}

/// A complete file under a temporary name, which is removed unless it is published.
struct Draft {
    path: PathBuf,
    target: PathBuf,
}

impl Draft {
    fn write(
        folder: &Path,
        name: &str,
        fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<Self, SynthError> {
        let draft = Self { path: folder.join(format!(".{name}.partial")), target: folder.join(name) };
        draft.fill(fill).map_err(|source| SynthError::Write { path: draft.path.clone(), source })?;
        Ok(draft)
    }

    fn fill(&self, fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
        let mut file = BufWriter::new(File::create(&self.path)?);
        fill(&mut file)?;
        file.flush()
    }

    fn publish(self) -> Result<PathBuf, SynthError> {
        match fs::rename(&self.path, &self.target) {
            Ok(()) => Ok(self.target.clone()),
            Err(source) => Err(SynthError::Write { path: self.target.clone(), source }),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove, and a second error would hide the first.
        let _ = fs::remove_file(&self.path);
    }
}
