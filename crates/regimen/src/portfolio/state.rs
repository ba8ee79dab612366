//! What a portfolio remembers from one snapshot to the next.

use std::collections::BTreeSet;

use regimen_planning::{FillOutcome, TradingTerms};
use regimen_types::{AssetId, Fill, HistoryWindow, Order, Quantity, Side};
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

    /// Returns what is to be executed at the present snapshot, sells first.
    #[must_use]
    pub fn due_orders(&self, terms: &TradingTerms<'_>) -> Vec<Order> {
        self.pending.as_ref().map(|pending| pending.due_orders(terms)).unwrap_or_default()
    }

    /// Takes what became of the orders that were due, and returns those that are done; the others stay
    /// pending.
    pub fn settle(&mut self, outcome: &FillOutcome) -> Vec<OrderResult> {
        let Some(pending) = self.pending.as_mut().filter(|pending| pending.is_due()) else {
            return Vec::new();
        };
        for fill in &outcome.fills {
            pending.take_fill(fill);
        }
        outcome.shortfalls.iter().for_each(|shortfall| pending.take_shortfall(shortfall));
        let done = pending.settle();
        self.forget_done();
        done
    }

    /// Takes an execution that a venue reports, in part or in full; what is left stays pending.
    ///
    /// # Errors
    /// [`FillReportError`] if no such order is pending, or more is filled than is left of it.
    pub fn report_fill(&mut self, fill: &Fill) -> Result<(), FillReportError> {
        let (asset, side, units) = (fill.asset.clone(), fill.side, fill.units);
        let pending = self.pending.as_mut();
        let Some(pending) = pending else { return Err(FillReportError::NotOrdered { asset, side }) };
        match pending.rest_of(&asset, side) {
            None => return Err(FillReportError::NotOrdered { asset, side }),
            Some(rest) if units > rest => return Err(FillReportError::TooMuch { asset, units, rest }),
            Some(_) => {}
        }
        pending.take_fill(fill);
        Ok(())
    }

    fn forget_done(&mut self) {
        self.pending.take_if(|pending| pending.orders.is_empty());
    }
}

/// The reason why a fill is no execution of a pending order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FillReportError {
    /// No pending order trades the asset on this side.
    #[error("no order is pending to {side} {asset}")]
    NotOrdered {
        /// The asset.
        asset: AssetId,
        /// The side.
        side: Side,
    },
    /// More is filled than was left to trade.
    #[error("{units} {asset} are more than the {rest} that are left of the order")]
    TooMuch {
        /// The asset.
        asset: AssetId,
        /// The units filled.
        units: Quantity,
        /// The units left.
        rest: Quantity,
    },
}
