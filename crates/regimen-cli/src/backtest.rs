//! `regimen backtest`: replay a definition and write the run's folder.

use std::path::PathBuf;

use regimen_replay::{Period, RunError, Step, StepSink, Summary, replay};
use regimen_snapshots::{RunDescription, RunFolderError, RunWriter};

use crate::arguments::{Backtest, Format};
use crate::failure::Failure;
use crate::inputs::{Definition, Market};
use crate::print::{print_json, print_table};
use crate::progress::ReplayProgress;

pub(crate) fn run(command: &Backtest) -> Result<(), Failure> {
    let definition = Definition::read(&command.definition)?;
    let out = command.out.clone().unwrap_or_else(|| PathBuf::from("out").join(definition.folder_name()));
    let Market { methodology, history, inputs } = definition.read_market(command.snapshots.as_deref())?;
    let period = Period { from: command.from, to: command.to };
    let description = RunDescription { methodology: &methodology, period, inputs };
    let writer = RunWriter::create(&out, description).map_err(folder_failure)?;
    let mut sink = WithProgress { writer, progress: ReplayProgress::start(history.snapshot_count()) };
    replay(&methodology, &history, period, &mut sink).map_err(|error| run_failure(error, period))?;
    sink.progress.finish();
    let (summary, manifest) = sink.writer.finish().map_err(folder_failure)?;
    match command.format {
        Format::Json => print_json(&summary),
        Format::Text => {
            println!("{}, {}", methodology.definition().name, manifest.execution);
            print_summary(&summary);
            println!("written to {}; check it with `regimen verify {}`", out.display(), out.display());
            Ok(())
        }
    }
}

/// Hands steps on to the writer and shows how far the replay is.
struct WithProgress<'a> {
    writer: RunWriter<'a>,
    progress: ReplayProgress,
}

impl StepSink for WithProgress<'_> {
    type Error = RunFolderError;

    fn take(&mut self, step: &Step<'_>) -> Result<(), RunFolderError> {
        self.progress.advance();
        self.writer.take(step)
    }
}

fn folder_failure(error: RunFolderError) -> Failure {
    match error {
        RunFolderError::NotARun(_) => Failure::Input(error.to_string()),
        _ => Failure::Internal(error.to_string()),
    }
}

fn run_failure(error: RunError<RunFolderError>, period: Period) -> Failure {
    match error {
        RunError::NoSnapshot => {
            let bound = |bound: Option<regimen_types::AsOf>| {
                bound.map_or_else(|| "…".to_owned(), |bound| bound.to_string())
            };
            Failure::Input(format!(
                "error[CLI006]: no snapshot lies from {} to {}\n  help: choose --from and --to within the snapshots",
                bound(period.from),
                bound(period.to)
            ))
        }
        RunError::Sink(error) => folder_failure(error),
        RunError::Index(_) | RunError::Replay(_) => Failure::Input(format!(
            "error[CLI007]: the run stopped: {error}\n  help: check the snapshots and the definition at that instant; nothing was written"
        )),
        other => Failure::internal(other),
    }
}

fn print_summary(summary: &Summary) {
    let regimes = &summary.snapshots_in_regime;
    print_table(&[
        ("period", format!("{} to {}, {} snapshots", summary.from, summary.to, summary.snapshots)),
        ("initial cash", summary.initial_cash.to_string()),
        ("final NAV", summary.final_nav.to_string()),
        ("NAV multiple", summary.nav_multiple.to_string()),
        ("worst drawdown", format!("{} at {}", summary.worst_drawdown, summary.worst_drawdown_at)),
        ("index level", summary.final_index_level.to_string()),
        ("rebalances", summary.rebalances.to_string()),
        ("trades", format!("{}, notional {}", summary.trades, summary.traded_notional)),
        ("turnover, one way", summary.turnover.to_string()),
        ("fees", summary.fees.to_string()),
        ("slippage", summary.slippage.to_string()),
        ("written off", format!("{} in {} positions", summary.written_off, summary.write_offs)),
        ("orders not filled in full", summary.shortfalls.to_string()),
        ("regime flips", summary.regime_flips.to_string()),
        (
            "snapshots by regime",
            format!(
                "{} bullish, {} bearish, {} undetermined",
                regimes.bullish, regimes.bearish, regimes.undetermined
            ),
        ),
    ]);
}
