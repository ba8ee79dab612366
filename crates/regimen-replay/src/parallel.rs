//! Many runs over the same snapshots, in parallel.

use rayon::prelude::*;
use regimen::Methodology;
use regimen_types::History;

use crate::run::{Period, RunError, StepSink, replay};

/// Variants of one run: the same snapshots under several methodologies.
#[derive(Clone, Copy, Debug)]
pub struct Variants<'a, V> {
    /// The history.
    pub history: &'a History,
    /// The part of the history that is replayed.
    pub period: Period,
    /// One value per run: the difference from the other runs.
    pub variants: &'a [V],
}

impl<V: Sync> Variants<'_, V> {
    /// Replays the methodology of each variant into a sink of its own, and returns the sinks in the order of
    /// the variants.
    ///
    /// The result does not depend on the number of threads. `progress` is called after each run, on any
    /// thread.
    ///
    /// # Errors
    /// [`RunError`] of the first variant whose run fails, in their order.
    pub fn replay<S: StepSink<Error: Send> + Default + Send>(
        &self,
        methodology_of: impl Fn(&V) -> Methodology + Sync,
        progress: &(impl Fn() + Sync),
    ) -> Result<Vec<S>, RunError<S::Error>> {
        let run = |variant: &V| {
            let mut sink = S::default();
            let end = replay(&methodology_of(variant), self.history, self.period, &mut sink);
            progress();
            end.map(|_| sink)
        };
        let runs: Vec<Result<S, RunError<S::Error>>> = self.variants.par_iter().map(run).collect();
        runs.into_iter().collect()
    }
}
