//! What a portfolio remembers from one snapshot to the next.

use std::collections::BTreeSet;

use regimen_types::{AssetId, HistoryWindow};
use serde::{Deserialize, Serialize};

use super::orders::PendingOrders;
use super::working_order::OrderResult;
use crate::index::IndexState;

/// All that [`decide`](crate::decide) carries from one snapshot to the next.
///
/// It is small and serialisable, so that a service can store it between calls and an interrupted run can
/// resume.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The index.
    pub index: IndexState,
    /// Orders that wait for their execution snapshot.
    pub pending: Option<PendingOrders>,
    /// Assets whose trade the last plan had to leave to later snapshots.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub carried: BTreeSet<AssetId>,
}

impl State {
    /// The state before any decision.
    pub const START: Self = Self { index: IndexState::START, pending: None, carried: BTreeSet::new() };

    /// Counts one snapshot off the pending orders.
    pub fn advance(&mut self) {
        if let Some(pending) = &mut self.pending {
            pending.advance();
        }
    }

    /// Takes the pending orders if they are due at the present snapshot: for a caller who executes them in
    /// one go.
    pub fn take_due(&mut self) -> Option<PendingOrders> {
        self.pending.take_if(|pending| pending.is_due())
    }

    /// Applies corporate actions up to the window's end to the pending orders: units count on the new basis,
    /// a successor is traded instead. Returns the orders of delisted assets, which end. Doing it again
    /// changes nothing.
    pub fn carry_over_orders(&mut self, window: &HistoryWindow<'_>) -> Vec<OrderResult> {
        let ended = self.pending.as_mut().map(|pending| pending.carry_over(window)).unwrap_or_default();
        self.forget_done();
        ended
    }

    /// Ends the present slice of the pending orders, if one is due, and returns the orders that are done.
    pub(super) fn settle(&mut self) -> Vec<OrderResult> {
        let done = self.pending.as_mut().map(PendingOrders::settle).unwrap_or_default();
        self.forget_done();
        done
    }

    fn forget_done(&mut self) {
        self.pending.take_if(|pending| pending.orders.is_empty());
    }
}
