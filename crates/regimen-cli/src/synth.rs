//! `regimen synth`: a synthetic market.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use regimen_synth::{Market, MarketKind, SynthError, SynthSettings, write_files};
use regimen_types::Diagnostic;

use crate::arguments::Synth;
use crate::failure::Failure;

pub(crate) fn run(command: &Synth) -> Result<String, Failure> {
    let market = Market::new(SynthSettings {
        seed: command.seed,
        first_day: command.first_day,
        days: command.days,
        assets: command.assets,
        kind: if command.clean { MarketKind::Clean } else { MarketKind::Realistic },
    })
    .map_err(failure)?;
    if command.plain {
        return write_plain(&market, &command.out);
    }
    let paths = write_files(&market, &command.out).map_err(failure)?;
    Ok(paths.iter().map(|path| format!("{}\n", path.display())).collect())
}

/// Writes the market as plain CSV, whole or not at all, with the asset list beside it.
fn write_plain(market: &Market, folder: &Path) -> Result<String, Failure> {
    let refuse = |problem: std::io::Error| Failure::unwritable(folder, &problem);
    std::fs::create_dir_all(folder).map_err(refuse)?;
    let mut shown = String::new();
    for (name, is_market) in [("synthetic-market.csv", true), ("synthetic-assets.csv", false)] {
        let (path, partial) = (folder.join(name), folder.join(format!(".{name}.partial")));
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&partial).map_err(refuse)?);
        let written = if is_market {
            market.write_snapshots(&mut out).map(drop)
        } else {
            market.write_asset_list(&mut out)
        };
        written
            .and_then(|()| out.into_inner().map_err(std::io::IntoInnerError::into_error))
            .map_err(refuse)?;
        std::fs::rename(&partial, &path).map_err(refuse)?;
        shown += &format!("{}\n", path.display());
    }
    Ok(shown)
}

fn failure(error: SynthError) -> Failure {
    let finding = Diagnostic::general(error.code(), error.to_string(), error.remedy());
    match error {
        SynthError::Write { .. } => Failure::Internal(finding.into()),
        _ => finding.into(),
    }
}
