//! A held or targeted asset as planning sees it.

use std::collections::BTreeSet;

use regimen_types::{
    ArithmeticError, AsOf, AssetId, Cause, Exact, Holdings, Money, Quantity, Rounding, Side, Weight,
};
use rust_decimal::Decimal;

use crate::cost_model::{Liquidity, Trade};
use crate::grid::on_grid;
use crate::market::{Mark, Market, TradingTerms};
use crate::plan::{PlanError, SkipReason};
use crate::rules::TradeTo;
use crate::target::TargetPortfolio;

/// A held or targeted asset with its mark.
#[derive(Clone, Debug)]
pub(crate) struct Position<'a> {
    pub(crate) asset: &'a AssetId,
    pub(crate) units: Quantity,
    /// The value of the units at the mark.
    pub(crate) value: Exact,
    /// The weight in the target, for the log.
    pub(crate) target_weight: Weight,
    /// The weight to reach: the target's, less the cash buffer.
    pub(crate) weight: Decimal,
    pub(crate) mark: Mark,
    pub(crate) liquidity: Liquidity,
    /// Half the width of the no-trade band, if one applies.
    pub(crate) band: Option<Exact>,
    /// Where a trade ends, if the position is beyond its band.
    pub(crate) trade_to: TradeTo,
    pub(crate) cap: Option<Cap>,
    /// The reason why the position stays as it is.
    pub(crate) locked: Option<SkipReason>,
}

/// The largest value that may be traded, and what limits it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cap {
    pub(crate) value: Exact,
    pub(crate) limit: SkipReason,
    /// The only side that may trade; `None` if both may.
    pub(crate) side: Option<Side>,
}

impl Cap {
    pub(crate) fn on(&self, side: Side) -> Exact {
        if self.side.is_none_or(|only| only == side) { self.value } else { Exact::ZERO }
    }

    /// Returns a gap, reduced to the cap if there is one.
    pub(crate) fn least(cap: Option<Self>, side: Side, gap: Exact) -> Result<Exact, ArithmeticError> {
        let cap = cap.map(|cap| cap.on(side));
        Ok(match cap {
            Some(cap) if cap.compare(gap)?.is_lt() => cap,
            _ => gap,
        })
    }
}

impl Position<'_> {
    /// Returns true if the position's value counts toward the equity that the target applies to.
    pub(crate) fn counts(&self) -> bool {
        self.locked != Some(SkipReason::NotTradable)
    }

    /// Returns the value that the position is traded to if the equity after costs is `equity`.
    pub(crate) fn goal(&self, equity: Decimal) -> Result<Exact, ArithmeticError> {
        let centre = Exact::product(self.weight, equity);
        let (Some(band), TradeTo::Edge) = (self.band, self.trade_to) else { return Ok(centre) };
        let width = band.times(equity)?;
        let (low, high) = (centre.minus(width)?, centre.plus(width)?);
        Ok(if self.value.compare(high)?.is_gt() {
            high
        } else if self.value.compare(low)?.is_lt() {
            low
        } else {
            self.value
        })
    }

    /// Returns the side and the value of the trade to the goal, before any cap.
    pub(crate) fn gap(&self, equity: Decimal) -> Result<(Side, Exact), ArithmeticError> {
        let gap = self.goal(equity)?.minus(self.value)?;
        Ok(if gap.is_negative() { (Side::Sell, Exact::ZERO.minus(gap)?) } else { (Side::Buy, gap) })
    }

    /// Returns true if the position is beyond its band by more than `tolerance`, a value.
    pub(crate) fn is_beyond_band(&self, equity: Decimal, tolerance: Exact) -> Result<bool, ArithmeticError> {
        let Some(band) = self.band else { return Ok(true) };
        let drift = Exact::product(self.weight, equity).minus(self.value)?;
        let drift = if drift.is_negative() { Exact::ZERO.minus(drift)? } else { drift };
        Ok(drift.compare(band.times(equity)?.plus(tolerance)?)?.is_gt())
    }

    /// Returns the units of the goal, rounded down to the grid.
    pub(crate) fn goal_units(&self, equity: Decimal, units_scale: u32) -> Result<Quantity, ArithmeticError> {
        let goal = self.goal(equity)?;
        let units = goal.ratio_to_fit(Exact::from(self.mark.price.decimal()), units_scale)?;
        let units = on_grid(units, self.units, units_scale);
        Quantity::new(units).map_err(|_| ArithmeticError::overflow("target units"))
    }

    /// Returns the units that the cap allows, rounded down to the grid.
    pub(crate) fn capped_units(&self, cap: Exact, units_scale: u32) -> Result<Quantity, ArithmeticError> {
        let units = cap.ratio_to_fit(Exact::from(self.mark.price.decimal()), units_scale)?;
        let units = on_grid(units, self.units, units_scale);
        Quantity::new(units).map_err(|_| ArithmeticError::overflow("the units of a cap"))
    }

    /// Returns the cost of a trade of this asset.
    pub(crate) fn cost(
        &self,
        side: Side,
        notional: Money,
        context: &Context<'_>,
    ) -> Result<Money, ArithmeticError> {
        let (as_of, asset, liquidity) = (context.as_of, self.asset, self.liquidity);
        let trade = Trade { as_of, asset, side, notional, liquidity };
        context.terms.costs.costs(&trade, context.terms.money_scale)?.total()
    }

    /// Returns the cost of the trade to the goal, as far as the cap allows.
    pub(crate) fn cost_of_goal(
        &self,
        equity: Decimal,
        context: &Context<'_>,
    ) -> Result<Money, ArithmeticError> {
        let (side, gap) = self.gap(equity)?;
        let value = Cap::least(self.cap, side, gap)?;
        self.cost(side, Money::rounded(value, context.terms.money_scale, Rounding::Up)?, context)
    }
}

