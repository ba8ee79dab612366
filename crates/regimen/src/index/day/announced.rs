//! Baskets that take effect at once, or are announced and take effect later.

use regimen_ledger::ProForma;
use regimen_types::{AsOf, HistoryWindow};
use regimen_weighting::Membership;

use super::rebalance::New;
use super::{Day, Decided, last_price_in};
use crate::index::announcement::{AnnouncedBasket, Announcement, later};
use crate::index::decision::IndexRebalance;
use crate::index::error::IndexError;

impl Day<'_, '_> {
    /// Takes a basket that was decided on by the figures and at the prices of `reference`: at once, or by
    /// announcing it. Returns the rebalance if it was at once.
    ///
    /// A newer basket replaces one that was announced and has not taken effect.
    pub(super) fn take(
        &mut self,
        new: New,
        reference: &HistoryWindow<'_>,
    ) -> Result<Option<IndexRebalance>, IndexError> {
        let as_of = reference.as_of();
        self.state.announced = None;
        let delay = self.methodology.definition().schedule.delay_of(new.rebalance.cause);
        if !delay.waits() {
            let weights = new.rebalance.target.weights().map(|(asset, weight)| (asset.clone(), weight));
            let taken = self.index.rebalance(weights, last_price_in(reference));
            taken.map_err(|source| IndexError::Level { as_of, source })?;
            self.state.membership =
                new.membership.unwrap_or_else(|| std::mem::take(&mut self.state.membership));
            return Ok(Some(new.rebalance));
        }
        let not_before = later(as_of, delay.days);
        let from = self.baskets_from_later_dates(&new.rebalance, not_before, reference)?;
        self.count_periods(new.membership.as_ref());
        self.state.announced = Some(Announcement {
            snapshots_left: delay.snapshots,
            not_before,
            reference: new.rebalance.reference,
            cause: new.rebalance.cause,
            basket: announced(new, reference)?,
            from,
        });
        Ok(None)
    }

    /// Decides on the baskets that replace a new one if it takes effect on a later date, with another number
    /// of constituents. Which snapshot that will be is not known at the reference instant.
    fn baskets_from_later_dates(
        &self,
        new: &IndexRebalance,
        not_before: AsOf,
        reference: &HistoryWindow<'_>,
    ) -> Result<Vec<(AsOf, AnnouncedBasket)>, IndexError> {
        let selection = self.methodology.definition().selection.as_ref();
        let dates = selection.and_then(|selection| selection.count_by_date.as_ref()).into_iter().flatten();
        let mut baskets = Vec::new();
        for date in dates.map(|dated| dated.from).filter(|from| *from > not_before) {
            if let Some(basket) = self.decided_if_from(new, date, reference)? {
                baskets.push((date, announced(basket, reference)?));
            }
        }
        Ok(baskets)
    }

    /// Counts a reconstitution whose basket waits. Its constituents are members when it takes effect.
    fn count_periods(&mut self, announced: Option<&Membership>) {
        if let Some(Membership { reconstitutions, periods, .. }) = announced {
            self.state.membership.reconstitutions = *reconstitutions;
            self.state.membership.periods.clone_from(periods);
        }
    }

    /// Counts the day toward an announced basket, and gives it to the index if it takes effect today.
    pub(in crate::index) fn apply_announced(&mut self) -> Result<(), IndexError> {
        let as_of = self.window.as_of();
        let Some(announced) = &mut self.state.announced else { return Ok(()) };
        announced.snapshots_left = announced.snapshots_left.saturating_sub(1);
        let due = self.state.announced.take_if(|each| each.snapshots_left == 0 && as_of >= each.not_before);
        let Some(announced) = due else { return Ok(()) };
        let (reference, cause) = (announced.reference, announced.cause);
        let AnnouncedBasket { pro_forma, basis, membership } = announced.at(as_of);
        if let Some(Membership { constituents, reserve, .. }) = membership {
            self.state.membership.constituents = constituents;
            self.state.membership.reserve = reserve;
        }
        let adopted = self.index.adopt(pro_forma, last_price_in(&self.window));
        adopted.map_err(|source| self.without_level(source))?;
        let taken = self.at_todays_prices(Decided { reference, cause, basis })?;
        self.has_rebalanced(taken);
        Ok(())
    }
}

fn announced(new: New, reference: &HistoryWindow<'_>) -> Result<AnnouncedBasket, IndexError> {
    let weights = new.rebalance.target.weights().map(|(asset, weight)| (asset.clone(), weight));
    let pro_forma = ProForma::new(weights, last_price_in(reference))
        .map_err(|source| IndexError::Level { as_of: reference.as_of(), source })?;
    Ok(AnnouncedBasket { pro_forma, basis: new.rebalance.basis, membership: new.membership })
}
