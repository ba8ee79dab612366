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

/// What a schedule asks for at a snapshot: the first instant at which levels show the basket that is taken
/// now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Occurrences {
    /// Of a scheduled day that turns out to have no snapshot, and is served by the one before.
    pub(super) missed: Option<AsOf>,
    /// Of a day that the newest snapshot serves.
    pub(super) newest: Option<AsOf>,
}

/// The snapshot whose figures count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// The newest.
    Newest,
    /// The one before it.
    Previous,
}

impl Occurrences {
    const NONE: Self = Self { missed: None, newest: None };

    /// Returns true if anything is scheduled.
    pub(super) fn any(self) -> bool {
        self.missed.or(self.newest).is_some()
    }

    /// Returns when the basket by the figures of a reference comes into force, if there is one.
    pub(super) fn by(self, reference: Reference) -> Option<AsOf> {
        match reference {
            Reference::Newest => self.newest,
            Reference::Previous => self.missed,
        }
    }
}

/// Returns what a schedule asks for at the window's newest snapshot. The first snapshot of a history counts
/// as if it followed an older one. `since` counts the snapshots since the last time.
pub(super) fn occurrences(
    timing: &Timing,
    since: u32,
    rules: &Rules,
    window: &HistoryWindow<'_>,
) -> Occurrences {
    let (as_of, previous) = (window.as_of(), window.previous().map(|earlier| earlier.as_of()));
    let now = |due: bool| Occurrences { missed: None, newest: due.then(|| shown_from(as_of, previous)) };
    match timing {
        Timing::Snapshots { count } => now(since >= *count),
        Timing::WeightsFile => match &rules.constituents {
            ConstituentRules::FromFile(table) => now(table
                .at(as_of)
                .is_some_and(|(instant, _)| previous.is_none_or(|previous| previous < instant))),
            ConstituentRules::Ranked { .. } => Occurrences::NONE,
        },
        Timing::Week { .. } | Timing::Month { .. } | Timing::Quarter { .. } | Timing::Dates { .. } => {
            let latest = |day: NaiveDate| calendar::latest(timing, day);
            timing
                .if_missing()
                .map_or(Occurrences::NONE, |if_missing| serving(latest, if_missing, as_of, previous))
        }
    }
}

/// Returns which scheduled days a snapshot serves, given the newest scheduled day up to each day: its own
/// day, as the first snapshot of it, and the newest of the days without a snapshot since the previous one.
fn serving(
    latest: impl Fn(NaiveDate) -> Option<NaiveDate>,
    if_missing: MissingDay,
    as_of: AsOf,
    previous: Option<AsOf>,
) -> Occurrences {
    let today = as_of.date();
    let is_new = |day: NaiveDate| previous.is_none_or(|previous| previous < AsOf::from_date(day));
    let on_the_day = latest(today) == Some(today) && is_new(today);
    let before_today = today.pred_opt().and_then(latest);
    let missed = before_today.filter(|day| previous.is_some() && is_new(*day));
    let by_previous = missed.filter(|_| if_missing == MissingDay::PreviousSnapshot);
    let by_next = missed.is_some() && if_missing == MissingDay::NextSnapshot;
    Occurrences {
        missed: by_previous.map(next_day),
        newest: (on_the_day || by_next).then(|| shown_from(as_of, previous)),
    }
}

/// Returns the first instant at which levels show a basket that is taken at a snapshot, as far as that is
/// known then: the next day, or, where a day has several snapshots, as long after this one as the previous
/// one lies before it.
pub(super) fn shown_from(as_of: AsOf, previous: Option<AsOf>) -> AsOf {
    let spacing = |previous: AsOf| as_of.unix_millis().saturating_add(as_of.millis_since(previous));
    let next = previous.and_then(|previous| AsOf::from_unix_millis(spacing(previous)));
    next.map_or(next_day(as_of.date()), |next| next.min(next_day(as_of.date())))
}

fn next_day(day: NaiveDate) -> AsOf {
    AsOf::from_date(day.checked_add_days(Days::new(1)).unwrap_or(day))
}

#[cfg(test)]
mod tests;