/// What planning needs beside the positions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub(crate) as_of: AsOf,
    pub(crate) cause: Cause,
    pub(crate) terms: &'a TradingTerms<'a>,
}

/// Returns a position for each held or targeted asset, by identifier.
pub(crate) fn positions<'a>(
    context: &Context<'_>,
    holdings: &'a Holdings,
    target: &'a TargetPortfolio,
    market: &dyn Market,
) -> Result<Vec<Position<'a>>, PlanError> {
    let as_of = context.as_of;
    let rules = context.terms.rules;
    let held = holdings.positions().map(|(asset, _)| asset);
    let assets: BTreeSet<&AssetId> = held.chain(target.weights().map(|(asset, _)| asset)).collect();
    let band = rules.band.filter(|band| keeps_band(context.cause, band.trade_to));
    let position = |asset: &'a AssetId| {
        let mark = market.mark(asset).ok_or_else(|| PlanError::NoPrice { asset: asset.clone(), as_of })?;
        let locked = (!mark.sellable).then_some(SkipReason::NotTradable);
        let (units, target_weight) = (holdings.units(asset), target.weight(asset));
        let weight = less_buffer(target_weight, rules.cash_buffer)?;
        let has_band = !units.is_zero() && !weight.is_zero();
        let half_width = band.filter(|_| has_band).map(|band| band.half_width(weight)).transpose()?;
        Ok(Position {
            asset,
            units,
            value: units.value_at(mark.price),
            target_weight,
            weight,
            mark,
            liquidity: market.liquidity(asset),
            band: half_width,
            trade_to: band.filter(|_| has_band).map_or(TradeTo::Target, |band| band.trade_to),
            cap: None,
            locked,
        })
    };
    assets.into_iter().map(position).collect()
}

/// Returns true if no-trade bands apply to a rebalance: they keep a portfolio near its target, and do not
/// apply when it moves to another target or invests new money.
///
/// A trade that is carried from an earlier snapshot was beyond its band then.
fn keeps_band(cause: Cause, trade_to: TradeTo) -> bool {
    match cause {
        Cause::Inception | Cause::RegimeSwitch | Cause::CashFlow => false,
        Cause::Carried => trade_to == TradeTo::Edge,
        _ => true,
    }
}

fn less_buffer(weight: Weight, buffer: Weight) -> Result<Decimal, ArithmeticError> {
    if buffer.is_zero() {
        return Ok(weight.decimal());
    }
    Exact::product(weight.decimal(), Decimal::ONE.saturating_sub(buffer.decimal())).round(28, Rounding::Down)
}

/// Returns the value of the cash and of some of the positions.
pub(crate) fn value<'a>(
    holdings: &Holdings,
    mut positions: impl Iterator<Item = &'a Position<'a>>,
) -> Result<Exact, ArithmeticError> {
    let cash = Exact::from(holdings.cash().decimal());
    positions.try_fold(cash, |sum, position| sum.plus(position.value))
}
