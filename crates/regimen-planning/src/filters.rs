//! Which trades pass the filters: locks, caps, lots and the smallest trade that is worth making.

use regimen_types::{ArithmeticError, Order, Quantity, Side};
use rust_decimal::Decimal;

use crate::plan::{PlanError, PlanLine, Skip, SkipReason};
use crate::position::{Context, Position};
use crate::resolution::Reserve;
use crate::rules::TradeTo;

/// What the filters of one plan go by.
pub(crate) struct Filters<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) reserve: &'a Reserve,
}

impl Filters<'_> {
    /// Returns the line of a position: its order at the equity after costs, or the reason for not trading.
    pub(crate) fn line(&self, position: &Position<'_>, affordable: Decimal) -> Result<PlanLine, PlanError> {
        let located = |source| PlanError::Arithmetic { asset: position.asset.to_string(), source };
        let units_scale = self.context.terms.units_scale;
        let target_units = match position.locked {
            Some(SkipReason::NotTradable) => position.units,
            _ => position.goal_units(affordable, units_scale).map_err(located)?,
        };
        let (side, units) = if target_units >= position.units {
            (Side::Buy, target_units.minus(position.units))
        } else {
            (Side::Sell, position.units.minus(target_units))
        };
        let wanted = units.map_err(located)?;
        let (action, undone) = match self.filter(position, side, wanted).map_err(located)? {
            Err(reason) => (Err(Skip { units: wanted, reason }), None),
            Ok((units, reason)) => {
                let rest = (units < wanted).then(|| wanted.left_after(units));
                let undone = rest.zip(reason).map(|(units, reason)| Skip { units, reason });
                (Ok(order(position, side, units, self.context)), undone)
            }
        };
        Ok(PlanLine {
            asset: position.asset.clone(),
            target_weight: position.target_weight,
            units: position.units,
            target_units,
            action,
            undone,
        })
    }

    /// Returns the units that pass the filters, and what keeps the rest; or why nothing is traded.
    fn filter(
        &self,
        position: &Position<'_>,
        side: Side,
        wanted: Quantity,
    ) -> Result<Result<(Quantity, Option<SkipReason>), SkipReason>, ArithmeticError> {
        let may_trade = match side {
            Side::Buy => position.mark.buyable || wanted.is_zero(),
            Side::Sell => position.mark.sellable,
        };
        if position.locked.is_some() || !may_trade {
            return Ok(Err(position.locked.unwrap_or(SkipReason::NotTradable)));
        }
        let at_target = if position.weight.is_zero() {
            wanted.is_zero()
        } else {
            let value = wanted.value_at(position.mark.price);
            value.compare(self.reserve.resolution(position)?)?.is_le()
        };
        if at_target {
            // At the edge of a band is not at the target, and nothing is shared out as if it were.
            let at_edge = position.band.is_some() && position.trade_to == TradeTo::Edge;
            return Ok(Err(if at_edge { SkipReason::WithinBand } else { SkipReason::AtTarget }));
        }
        let (mut units, mut reason) = (wanted, None);
        if let Some(cap) = position.cap {
            let limit = cap.limit;
            let capped = position.capped_units(cap.on(side), self.context.terms.units_scale)?;
            if capped < units {
                (units, reason) = (capped, Some(limit));
            }
            if units.is_zero() {
                return Ok(Err(limit));
            }
        }
        let whole = self.context.terms.rules.lots.whole(position.asset, units)?;
        if whole < units {
            (units, reason) = (whole, reason.or(Some(SkipReason::BelowLot)));
        }
        Ok(match self.too_small(position, side, units)? {
            Some(reason) => Err(reason),
            None => Ok((units, reason)),
        })
    }

    /// Returns why a trade of these units is too small to make, or `None` if it is not.
    pub(crate) fn too_small(
        &self,
        position: &Position<'_>,
        side: Side,
        units: Quantity,
    ) -> Result<Option<SkipReason>, ArithmeticError> {
        if units.is_zero() {
            return Ok(Some(SkipReason::BelowLot));
        }
        let notional = self.context.terms.notional(side, units, position.mark.price)?;
        if let Some(minimum) = self.context.terms.rules.minimum {
            let is_exit = position.weight.is_zero();
            if notional < if is_exit { minimum.exit } else { minimum.trade } {
                return Ok(Some(SkipReason::BelowMinimum));
            }
        }
        let cost = position.cost(side, notional, self.context)?;
        Ok((cost > notional).then_some(SkipReason::CostsExceedValue))
    }
}

fn order(position: &Position<'_>, side: Side, units: Quantity, context: &Context<'_>) -> Order {
    Order {
        asset: position.asset.clone(),
        side,
        units,
        decision_price: position.mark.price,
        decision_price_as_of: position.mark.as_of,
        cause: context.cause,
    }
}
