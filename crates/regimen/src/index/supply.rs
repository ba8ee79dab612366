//! Supply snapshots: which supplies are in force at a snapshot.

use regimen_definition::{Delay, DelayedTiming};
use regimen_types::{AsOf, CorporateAction, HistoryWindow, Row};
use regimen_weighting::SupplySnapshot;
use serde::{Deserialize, Serialize};

use super::announcement::later;
use super::error::IndexError;
use super::schedule::{Occurrences, occurrences};
use crate::methodology::{ConstituentRules, Methodology};

/// The supplies in force, and those that were taken and do not count yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupplyState {
    /// The snapshots since the index began or its last scheduled supply snapshot.
    pub since: u32,
    /// The supplies in force; `None` before the first supply snapshot, or if supplies have no schedule.
    pub in_force: Option<SupplySnapshot>,
    /// A supply snapshot that was taken and has not come into force.
    pub announced: Option<AnnouncedSupply>,
}

/// A supply snapshot that comes into force later than its reference instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnouncedSupply {
    /// After how many more snapshots it may come into force.
    pub snapshots_left: u32,
    /// The instant before which it does not.
    pub not_before: AsOf,
    /// The supplies.
    pub supplies: SupplySnapshot,
}

/// The supply snapshots that are due at a snapshot, and by whose figures.
#[derive(Clone, Copy, Debug)]
pub(super) struct SupplyDue(Occurrences);

impl SupplyState {
    /// The state before any snapshot.
    pub const START: Self = Self { since: 0, in_force: None, announced: None };

    pub(super) fn is_start(&self) -> bool {
        *self == Self::START
    }

    /// Looks the window's newest snapshot up in the schedule of supplies and counts it, if the index has
    /// begun.
    pub(super) fn due(
        &mut self,
        methodology: &Methodology,
        begun: bool,
        window: &HistoryWindow<'_>,
    ) -> SupplyDue {
        let Some(schedule) = schedule(methodology) else { return SupplyDue(Occurrences::default()) };
        if begun {
            self.since = self.since.saturating_add(1);
        }
        let due = occurrences(&schedule.timing, self.since, methodology.rules(), window);
        if due.any() {
            self.since = 0;
        }
        SupplyDue(due)
    }

    /// Takes the supplies of a scheduled day that turns out to have no snapshot: those of the snapshot
    /// before.
    pub(super) fn take_missed(
        &mut self,
        methodology: &Methodology,
        due: SupplyDue,
        window: &HistoryWindow<'_>,
    ) -> Result<(), IndexError> {
        match (due.0.missed, window.previous()) {
            (Some(_), Some(before)) => self.take(methodology, &before),
            _ => Ok(()),
        }
    }

    pub(super) fn carry_over(&mut self, action: &CorporateAction) {
        let announced = self.announced.as_mut().map(|announced| &mut announced.supplies);
        self.in_force.iter_mut().chain(announced).for_each(|supplies| supplies.carry_over(action));
    }

    /// Counts the snapshot toward announced supplies, and takes those that are due now.
    pub(super) fn advance(
        &mut self,
        methodology: &Methodology,
        due: SupplyDue,
        window: &HistoryWindow<'_>,
    ) -> Result<(), IndexError> {
        if schedule(methodology).is_none() {
            return Ok(());
        }
        if let Some(announced) = &mut self.announced {
            announced.snapshots_left = announced.snapshots_left.saturating_sub(1);
        }
        let counts =
            |each: &mut AnnouncedSupply| each.snapshots_left == 0 && window.as_of() >= each.not_before;
        if let Some(announced) = self.announced.take_if(counts) {
            self.in_force = Some(announced.supplies);
        }
        if due.0.newest.is_some() {
            self.take(methodology, window)?;
        }
        Ok(())
    }

    /// Takes the supplies of an index's first snapshot, on any day, if there are none yet.
    pub(super) fn begin(
        &mut self,
        methodology: &Methodology,
        window: &HistoryWindow<'_>,
    ) -> Result<(), IndexError> {
        if schedule(methodology).is_some() && self.in_force.is_none() {
            self.in_force = taken(methodology, window)?;
        }
        Ok(())
    }

    /// Takes the supplies of the window's newest snapshot: at once, or by announcing them. Newer ones replace
    /// those that wait.
    fn take(&mut self, methodology: &Methodology, window: &HistoryWindow<'_>) -> Result<(), IndexError> {
        let delay = schedule(methodology).and_then(DelayedTiming::delay).unwrap_or(Delay::NONE);
        let Some(supplies) = taken(methodology, window)? else { return Ok(()) };
        self.announced = None;
        if delay.waits() {
            let not_before = later(window.as_of(), delay.days);
            self.announced = Some(AnnouncedSupply { snapshots_left: delay.snapshots, not_before, supplies });
        } else {
            self.in_force = Some(supplies);
        }
        Ok(())
    }
}

fn schedule(methodology: &Methodology) -> Option<&DelayedTiming> {
    methodology.definition().schedule.supply.as_ref()
}

fn taken(
    methodology: &Methodology,
    window: &HistoryWindow<'_>,
) -> Result<Option<SupplySnapshot>, IndexError> {
    let ConstituentRules::Ranked { selecting, weighing } = &methodology.rules().constituents else {
        return Ok(None);
    };
    let as_of = window.as_of();
    let rows: Vec<Row<'_>> = window.snapshot().rows().collect();
    let supplies = SupplySnapshot::take(as_of, &rows, &selecting.ranking, &weighing.amount);
    supplies.map(Some).map_err(|source| IndexError::Weighting { as_of, source: source.into() })
}
