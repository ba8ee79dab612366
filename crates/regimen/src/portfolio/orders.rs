//! The orders of one decision on their way: slices, fills, corporate actions, and how they end.

use std::collections::HashMap;

use regimen_ledger::RowHash;
use regimen_planning::{Shortfall, ShortfallReason, TradingTerms};
use regimen_types::{ActionEffect, AsOf, AssetId, Cause, HistoryWindow, Order, Quantity, Side};
use serde::{Deserialize, Serialize};

use super::venue::{ClientOrderId, VenueOrder};
use super::working_order::{OrderResult, WorkingOrder};
use crate::methodology::PortfolioRules;

/// Orders of one decision that are not executed in full yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendingOrders {
    /// The instant of the decision.
    pub decided_at: AsOf,
    /// Why the portfolio is rebalanced.
    pub cause: Cause,
    /// After how many more snapshots the next slice is executed.
    pub due_in_snapshots: u32,
    /// In how many more snapshots the orders are executed, a like part of what is left in each.
    pub slices_left: u32,
    /// For how many snapshots after the last slice orders wait for a price, or for volume.
    pub carry_left: u32,
    /// The snapshot on whose basis the orders count: corporate actions up to it are applied.
    pub basis_as_of: AsOf,
    /// The orders: sells, then buys.
    pub orders: Vec<WorkingOrder>,
}

/// The places of orders by their assets: many fills find their orders without a search of all for each.
#[derive(Debug, Default)]
pub(super) struct OrderPlaces(HashMap<AssetId, Vec<usize>>);

impl OrderPlaces {
    fn of(&self, asset: &AssetId) -> &[usize] {
        self.0.get(asset).map_or(&[], Vec::as_slice)
    }
}

/// How orders are executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecutionTerms {
    /// How many snapshots lie between a decision and its first execution.
    pub lag_snapshots: u32,
    /// In how many snapshots in a row an order is executed, a like part in each.
    pub slices: u32,
    /// For how many further snapshots an order waits if its asset has no price, or too little volume.
    pub carry_snapshots: u32,
}

impl ExecutionTerms {
    /// Orders are executed at the snapshot of their decision, in one go.
    pub const AT_ONCE: Self = Self { lag_snapshots: 0, slices: 1, carry_snapshots: 0 };

    /// Returns how a portfolio's orders are executed.
    #[must_use]
    pub fn of(rules: &PortfolioRules<'_>) -> Self {
        Self {
            lag_snapshots: rules.portfolio.lag_snapshots,
            slices: rules.execution.slices,
            carry_snapshots: rules.execution.carry_snapshots,
        }
    }
}

