//! Which cause each excess unit has once a step is decided and executed.

use regimen::{Action, Rebalance};
use regimen_planning::{PlanLine, RebalancePlan, ShortfallReason, Skip, SkipReason};
use regimen_types::{ArithmeticError, AssetId, Exact, Money, Price, Quantity, Ratio, Side};
use rust_decimal::Decimal;

use super::benchmark::{FINEST_SCALE, ratio, sum, to_decimal, units_for};
use super::excess::{Cause, Excess, Units};
use super::merged::merged;
use super::{Attributor, last_price};
use crate::step::Step;

/// What rounded weights may lose of a position (10^-9).
const ROUNDING_OF_WEIGHTS: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

impl Attributor {
    /// Gives every excess unit the cause that it has after the step.
    pub(super) fn reclassify(&mut self, step: &Step<'_>) -> Result<(), ArithmeticError> {
        let index_changed = step.index_change.is_some();
        if let Some(index) = &step.index_change {
            let divisor = Exact::from(index.divisor().decimal());
            let per_index = index.basket().iter().map(|(asset, position)| {
                let units = Exact::from(position.units.decimal()).ratio_to_fit(divisor, FINEST_SCALE)?;
                Ok((asset.clone(), ratio(units)))
            });
            self.index_units = per_index.collect::<Result<_, ArithmeticError>>()?;
        }
        let rest = match &step.decision.action {
            Action::Rebalance(rebalance) => {
                self.replan(rebalance, step)?;
                Cause::Lots
            }
            _ if step.decision.index.rebalance.is_some() => Cause::Bands,
            _ if index_changed && step.window.corporate_actions().next().is_none() => Cause::Stale,
            _ => Cause::Lots,
        };
        self.settle_orders(step)?;
        let replanned = matches!(step.decision.action, Action::Rebalance(_));
        if index_changed || replanned || !step.transactions.is_empty() {
            self.assign_rest(step, rest)?;
        }
        Ok(())
    }

    /// Moves what closed orders of the decision in force left over to the reason.
    fn settle_orders(&mut self, step: &Step<'_>) -> Result<(), ArithmeticError> {
        for result in step.order_results.iter().filter(|each| Some(each.decided_at) == self.decided_at) {
            let Some(cause) = result.shortfall.and_then(cause_of_shortfall) else { continue };
            let Some(price) = last_price(&step.window, &result.asset) else { continue };
            let rest = result.units.minus(result.filled).unwrap_or(Quantity::ZERO);
            let rest = signed(result.order.side, rest);
            self.excess.add(&result.asset, price, Cause::Lag, rest)?;
            self.excess.add(&result.asset, price, cause, -rest)?;
        }
        Ok(())
    }

    /// Starts again from a plan: the portfolio follows as much of the index as it has equity, and the plan says why each
    /// position is not there yet.
    fn replan(&mut self, rebalance: &Rebalance, step: &Step<'_>) -> Result<(), ArithmeticError> {
        let level = step.decision.index.level;
        let equity = Exact::from(equity_of(&rebalance.plan).decimal());
        let at_level = |amount| if level.is_zero() { Ok(Decimal::ZERO) } else { units_for(amount, level) };
        self.followed_units = ratio(at_level(equity)?);
        self.flow_gap = ratio(-at_level(Exact::from(step.owed.decimal()))?);
        self.decided_at = Some(step.window.as_of());
        self.excess = Excess::default();
        let plan = Held::of(&rebalance.plan.lines, self.trades_in_lots);
        for line in &rebalance.plan.lines {
            let Some(price) = last_price(&step.window, &line.asset) else { continue };
            let mut units = self.classified(line, price, equity, plan)?;
            // What was executed at once.
            let traded = sum([step.holdings.units(&line.asset).decimal(), -line.units.decimal()])?;
            units.add(Cause::Lag, traded)?;
            self.excess.add_all(&line.asset, price, &units)?;
        }
        for asset in self.index_units.keys() {
            let Some(price) = last_price(&step.window, asset) else { continue };
            // What the plan names is classified.
            if !self.excess.has(asset) {
                self.excess.add(asset, price, Cause::Cash, -self.followed(asset)?)?;
            }
        }
        Ok(())
    }

    /// Splits what a plan leaves between a position and the index.
    fn classified(
        &self,
        line: &PlanLine,
        price: Price,
        equity: Exact,
        plan: Held,
    ) -> Result<Units, ArithmeticError> {
        let mut units = Units::NONE;
        let target = line.target_units.decimal();
        let followed = self.followed(&line.asset)?;
        if is_untouchable(line) {
            units.add(Cause::Stale, sum([line.units.decimal(), -followed])?)?;
            return Ok(units);
        }
        // What the target asks for, less the buffer; it differs from followed units where the target is not the index.
        let invested = Decimal::ONE.saturating_sub(self.cash_buffer.decimal());
        let weight = to_decimal(Exact::product(line.target_weight.decimal(), invested))?;
        let aimed = equity.times(weight)?.ratio_to_fit(Exact::from(price.decimal()), FINEST_SCALE)?;
        let held_back = sum([aimed, -followed])?;
        let rounding = to_decimal(Exact::product(followed.abs(), ROUNDING_OF_WEIGHTS))?;
        let cash = if held_back.abs() > rounding { held_back } else { Decimal::ZERO };
        units.add(Cause::Cash, cash)?;
        if line.action.as_ref().is_err_and(|skip| skip.reason == SkipReason::AtTarget) {
            units.add(Cause::Lots, sum([line.units.decimal(), -followed, -cash])?)?;
            return Ok(units);
        }
        let (skip, ordered) = match &line.action {
            Ok(order) => (line.undone.as_ref(), signed(order.side, order.units)),
            Err(skip) => (Some(skip), Decimal::ZERO),
        };
        units.add(Cause::Lag, -ordered)?;
        let undone = sum([line.units.decimal(), ordered, -target])?;
        let reason = skip.map_or(Cause::Lots, |skip| plan.cause_of(skip));
        units.add(reason, undone)?;
        let off_target = sum([target, -followed, -cash])?;
        let cause = match reason {
            _ if self.trades_to_edge => Cause::Bands,
            _ if plan.stale => Cause::Stale,
            _ => Cause::Lots,
        };
        units.add(cause, off_target)?;
        Ok(units)
    }

