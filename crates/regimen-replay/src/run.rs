//! A whole run: every snapshot of a history, handed to a sink.

use regimen::Methodology;
use regimen_types::{AsOf, History};
use serde::{Deserialize, Serialize};

use crate::error::ReplayError;
use crate::replayer::{Checkpoint, Replayer};
use crate::step::Step;

/// The part of a history that is replayed, both ends included. Earlier snapshots still serve as history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Period {
    /// The first instant; `None` from the first snapshot.
    pub from: Option<AsOf>,
    /// The last instant; `None` to the newest snapshot.
    pub to: Option<AsOf>,
}

impl Period {
    /// Returns true if an instant lies in the period.
    #[must_use]
    pub fn contains(&self, as_of: AsOf) -> bool {
        self.from.is_none_or(|from| as_of >= from) && self.to.is_none_or(|to| as_of <= to)
    }

    /// Returns the part of the period in which the index exists: nothing before its base date.
    #[must_use]
    pub fn from_base(self, methodology: &Methodology) -> Self {
        Self { from: self.from.max(methodology.definition().index.base_date), ..self }
    }
}

/// A consumer of the steps of a run, in order.
pub trait StepSink {
    /// The error of a step that could not be consumed.
    type Error;

    /// Consumes one step.
    ///
    /// # Errors
    /// The sink's own error if it cannot take the step; the run stops.
    fn take(&mut self, step: &Step<'_>) -> Result<(), Self::Error>;
}

/// The reason why a run stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError<E> {
    /// No snapshot lies in the period.
    #[error("no snapshot lies in the period")]
    NoSnapshot,
    /// The replay failed.
    #[error(transparent)]
    Replay(ReplayError),
    /// The sink failed.
    #[error("{0}")]
    Sink(E),
}

/// Replays a methodology over the snapshots of a period into a sink, and returns the checkpoint after the
/// last.
///
/// # Errors
/// [`RunError`] if no snapshot lies in the period, or a step or the sink fails.
pub fn replay<S: StepSink>(
    methodology: &Methodology,
    history: &History,
    period: Period,
    sink: &mut S,
) -> Result<Checkpoint, RunError<S::Error>> {
    replay_each(methodology, history, period, |step| sink.take(&step))
}

/// Replays as [`replay`] does, but gives each step away: to another thread, for instance.
///
/// # Errors
/// [`RunError`] if no snapshot lies in the period, or a step or `take` fails.
pub fn replay_each<'h, E>(
    methodology: &Methodology,
    history: &'h History,
    period: Period,
    mut take: impl FnMut(Step<'h>) -> Result<(), E>,
) -> Result<Checkpoint, RunError<E>> {
    let mut replayer = Replayer::new(methodology).map_err(|source| RunError::Replay(source.into()))?;
    let period = period.from_base(methodology);
    let mut any = false;
    for window in history.windows().filter(|window| period.contains(window.as_of())) {
        take(replayer.step(window).map_err(RunError::Replay)?).map_err(RunError::Sink)?;
        any = true;
    }
    if any { replayer.checkpoint().map_err(RunError::Replay) } else { Err(RunError::NoSnapshot) }
}
