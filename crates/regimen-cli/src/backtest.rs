//! `regimen backtest`: replay a definition and write the run's folder.

use std::path::{Path, PathBuf};

use regimen::Methodology;
use regimen_analytics::{
    RandomRegimes, Summary, Term, TrackingDifference, counterfactual_count, counterfactuals,
};
use regimen_input::Opened;
use regimen_replay::{Period, RunError, Step, StepSink, replay_each};
use regimen_run::{FinishedRun, RunDescription, RunFolderError, RunWriter};
use regimen_types::{AsOf, Diagnostic, Diagnostics, History, PriceJump};

use crate::arguments::{Backtest, Format};
use crate::codes;
use crate::failure::Failure;
use crate::inputs::{read_market, read_with_portfolio};
use crate::print::{json, table};
use crate::progress::{ReplayProgress, RunsProgress};
use crate::regime_lines;
use crate::warnings::{count_line, report};

pub(crate) fn run(command: &Backtest) -> Result<String, Failure> {
    let period = Period { from: command.from, to: command.to };
    check_order(period)?;
    let definition = read_with_portfolio(&command.definition, "backtest")?;
    let out =
        command.out.clone().unwrap_or_else(|| PathBuf::from("out").join(folder_name(definition.folder())));
    let strict = command.definition.strict;
    let Opened { methodology, history, inputs, warnings } =
        read_market(definition, command.snapshots.as_deref(), strict)?;
    let description = RunDescription { methodology: &methodology, period, inputs };
    let writer = RunWriter::create(&out, description)?;
    let (mut writer, suspects) = replay_into(writer, &methodology, &history, period)?;
    writer.write_suspects(&suspects)?;
    writer.warn(&warnings.items);
    report(&Diagnostics { items: writer.effects(), suppressed: 0 }, strict)?;
    if let Some(runs) = command.counterfactuals {
        let random = RandomRegimes { runs, seed: command.seed };
        add_counterfactuals(&mut writer, &methodology, &history, period, random)?;
    }
    let finished = std::thread::scope(|scope| {
        // Freeing the memory of a large history takes as long as finishing the files.
        scope.spawn(move || drop(history));
        writer.finish()
    });
    let FinishedRun { summary, regime_report, manifest } = finished?;
    match command.format {
        Format::Json => json(&summary),
        Format::Text => Ok(format!(
            "{}, executed {}\n{}{}written to {out}; check it with `regimen verify {out}`\n",
            methodology.definition().name,
            manifest.execution,
            summary_table(&summary, regime_lines::lines(&regime_report)),
            suspects_note(suspects.len()),
            out = out.display()
        )),
    }
}

