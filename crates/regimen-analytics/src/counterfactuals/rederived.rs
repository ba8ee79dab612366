//! Recomputing counterfactuals from the run that they belong to.

use std::collections::BTreeSet;

use regimen_types::{ArithmeticError, Regime};

use super::distribution::Distribution;
use super::figures::{CounterfactualRun, Counterfactuals, RandomRuns, ShiftedRun};
use super::random::{RandomStream, shuffled};
use super::shifted::{EARLY, LATE, delayed, flips, hastened};
use crate::summary::Summary;

impl Counterfactuals {
    /// Recomputes from the run's own regimes and summary every figure that takes no replay, and keeps the
    /// others.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a ratio does not fit a decimal.
    pub fn rederived(&self, given: &[Regime], summary: &Summary) -> Result<Self, ArithmeticError> {
        let rule = CounterfactualRun::of(summary)?;
        let with_flips = |run: &CounterfactualRun, regimes: &[Regime]| CounterfactualRun {
            flips: flips(regimes),
            ..run.clone()
        };
        let late = LATE.into_iter().zip(&self.late).map(|(snapshots, late)| ShiftedRun {
            snapshots: snapshots as u64,
            attainable: true,
            run: with_flips(&late.run, &delayed(given, snapshots)),
        });
        let random = &self.random;
        let runs = random.nav_multiples.len().min(random.worst_drawdowns.len()) as u64;
        let sequences = (0..runs).map(|run| shuffled(given, &mut RandomStream::of_run(random.seed, run)));
        Ok(Self {
            always_bullish: CounterfactualRun { flips: 0, ..self.always_bullish.clone() },
            late: late.collect(),
            early: ShiftedRun {
                snapshots: EARLY as u64,
                attainable: false,
                run: with_flips(&self.early.run, &hastened(given, EARLY)),
            },
            random: RandomRuns {
                runs,
                distinct: sequences.collect::<BTreeSet<_>>().len() as u64,
                nav_multiple: Distribution::of(&random.nav_multiples, rule.nav_multiple)?,
                worst_drawdown: Distribution::of(&random.worst_drawdowns, rule.worst_drawdown)?,
                ..random.clone()
            },
            rule,
        })
    }
}