impl PendingOrders {
    /// Takes the orders of a decision.
    #[must_use]
    pub fn new<'o>(
        decided_at: AsOf,
        cause: Cause,
        terms: ExecutionTerms,
        orders: impl IntoIterator<Item = &'o Order>,
    ) -> Self {
        Self {
            decided_at,
            cause,
            due_in_snapshots: terms.lag_snapshots,
            slices_left: terms.slices,
            carry_left: terms.carry_snapshots,
            basis_as_of: decided_at,
            orders: orders.into_iter().map(WorkingOrder::new).collect(),
        }
    }

    /// Counts one snapshot toward the first execution. Its slice has reasons of its own.
    pub(super) fn advance(&mut self) {
        self.due_in_snapshots = self.due_in_snapshots.saturating_sub(1);
        self.orders.iter_mut().for_each(|working| working.missed = None);
    }

    /// Returns true if the lag is over.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.due_in_snapshots == 0
    }

    /// Returns what is to be executed at the present snapshot, sells first: nothing before the lag is over.
    #[must_use]
    pub fn due_orders(&self, terms: &TradingTerms<'_>) -> Vec<Order> {
        if !self.is_due() {
            return Vec::new();
        }
        let slice = |working: &WorkingOrder| {
            let units = working.slice(self.slices_left, terms);
            Order { asset: working.asset.clone(), units, ..working.order.clone() }
        };
        self.orders.iter().map(slice).filter(|order| !order.units.is_zero()).collect()
    }

    /// Lists the orders to place at a venue, sells first. Those that are filled in full are left out.
    ///
    /// An identifier is the hash of the decision's instant and of the order as it was decided; what was
    /// filled since does not change it.
    #[must_use]
    pub fn venue_orders(&self) -> Vec<VenueOrder> {
        let of_decision = RowHash::START.of_next(&format!("{},{}", self.decided_at, self.cause));
        let open = self.orders.iter().filter(|working| !working.is_done());
        let orders = open.map(|working| {
            let order = &working.order;
            let text = format!("{},{},{},{}", order.asset, order.side, order.units, order.decision_price);
            VenueOrder {
                id: ClientOrderId::of(of_decision.of_next(&text)),
                decided_at: self.decided_at,
                asset: working.asset.clone(),
                side: order.side,
                cause: order.cause,
                units: working.units,
                taken_up: working.filled,
            }
        });
        orders.collect()
    }

    /// Ends all orders, for a reason where something is left over.
    #[must_use]
    pub fn close_all(self, reason: ShortfallReason) -> Vec<OrderResult> {
        self.orders.into_iter().map(|working| working.close(self.decided_at, reason)).collect()
    }

    /// Returns the places of the orders by what they trade. They hold until orders end or are swapped.
    pub(super) fn places(&self) -> OrderPlaces {
        let mut places = OrderPlaces::default();
        for (place, working) in self.orders.iter().enumerate() {
            places.0.entry(working.asset.clone()).or_default().push(place);
        }
        places
    }

    /// Returns the units that each order of an asset on one side has left, in order.
    pub(super) fn rests(&self, places: &OrderPlaces, asset: &AssetId, side: Side) -> Vec<Quantity> {
        let same = places.of(asset).iter().filter_map(|place| self.orders.get(*place));
        same.filter(|working| working.order.side == side).map(WorkingOrder::rest).collect()
    }

    /// Takes units that were filled, first come first served where two orders trade one asset, as after a
    /// swap. Returns the units that no order takes.
    pub(super) fn take_fill(
        &mut self,
        places: &OrderPlaces,
        asset: &AssetId,
        side: Side,
        units: Quantity,
    ) -> Quantity {
        let mut left = units;
        for place in places.of(asset) {
            let Some(working) = self.orders.get_mut(*place) else { continue };
            if working.order.side != side {
                continue;
            }
            let rest = working.rest();
            let taken = left.min(rest);
            // An exact sum may need more than 28 digits; what is left then gives the filled units.
            let filled = working.filled.plus(taken);
            working.filled = filled.unwrap_or_else(|_| working.units.left_after(rest.left_after(taken)));
            left = left.left_after(taken);
            if left.is_zero() {
                break;
            }
        }
        left
    }

    /// Takes a reason why something was left over of the present slice; of two the first counts.
    pub(super) fn take_shortfall(&mut self, shortfall: &Shortfall) {
        let Shortfall { order, reason, .. } = shortfall;
        let same = |working: &WorkingOrder| working.order.side == order.side && working.asset == order.asset;
        for working in self.orders.iter_mut().filter(|working| same(working)) {
            working.missed = working.missed.or(Some(*reason));
        }
    }

    /// Ends the present slice, if one is due, and returns the orders that are done.
    pub(super) fn settle(&mut self) -> Vec<OrderResult> {
        let is_due = self.is_due();
        let last_slice = is_due && self.slices_left <= 1;
        let may_wait = self.carry_left > 0;
        if is_due {
            self.slices_left = self.slices_left.saturating_sub(1).max(1);
        }
        if last_slice {
            self.carry_left = self.carry_left.saturating_sub(1);
        }
        let reason = |working: &WorkingOrder| working.missed.unwrap_or(ShortfallReason::Unfilled);
        let ends = |working: &WorkingOrder| {
            let waits = may_wait && reason(working).may_wait();
            working.is_done() || (last_slice && !waits)
        };
        let (done, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.orders).into_iter().partition(ends);
        self.orders = rest;
        let close = |working: WorkingOrder| {
            let reason = reason(&working);
            working.close(self.decided_at, reason)
        };
        done.into_iter().map(close).collect()
    }

    /// Applies the corporate actions of the snapshots since the orders' basis, and returns the orders that
    /// they end.
    pub(super) fn carry_over(&mut self, window: &HistoryWindow<'_>) -> Vec<OrderResult> {
        let later = std::iter::successors(Some(*window), HistoryWindow::previous);
        let mut later: Vec<_> = later.take_while(|each| each.as_of() > self.basis_as_of).collect();
        later.reverse();
        let mut ended = Vec::new();
        for action in later.iter().flat_map(HistoryWindow::corporate_actions) {
            let delisted = |working: &WorkingOrder| {
                matches!(action.effect(), ActionEffect::End { .. }) && working.asset == *action.asset()
            };
            let (gone, mut rest): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.orders).into_iter().partition(delisted);
            rest.iter_mut().for_each(|working| working.carry_over(action));
            self.orders = rest;
            ended.extend(gone.into_iter().map(|each| each.close(self.decided_at, ShortfallReason::Delisted)));
        }
        self.basis_as_of = self.basis_as_of.max(window.as_of());
        ended
    }
}

#[cfg(test)]
mod tests;
