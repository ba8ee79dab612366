//! The rebalances of the day: one that a missed day left, and one that is due now.

use regimen_types::{AsOf, Cause, HistoryWindow};
use regimen_weighting::Membership;

use super::{Day, Decided};
use crate::index::announcement::later;
use crate::index::basis::Basis;
use crate::index::crossing::crossings;
use crate::index::decision::IndexRebalance;
use crate::index::due::Trigger;
use crate::index::error::IndexError;
use crate::index::exposure::Exposure;
use crate::index::schedule::Reference;
use crate::index::state::LastRebalance;

impl Day<'_, '_> {
    /// Gives the index the basket of a scheduled day that turns out to have no snapshot: by the figures and
    /// at the prices of the snapshot before, at which the index stands until it is marked.
    pub(in crate::index) fn rebalance_for_missed_day(&mut self) -> Result<(), IndexError> {
        let Some(before) = self.window.previous() else { return Ok(()) };
        if self.state.last_rebalance.is_none() {
            return Ok(());
        }
        let Some(trigger) = self.due.trigger(Reference::Previous, || None) else { return Ok(()) };
        let exposure = Exposure::of(self.state.regime.regime);
        let new = self.decide(exposure, trigger, &before)?;
        let taken = self.take(new, &before)?;
        self.missed =
            taken.map(|IndexRebalance { reference, cause, basis, .. }| Decided { reference, cause, basis });
        Ok(())
    }

    /// Rebalances if the index begins, its regime turned, the schedule asks for it, a threshold was crossed,
    /// or an asset of the sleeve left its peg.
    pub(in crate::index) fn rebalance_if_due(&mut self) -> Result<(), IndexError> {
        let (window, exposure) = (self.window, Exposure::of(self.state.regime.regime));
        let crossings = match exposure {
            Exposure::Constituents => crossings(self.methodology, &self.state, &window),
            Exposure::Sleeve => Vec::new(),
        };
        let Some(trigger) = self.trigger(exposure, !crossings.is_empty()) else { return Ok(()) };
        let mut new = self.decide(exposure, trigger, &window)?;
        if trigger.cause == Cause::ThresholdCross {
            new.rebalance.crossings = crossings;
        }
        if let Some(taken) = self.take(new, &window)? {
            self.has_rebalanced(taken);
        }
        Ok(())
    }

    /// Returns the rebalance to make by today's figures, if any: of several causes the first counts.
    fn trigger(&self, exposure: Exposure, crossed: bool) -> Option<Trigger> {
        let at_once = |cause| Some(Trigger::at_once(cause, &self.window));
        let Some(last) = self.state.last_rebalance else { return at_once(Cause::Inception) };
        if last.exposure != exposure {
            return at_once(Cause::RegimeSwitch);
        }
        let of_cross = || if crossed { at_once(Cause::ThresholdCross) } else { None };
        self.due.trigger(Reference::Newest, of_cross).or_else(|| {
            let defensive = &self.methodology.definition().defensive;
            let sells = exposure == Exposure::Sleeve
                && self.state.sleeve.must_sell(defensive, &self.index, &self.window);
            if sells { at_once(Cause::OffPeg) } else { None }
        })
    }

    /// Decides on a new basket by the newest snapshot of a window, which is today's or the one before.
    fn decide(
        &mut self,
        exposure: Exposure,
        trigger: Trigger,
        window: &HistoryWindow<'_>,
    ) -> Result<New, IndexError> {
        let as_of = window.as_of();
        let delay = self.methodology.definition().schedule.delay_of(trigger.cause);
        let in_force = if delay.waits() { later(as_of, delay.days) } else { trigger.in_force };
        let (basis, target, membership) = match (exposure, trigger.cause) {
            (Exposure::Sleeve, _) => self.sleeve(window)?,
            (Exposure::Constituents, Cause::Rebalance) => self.weighed_again(window)?,
            (Exposure::Constituents, _) => self.reconstituted(in_force, window)?,
        };
        self.state.last_rebalance = Some(LastRebalance { as_of, exposure });
        let (reference, cause, crossings) = (as_of, trigger.cause, Vec::new());
        let rebalance = IndexRebalance { as_of, reference, cause, basis, target, crossings };
        Ok(New { rebalance, membership })
    }

    /// Decides again on a basket of selected constituents as if it came into force at another instant; `None`
    /// for a basket whose constituents were not selected for it.
    pub(super) fn decided_if_from(
        &self,
        new: &IndexRebalance,
        in_force: AsOf,
        window: &HistoryWindow<'_>,
    ) -> Result<Option<New>, IndexError> {
        let selected = new.cause != Cause::Rebalance && matches!(new.basis, Basis::Constituents(_));
        if !selected {
            return Ok(None);
        }
        let (basis, target, membership) = self.reconstituted(in_force, window)?;
        let (as_of, reference, cause) = (new.as_of, new.reference, new.cause);
        let rebalance = IndexRebalance { as_of, reference, cause, basis, target, crossings: Vec::new() };
        Ok(Some(New { rebalance, membership }))
    }
}

/// A basket that was decided on, with the memory that it leaves; `None` for given weights.
pub(super) struct New {
    pub(super) rebalance: IndexRebalance,
    pub(super) membership: Option<Membership>,
}
