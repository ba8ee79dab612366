//! Orders on their way: slices, what is filled, what corporate actions make of them, and how they end.

use std::collections::HashMap;

use regimen_planning::{FillOutcome, ShortfallReason, TradingTerms};
use regimen_types::{
    ActionEffect, ArithmeticError, AsOf, AssetId, Cause, CorporateAction, Exact, Fill, HistoryWindow, Order,
    Quantity, Side, TextHash, UnitRatio,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::state::State;

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

/// An order with what has become of it so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkingOrder {
    /// The order as it was decided.
    pub order: Order,
    /// What it trades now: another asset once its own was swapped for a successor.
    pub asset: AssetId,
    /// The units to trade, on the present basis.
    pub units: Quantity,
    /// The units traded so far, on the present basis.
    pub filled: Quantity,
    /// Why the last attempt left something over.
    pub missed: Option<ShortfallReason>,
}

/// What became of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderResult {
    /// The instant of the decision.
    pub decided_at: AsOf,
    /// The order as it was decided.
    pub order: Order,
    /// What it traded in the end: another asset if its own was swapped for a successor.
    pub asset: AssetId,
    /// The units to trade, on the basis on which it was closed: those of the order, unless a corporate action came
    /// between.
    pub units: Quantity,
    /// The units that were traded, on that basis.
    pub filled: Quantity,
    /// Why the rest was not; `None` if nothing is missing.
    pub shortfall: Option<ShortfallReason>,
}

/// Says why a fill is no execution of a pending order.
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

impl WorkingOrder {
    fn new(order: &Order) -> Self {
        let Order { asset, units, .. } = order;
        Self {
            asset: asset.clone(),
            units: *units,
            filled: Quantity::ZERO,
            missed: None,
            order: order.clone(),
        }
    }

    /// Returns the units that are left to trade.
    #[must_use]
    pub fn rest(&self) -> Quantity {
        if self.filled.is_zero() {
            return self.units;
        }
        self.units.left_after(self.filled)
    }

    /// Says whether nothing is left to trade.
    fn is_done(&self) -> bool {
        self.filled == self.units || self.rest().is_zero()
    }

    /// Returns the part of the rest that is traded if so many slices are left, rounded down to whole lots.
    fn slice(&self, slices_left: u32, terms: &TradingTerms<'_>) -> Quantity {
        let rest = self.rest();
        if slices_left <= 1 {
            return rest;
        }
        let part = Exact::from(rest.decimal());
        let part = part.ratio_to_fit(Decimal::from(slices_left).into(), terms.units_scale);
        let part = part.ok().and_then(|units| Quantity::new(units).ok());
        part.and_then(|units| terms.rules.lots.whole(&self.asset, units).ok()).unwrap_or(rest)
    }

    /// Applies a corporate action. A number of units that fits no decimal leaves the order as it was.
    fn carry_over(&mut self, action: &CorporateAction) {
        let ActionEffect::Successor { asset, ratio } = action.effect() else { return };
        if self.asset != *action.asset() {
            return;
        }
        let both = |ratio: UnitRatio| Ok((self.units.at_ratio(ratio)?, self.filled.at_ratio(ratio)?));
        if let Ok::<_, ArithmeticError>((units, filled)) = both(*ratio) {
            (self.units, self.filled, self.asset) = (units, filled, asset.clone());
        }
    }