/// Returns the name of a folder, which may be given as a relative path.
fn folder_name(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    absolute.file_name().map_or_else(|| "run".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Refuses a period that ends before it begins, before anything is read.
pub(crate) fn check_order(period: Period) -> Result<(), Failure> {
    match (period.from, period.to) {
        (Some(from), Some(to)) if from > to => {
            let message = format!("--from {from} is later than --to {to}");
            Err(Diagnostic::general(codes::NO_SUCH_PERIOD.code, message, "exchange the two").into())
        }
        _ => Ok(()),
    }
}

/// The steps that may wait for the writer.
const STEPS_AHEAD: usize = 64;

/// Replays on this thread. A second thread writes, and a third searches for suspect prices, which no step
/// needs.
fn replay_into<'a>(
    mut writer: RunWriter<'a>,
    methodology: &Methodology,
    history: &History,
    period: Period,
) -> Result<(RunWriter<'a>, Vec<PriceJump>), Failure> {
    let suspect_factor = methodology.definition().snapshots.suspect_factor;
    let progress = ReplayProgress::start(history.snapshot_count());
    let (sender, receiver) = std::sync::mpsc::sync_channel::<Step<'_>>(STEPS_AHEAD);
    let (replayed, written, searched) = std::thread::scope(|scope| {
        let searching = scope.spawn(|| history.price_jumps(suspect_factor));
        let writing = scope.spawn(|| {
            for step in receiver {
                writer.take(&step)?;
            }
            Ok::<_, RunFolderError>(writer)
        });
        let replayed = replay_each(methodology, history, period, |step| {
            progress.advance();
            sender.send(step).map_err(|_| "the writer is gone")
        });
        drop(sender);
        (replayed, writing.join(), searching.join())
    });
    progress.finish();
    // A writer that failed hangs up, so its own error comes before that of sending to it.
    let writer = joined(written)?;
    replayed.map_err(|error| run_failure(&error, period))?;
    Ok((writer, joined(searched)))
}

/// Joins a thread: returns its result, or resumes its panic.
fn joined<T>(outcome: std::thread::Result<T>) -> T {
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Makes the same run under other regimes, and hands them to the writer.
fn add_counterfactuals(
    writer: &mut RunWriter<'_>,
    methodology: &Methodology,
    history: &History,
    period: Period,
    random: RandomRegimes,
) -> Result<(), Failure> {
    let progress = RunsProgress::start(counterfactual_count(random));
    let made =
        counterfactuals(methodology, history, period, &writer.regimes(), random, &|| progress.advance());
    progress.finish();
    writer.add_counterfactuals(made.map_err(|error| run_failure(&error, period))?);
    Ok(())
}

fn suspects_note(count: usize) -> String {
    match count {
        0 => String::new(),
        _ => format!(
            "{count} prices jump by more than `snapshots.suspect_factor`: look at suspects.csv before you believe the run\n"
        ),
    }
}

pub(crate) fn run_failure<E: std::fmt::Display>(error: &RunError<E>, period: Period) -> Failure {
    match error {
        RunError::NoSnapshot => {
            let bound = |bound: Option<AsOf>| bound.map_or_else(|| "…".to_owned(), |bound| bound.to_string());
            let message = format!("no snapshot lies from {} to {}", bound(period.from), bound(period.to));
            let help = "choose --from and --to within the snapshots";
            Diagnostic::general(codes::NO_SUCH_PERIOD.code, message, help).into()
        }
        RunError::Replay(_) => {
            let help = "check the snapshots and the definition at that instant; nothing was written";
            Diagnostic::general(codes::RUN_STOPPED.code, format!("the run stopped: {error}"), help).into()
        }
        other => Failure::internal(other),
    }
}

fn summary_table(summary: &Summary, regime_lines: Vec<(String, String)>) -> String {
    let regimes = &summary.snapshots_in_regime;
    let further_costs = [
        ("spread", summary.spread),
        ("impact", summary.impact),
        ("gas", summary.gas),
        ("platform fees", summary.platform_fees),
        ("management fees", summary.management_fees),
        ("management fee owed", summary.management_fee_owed),
    ];
    let mut rows = vec![
        ("period", format!("{} to {}, {} snapshots", summary.from, summary.to, summary.snapshots)),
        ("initial cash", summary.initial_cash.to_string()),
    ];
    let flows = [("deposited later", summary.deposited), ("withdrawn", summary.withdrawn)];
    rows.extend(
        flows.into_iter().filter(|(_, sum)| !sum.is_zero()).map(|(name, sum)| (name, sum.to_string())),
    );
    rows.extend([
        ("final NAV", summary.final_nav.to_string()),
        ("NAV multiple", summary.nav_multiple.to_string()),
        ("worst drawdown", format!("{} at {}", summary.worst_drawdown, summary.worst_drawdown_at)),
        ("index level", summary.final_index_level.to_string()),
        ("rebalances", summary.rebalances.to_string()),
        ("trades", format!("{}, notional {}", summary.trades, summary.traded_notional)),
        ("turnover, one way", summary.turnover.to_string()),
        ("fees", summary.fees.to_string()),
        ("slippage", summary.slippage.to_string()),
    ]);
    let charged = further_costs.into_iter().filter(|(_, amount)| !amount.is_zero());
    rows.extend(charged.map(|(name, amount)| (name, amount.to_string())));
    rows.extend([
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
    let mut rows: Vec<(String, String)> =
        rows.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    rows.extend(summary.tracking_difference.iter().flat_map(tracking_lines));
    rows.extend(regime_lines);
    rows.extend(count_line(&summary.warnings).map(|line| ("warnings".to_owned(), line)));
    table(&rows)
}

/// The tracking difference, and the causes that have a part in it.
fn tracking_lines(tracking: &TrackingDifference) -> Vec<(String, String)> {
    let whole = format!("{}, against {} in the index itself", tracking.difference, tracking.benchmark);
    let causes = Term::ALL.into_iter().map(|term| (term, tracking.terms.of(term)));
    let causes = causes.filter(|(_, amount)| !amount.is_zero());
    let lines = causes
        .map(|(term, amount)| (format!("  by {}", term.as_str().replace('_', " ")), amount.to_string()));
    std::iter::once(("tracking difference".to_owned(), whole)).chain(lines).collect()
}
