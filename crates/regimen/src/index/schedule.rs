//! Which snapshots are scheduled.

mod calendar;

use std::ops::RangeInclusive;

use chrono::{Days, NaiveDate};
use regimen_definition::{MissingDay, Timing};
use regimen_types::{AsOf, HistoryWindow};
use serde::{Deserialize, Serialize};

use crate::methodology::{ConstituentRules, Rules};

/// What a schedule remembers between two snapshots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleState {
    /// The snapshots since the index began or its last scheduled reconstitution.
    pub since_reconstitution: u32,
    /// The snapshots since the index began or its last scheduled rebalance.
    pub since_rebalance: u32,
}

impl ScheduleState {
    /// The state at the first snapshot.
    pub const START: Self = Self { since_reconstitution: 0, since_rebalance: 0 };
}

/// Lists the days that a calendar schedules from the day of one instant to that of another, ascending; none
/// where no days are scheduled, but snapshots or the instants of a file.
#[must_use]
pub fn scheduled_days(timing: &Timing, instants: RangeInclusive<AsOf>) -> Vec<AsOf> {
    let before = |day: &NaiveDate| calendar::latest(timing, day.pred_opt()?);
    let newest = calendar::latest(timing, instants.end().date());
    let backwards = std::iter::successors(newest, before);
    let first = instants.start().date();
    let mut days: Vec<AsOf> = backwards.take_while(|day| *day >= first).map(AsOf::from_date).collect();
    days.reverse();
    days
}

/// A scheduled day, and the snapshot that serves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Occurrence {
    /// The scheduled day.
    pub(super) day: NaiveDate,
    /// The snapshot whose figures count.
    pub(super) reference: Reference,
}

/// The snapshot whose figures count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// The newest.
    Newest,
    /// The one before it.
    Previous,
}

/// Returns the scheduled day that the window's newest snapshot serves, if any. The first snapshot of a
/// history counts as if it followed an older one. `since` counts the snapshots since the last time.
pub(super) fn occurrence(
    timing: &Timing,
    since: u32,
    rules: &Rules,
    window: &HistoryWindow<'_>,
) -> Option<Occurrence> {
    let (as_of, previous) = (window.as_of(), window.previous().map(|earlier| earlier.as_of()));
    let newest = Occurrence::on(as_of);
    match timing {
        Timing::Snapshots { count } => (since >= *count).then_some(newest),
        Timing::WeightsFile => match &rules.constituents {
            ConstituentRules::FromFile(table) => {
                let instant = table.at(as_of).map(|(instant, _)| instant)?;
                previous.is_none_or(|previous| previous < instant).then_some(newest)
            }
            ConstituentRules::Ranked { .. } => None,
        },
        Timing::Week { .. } | Timing::Month { .. } | Timing::Quarter { .. } | Timing::Dates { .. } => {
            let day = calendar::latest(timing, as_of.date())?;
            serving(day, timing.if_missing()?, as_of, previous)
        }
    }
}

/// Returns `day`, the newest scheduled one, if a snapshot serves it: as the first of that day, or the first
/// after a day without one.
fn serving(
    day: NaiveDate,
    if_missing: MissingDay,
    as_of: AsOf,
    previous: Option<AsOf>,
) -> Option<Occurrence> {
    let on_the_day = as_of.date() == day;
    let first_since = match previous {
        Some(previous) => previous < AsOf::from_date(day),
        None => on_the_day,
    };
    let reference = match if_missing {
        _ if on_the_day => Reference::Newest,
        MissingDay::NextSnapshot => Reference::Newest,
        MissingDay::PreviousSnapshot => Reference::Previous,
        MissingDay::Skip => return None,
    };
    first_since.then_some(Occurrence { day, reference })
}

impl Occurrence {
    /// Builds the day of an instant, served by its own snapshot.
    pub(super) fn on(as_of: AsOf) -> Self {
        Self { day: as_of.date(), reference: Reference::Newest }
    }

    /// Returns the instant from which a basket taken now counts: levels of later days are the first to show
    /// it.
    pub(super) fn in_force(&self) -> AsOf {
        AsOf::from_date(self.day.checked_add_days(Days::new(1)).unwrap_or(self.day))
    }
}

#[cfg(test)]
mod tests;