    /// Returns the units of an asset that the portfolio set out to hold, by the index's present basket.
    fn followed(&self, asset: &AssetId) -> Result<Decimal, ArithmeticError> {
        self.index_units.get(asset).map_or(Ok(Decimal::ZERO), |units| self.followed_of(*units))
    }

    /// Returns the units of an asset that the portfolio set out to hold, by those in one index.
    fn followed_of(&self, index_units: Ratio) -> Result<Decimal, ArithmeticError> {
        to_decimal(Exact::product(index_units.decimal(), self.followed_units.decimal()))
    }

    /// Gives a cause to excess units that have none yet.
    fn assign_rest(&mut self, step: &Step<'_>, cause: Cause) -> Result<(), ArithmeticError> {
        let mut rests = Vec::new();
        let held_and_followed = merged(step.holdings.positions(), self.index_units.iter());
        let held_and_followed = held_and_followed.map(|(asset, held, units)| (asset, (held, units)));
        for (asset, held_and_followed, excess) in merged(held_and_followed, self.excess.units()) {
            let Some(price) = last_price(&step.window, asset) else { continue };
            let (held, units) = held_and_followed.unwrap_or_default();
            let followed = units.map_or(Ok(Decimal::ZERO), |units| self.followed_of(*units))?;
            let known = excess.map_or(Ok(Decimal::ZERO), Units::total)?;
            let rest = sum([held.map_or(Decimal::ZERO, Quantity::decimal), -followed, -known])?;
            rests.push((asset.clone(), price, rest));
        }
        for (asset, price, rest) in rests {
            self.excess.add(&asset, price, cause, rest)?;
        }
        self.excess.drop_empty();
        Ok(())
    }
}

fn signed(side: Side, units: Quantity) -> Decimal {
    match side {
        Side::Buy => units.decimal(),
        Side::Sell => -units.decimal(),
    }
}

/// Returns the equity that a plan takes its target of. Where it buys or trims nothing, because all that stays is at its target,
/// nothing was sized.
fn equity_of(plan: &RebalancePlan) -> Money {
    let sized = plan.lines.iter().any(|line| {
        !line.target_weight.is_zero()
            && !line.action.as_ref().is_err_and(|skip| skip.reason == SkipReason::AtTarget)
    });
    if sized || plan.lines.iter().all(|line| line.target_weight.is_zero()) {
        plan.equity_after_costs
    } else {
        plan.equity
    }
}

fn is_untouchable(line: &PlanLine) -> bool {
    matches!(&line.action, Err(skip) if skip.reason == SkipReason::NotTradable)
}

/// What holds positions of a plan back, and so the cash that others wait for.
#[derive(Clone, Copy)]
struct Held {
    bands: bool,
    stale: bool,
    lots: bool,
}

impl Held {
    fn of(lines: &[PlanLine], lots: bool) -> Self {
        let skips = || lines.iter().filter_map(|line| line.action.as_ref().err().or(line.undone.as_ref()));
        let any = |cause| skips().any(|skip| cause_of_skip(skip) == cause);
        Self { bands: any(Cause::Bands), stale: lines.iter().any(is_untouchable), lots }
    }

    /// Returns the cause of a skip. A purchase that is not paid for lacks what was not sold.
    fn cause_of(self, skip: &Skip) -> Cause {
        match cause_of_skip(skip) {
            Cause::Cash if self.bands => Cause::Bands,
            Cause::Cash if self.stale => Cause::Stale,
            Cause::Cash if self.lots => Cause::Lots,
            cause => cause,
        }
    }
}

fn cause_of_skip(skip: &Skip) -> Cause {
    match skip.reason {
        SkipReason::AtTarget | SkipReason::BelowLot => Cause::Lots,
        SkipReason::NotTradable => Cause::Stale,
        SkipReason::CashShort => Cause::Cash,
        _ => Cause::Bands,
    }
}

/// Returns the cause of units that an order left over; `None` if a newer plan says it.
fn cause_of_shortfall(reason: ShortfallReason) -> Option<Cause> {
    match reason {
        ShortfallReason::NoPrice | ShortfallReason::Delisted => Some(Cause::Stale),
        ShortfallReason::CashShort => Some(Cause::Cash),
        ShortfallReason::NotHeld => Some(Cause::Lots),
        ShortfallReason::Replaced => None,
        _ => Some(Cause::Bands),
    }
}
