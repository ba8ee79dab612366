//! Replaying a run under other regimes.

use regimen::Methodology;
use regimen_replay::{Period, RunError, Variants};
use regimen_types::{ArithmeticError, AsOf, History, Regime};

use super::figures::{CounterfactualRun, Counterfactuals, RandomRegimes};
use super::plan::Plan;
use crate::summary::SummaryBuilder;

/// Why a run under other regimes failed.
pub type CounterfactualError = RunError<ArithmeticError>;

/// Replays a methodology under other regimes than those that its rule gave at the snapshots of a run.
///
/// Runs are made in parallel, and the result does not depend on the number of threads. `progress` is called
/// after each run, on any thread.
///
/// # Errors
/// [`CounterfactualError`] of the first run that fails, in the order of the result.
pub fn counterfactuals(
    methodology: &Methodology,
    history: &History,
    period: Period,
    given: &[(AsOf, Regime)],
    random: RandomRegimes,
    progress: &(impl Fn() + Sync),
) -> Result<Counterfactuals, CounterfactualError> {
    let regimes: Vec<Regime> = given.iter().map(|(_, regime)| *regime).collect();
    let plan = Plan::of(&regimes, random);
    let under = |sequence: &Vec<Regime>| {
        let table = given.iter().zip(sequence).map(|((as_of, _), regime)| (*as_of, *regime));
        methodology.under_regimes(table.collect())
    };
    let variants = Variants { history, period, variants: &plan.sequences };
    let runs: Vec<SummaryBuilder> = variants.replay(under, progress)?;
    let outcomes = runs.into_iter().map(|run| {
        let summary = run.finish().ok_or(RunError::NoSnapshot)?;
        CounterfactualRun::of(&summary).map_err(RunError::Sink)
    });
    let outcomes = outcomes.collect::<Result<Vec<_>, CounterfactualError>>()?;
    plan.result(&outcomes, random).map_err(RunError::Sink)
}
