//! Markets and methodologies that benches share.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use regimen::{Inputs, Methodology, parse_definition};
use regimen_input::read_snapshots;
use regimen_synth::{Market, MarketKind, SynthSettings};
use regimen_types::{AsOf, History, SnapshotFormat};

/// Writes the snapshots of a synthetic market without pathologies into a plain CSV.
pub(crate) fn write_market(path: &Path, assets: u32, days: u32) -> Result<(), Box<dyn Error>> {
    let first_day = AsOf::from_ymd(2021, 1, 1).ok_or("the calendar has a 2021-01-01")?;
    let market = Market::new(SynthSettings { seed: 1, first_day, days, assets, kind: MarketKind::Clean })?;
    let mut file = BufWriter::new(File::create(path)?);
    market.write_snapshots(&mut file)?;
    file.flush()?;
    Ok(())
}

/// Reads snapshots of the default format.
pub(crate) fn read_history(path: &Path) -> Result<History, Box<dyn Error>> {
    Ok(read_snapshots(path, &SnapshotFormat::default(), &|_, _| {})?.history)
}

/// Reads a definition from the folder `backtests/`, with overrides.
pub(crate) fn methodology(name: &str, overrides: &[String]) -> Result<Methodology, Box<dyn Error>> {
    let path = workspace_root().join("backtests").join(name).join("index.toml");
    let text = fs::read_to_string(&path)?;
    Ok(Methodology::new(parse_definition(&path.display().to_string(), &text, overrides)?, Inputs::none())?)
}

/// Returns the folder that holds the workspace.
pub(crate) fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
