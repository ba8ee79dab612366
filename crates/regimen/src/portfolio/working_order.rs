//! One order on its way: what is filled, what corporate actions make of it, and how it ends.

use regimen_planning::{ShortfallReason, TradingTerms};
use regimen_types::{
    ActionEffect, ArithmeticError, AsOf, AssetId, CorporateAction, Exact, Order, Quantity, UnitRatio,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

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
    /// The units to trade, on the basis on which it was closed: those of the order, unless a corporate action
    /// came between.
    pub units: Quantity,
    /// The units that were traded, on that basis.
    pub filled: Quantity,
    /// Why the rest was not; `None` if nothing is missing.
    pub shortfall: Option<ShortfallReason>,
}

impl WorkingOrder {
    pub(super) fn new(order: &Order) -> Self {
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

    /// Returns true if nothing is left to trade.
    pub(super) fn is_done(&self) -> bool {
        self.filled == self.units || self.rest().is_zero()
    }

    /// Returns the part of the rest that is traded now if `slices_left` are left, rounded down to whole lots.
    pub(super) fn slice(&self, slices_left: u32, terms: &TradingTerms<'_>) -> Quantity {
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
    pub(super) fn carry_over(&mut self, action: &CorporateAction) {
        let ActionEffect::Successor { asset, ratio } = action.effect() else { return };
        if self.asset != *action.asset() {
            return;
        }
        let both = |ratio: UnitRatio| Ok((self.units.at_ratio(ratio)?, self.filled.at_ratio(ratio)?));
        if let Ok::<_, ArithmeticError>((units, filled)) = both(*ratio) {
            (self.units, self.filled, self.asset) = (units, filled, asset.clone());
        }
    }

    /// Ends the order, for a reason if something is left over.
    pub(super) fn close(self, decided_at: AsOf, reason: ShortfallReason) -> OrderResult {
        let shortfall = (!self.is_done()).then_some(reason);
        let Self { order, asset, units, filled, .. } = self;
        OrderResult { decided_at, order, asset, units, filled, shortfall }
    }
}