    fn close(self, decided_at: AsOf, reason: ShortfallReason) -> OrderResult {
        let shortfall = (!self.is_done()).then_some(reason);
        let Self { order, asset, units, filled, .. } = self;
        OrderResult { decided_at, order, asset, units, filled, shortfall }
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

    /// Returns what is to be executed at the present snapshot, sells first: nothing before the lag is over.
    #[must_use]
    pub fn due_orders(&self, terms: &TradingTerms<'_>) -> Vec<Order> {
        if self.due_in_snapshots > 0 {
            return Vec::new();
        }
        let slice = |working: &WorkingOrder| {
            let units = working.slice(self.slices_left, terms);
            Order { asset: working.asset.clone(), units, ..working.order.clone() }
        };
        self.orders.iter().map(slice).filter(|order| !order.units.is_zero()).collect()
    }

    /// Ends all orders, for a reason where something is left over.
    #[must_use]
    pub fn close_all(self, reason: ShortfallReason) -> Vec<OrderResult> {
        self.orders.into_iter().map(|working| working.close(self.decided_at, reason)).collect()
    }

    /// Books fills of this decision's orders, first come first served where two orders trade one asset, as after a swap.
    fn take_fills(&mut self, fills: &[Fill]) {
        let mut fills_of: HashMap<(&AssetId, Side), Vec<Quantity>, TextHash> = HashMap::default();
        for fill in fills {
            fills_of.entry((&fill.asset, fill.side)).or_default().push(fill.units);
        }
        for working in &mut self.orders {
            let Some(left) = fills_of.get_mut(&(&working.asset, working.order.side)) else { continue };
            for left in left {
                let rest = working.rest();
                let taken = (*left).min(rest);
                // An exact sum may need more than 28 digits; what is left then gives the filled units.
                let filled = working.filled.plus(taken);
                working.filled = filled.unwrap_or_else(|_| working.units.left_after(rest.left_after(taken)));
                *left = left.left_after(taken);
            }
        }
    }

    /// Takes what became of the present slice, and returns the orders that are done.
    fn settle(&mut self, outcome: &FillOutcome) -> Vec<OrderResult> {
        self.take_fills(&outcome.fills);
        // Of two reasons the first counts: it is the last to be put in.
        let missed = outcome.shortfalls.iter().rev();
        let missed: HashMap<(&AssetId, Side), ShortfallReason, TextHash> =
            missed.map(|each| ((&each.order.asset, each.order.side), each.reason)).collect();
        for working in &mut self.orders {
            working.missed = missed.get(&(&working.asset, working.order.side)).copied();
        }
        let last_slice = self.slices_left <= 1;
        self.slices_left = self.slices_left.saturating_sub(1).max(1);
        let may_wait = self.carry_left > 0;
        if last_slice {
            self.carry_left = self.carry_left.saturating_sub(1);
        }
        let ends = |working: &WorkingOrder| {
            let waits = may_wait && working.missed.is_some_and(ShortfallReason::may_wait);
            working.is_done() || (last_slice && !waits)
        };
        let (done, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.orders).into_iter().partition(ends);
        self.orders = rest;
        let close = |working: WorkingOrder| {
            let reason = working.missed.unwrap_or(ShortfallReason::NoPrice);
            working.close(self.decided_at, reason)
        };
        done.into_iter().map(close).collect()
    }

    /// Applies the corporate actions of the snapshots since the orders' basis, and returns the orders that they end.
    fn carry_over(&mut self, window: &HistoryWindow<'_>) -> Vec<OrderResult> {
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

impl State {
    /// Counts one snapshot off the pending orders.
    pub fn advance(&mut self) {
        if let Some(pending) = &mut self.pending {
            pending.due_in_snapshots = pending.due_in_snapshots.saturating_sub(1);
        }
    }

    /// Takes the pending orders if they are due at the present snapshot: for a caller who executes them in one go.
    pub fn take_due(&mut self) -> Option<PendingOrders> {
        self.pending.take_if(|pending| pending.due_in_snapshots == 0)
    }

    /// Applies corporate actions up to the window's end to the pending orders: units count on the new basis, a successor
    /// is traded instead. Returns the orders of delisted assets, which end. Doing it again changes nothing.
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

    /// Takes what became of the orders that were due, and returns those that are done; the others stay pending.
    pub fn settle(&mut self, outcome: &FillOutcome) -> Vec<OrderResult> {
        let Some(pending) = self.pending.as_mut().filter(|pending| pending.due_in_snapshots == 0) else {
            return Vec::new();
        };
        let done = pending.settle(outcome);
        self.forget_done();
        done
    }

    /// Takes an execution that a venue reports, in part or in full; what is left stays pending.
    ///
    /// # Errors
    /// [`FillReportError`] if no such order is pending, or more is filled than is left of it.
    pub fn report_fill(&mut self, fill: &Fill) -> Result<(), FillReportError> {
        let same = |working: &&WorkingOrder| working.asset == fill.asset && working.order.side == fill.side;
        let orders = self.pending.iter().flat_map(|pending| &pending.orders).filter(same);
        let mut any = false;
        let rest = orders.fold(Quantity::ZERO, |sum, working| {
            any = true;
            sum.plus(working.rest()).unwrap_or(sum)
        });
        let asset = fill.asset.clone();
        if !any {
            return Err(FillReportError::NotOrdered { asset, side: fill.side });
        }
        if fill.units > rest {
            return Err(FillReportError::TooMuch { asset, units: fill.units, rest });
        }
        if let Some(pending) = &mut self.pending {
            pending.take_fills(std::slice::from_ref(fill));
            pending.orders.retain(|working| !working.is_done());
        }
        self.forget_done();
        Ok(())
    }

    fn forget_done(&mut self) {
        self.pending.take_if(|pending| pending.orders.is_empty());
    }
}

#[cfg(test)]
mod tests;
