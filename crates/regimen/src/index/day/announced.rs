//! Baskets that take effect at once, or are announced and take effect later.

use regimen_ledger::ProForma;
use regimen_types::HistoryWindow;

use super::{Day, Decided, last_price_in};
use crate::index::announcement::{Announcement, later};
use crate::index::decision::IndexRebalance;
use crate::index::error::IndexError;

impl Day<'_, '_> {
    /// Takes a basket that was decided on by the figures and at the prices of `reference`: at once, or by
    /// announcing it. Returns the rebalance if it was at once.
    ///
    /// A newer basket replaces one that was announced and has not taken effect.
    pub(super) fn take(
        &mut self,
        new: IndexRebalance,
        reference: &HistoryWindow<'_>,
    ) -> Result<Option<IndexRebalance>, IndexError> {
        let as_of = reference.as_of();
        let failed = |source| IndexError::Level { as_of, source };
        self.state.announced = None;
        let weights = new.target.weights().map(|(asset, weight)| (asset.clone(), weight));
        let delay = self.methodology.definition().schedule.delay_of(new.cause);
        if !delay.waits() {
            self.index.rebalance(weights, last_price_in(reference)).map_err(failed)?;
            return Ok(Some(new));
        }
        let pro_forma = ProForma::new(weights, last_price_in(reference)).map_err(failed)?;
        self.state.announced = Some(Announcement {
            snapshots_left: delay.snapshots,
            not_before: later(as_of, delay.days),
            pro_forma,
            reference: new.reference,
            cause: new.cause,
            basis: new.basis,
        });
        Ok(None)
    }

    /// Counts the day toward an announced basket, and gives it to the index if it takes effect today.
    pub(in crate::index) fn apply_announced(&mut self) -> Result<(), IndexError> {
        let as_of = self.window.as_of();
        let Some(announced) = &mut self.state.announced else { return Ok(()) };
        announced.snapshots_left = announced.snapshots_left.saturating_sub(1);
        let due = self.state.announced.take_if(|each| each.snapshots_left == 0 && as_of >= each.not_before);
        let Some(Announcement { pro_forma, reference, cause, basis, .. }) = due else { return Ok(()) };
        let adopted = self.index.adopt(pro_forma, last_price_in(&self.window));
        adopted.map_err(|source| self.without_level(source))?;
        self.rebalance = Some(self.at_todays_prices(Decided { reference, cause, basis })?);
        Ok(())
    }
}
