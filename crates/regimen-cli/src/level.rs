//! `regimen level`: the index alone.

use std::path::{Path, PathBuf};

use regimen_input::Opened;
use regimen_replay::{Period, calculate_index};
use regimen_run::{Effects, IndexTable};
use regimen_types::{Diagnostic, Diagnostics};

use crate::arguments::{Level, TableFormat};
use crate::backtest::{check_order, run_failure};
use crate::codes;
use crate::failure::Failure;
use crate::inputs::{read_definition, read_market};
use crate::progress::ReplayProgress;
use crate::warnings::report;

pub(crate) fn run(command: &Level) -> Result<String, Failure> {
    let period = Period { from: command.from, to: command.to };
    check_order(period)?;
    check_outputs(command)?;
    let definition = read_definition(&command.definition)?;
    let Opened { methodology, history, .. } =
        read_market(definition, command.snapshots.as_deref(), command.definition.strict)?;
    let format = match command.format {
        TableFormat::Csv => regimen_run::TableFormat::Csv,
        TableFormat::Json => regimen_run::TableFormat::Json,
    };
    let (mut levels, mut weights) = (IndexTable::of_levels(format), IndexTable::of_weights(format));
    let progress = ReplayProgress::start(history.snapshot_count());
    let mut effects = Effects::of(&methodology);
    let mut last = None;
    let calculated =
        calculate_index::<std::convert::Infallible>(&methodology, &history, period.to, |decision| {
            progress.advance();
            if period.contains(decision.as_of) {
                effects.add_index(&decision);
                levels.add_level(&decision);
                decision.rebalances().for_each(|rebalance| weights.add_weights(rebalance));
                last = Some((decision.as_of, decision.level));
            }
            Ok(())
        });
    progress.finish();
    calculated.map_err(|error| run_failure(&error, period))?;
    let Some((as_of, level)) = last else {
        return Err(run_failure(&regimen_replay::RunError::<std::convert::Infallible>::NoSnapshot, period));
    };
    report(&Diagnostics { items: effects.findings(period), suppressed: 0 }, command.definition.strict)?;
    let said = format!(
        "{}: {} levels, the last {level} at {as_of}, written to {}\n",
        methodology.definition().name,
        levels.rows(),
        command.out.display()
    );
    let mut files = vec![(command.out.as_path(), levels.finish())];
    files.extend(command.weights.as_deref().map(|path| (path, weights.finish())));
    write_all(&files)?;
    Ok(said)
}

fn check_outputs(command: &Level) -> Result<(), Failure> {
    if command.weights.as_deref() == Some(command.out.as_path()) {
        let (file, message) = (command.out.display().to_string(), "--out and --weights name the same file");
        return Err(Diagnostic::error(codes::ONE_FILE_TWICE.code, &file, message, "name two files").into());
    }
    Ok(())
}

/// Writes files whole: each beside its destination first, then renames all, so that a failure keeps the old
/// ones.
fn write_all(files: &[(&Path, String)]) -> Result<(), Failure> {
    let partial = |path: &Path| -> PathBuf {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        path.with_file_name(name)
    };
    let refuse = |path: &Path, problem: &std::io::Error| {
        for (path, _) in files {
            // A leftover of the failed attempt. If it cannot be removed, there is nothing left to do.
            let _ = std::fs::remove_file(partial(path));
        }
        Failure::unwritable(path, problem)
    };
    for (path, text) in files {
        std::fs::write(partial(path), text).map_err(|problem| refuse(path, &problem))?;
    }
    for (path, _) in files {
        std::fs::rename(partial(path), path).map_err(|problem| refuse(path, &problem))?;
    }
    Ok(())
}
