//! From holdings to orders: sizes, filters and what stays undone.

use std::collections::BTreeSet;

use regimen_types::{
    ArithmeticError, AsOf, AssetId, Cause, Exact, Holdings, Money, Order, Price, Quantity, Rounding, Side,
    Weight,
};
use rust_decimal::Decimal;

use crate::caps;
use crate::funding::fund;
use crate::market::{Market, TradingTerms};
use crate::plan::{PlanError, PlanLine, RebalancePlan, Skip, SkipReason};
use crate::position::{Context, Position};
use crate::resolution::Reserve;
use crate::rules::TradeTo;
use crate::sizing::{Line, Need, equity_after_costs, search_equity};
use crate::target::TargetPortfolio;

/// Plans the trades from `holdings` to `target` at the market's prices.
///
/// The target is taken of the equity after the plan's own costs, `x + Σ cost(|w·x − h|) = equity`, so that a target of
/// 100 % plus its costs always fits; target units are rounded down and what is left stays in cash. A position that may
/// not be traded is left alone, and the target is taken of the rest. Bands and filters leave trades undone, each with its
/// reason; a sale that is not made never funds a purchase: what the purchases that are left cost more than there is
/// is taken from all of them by one factor.
///
/// # Errors
/// [`PlanError`] if an asset never had a price, costs eat the whole notional, or a figure overflows.
pub fn plan(
    as_of: AsOf,
    cause: Cause,
    holdings: &Holdings,
    target: &TargetPortfolio,
    market: &dyn Market,
    terms: &TradingTerms<'_>,
) -> Result<RebalancePlan, PlanError> {
    plan_concerning(None, as_of, cause, holdings, target, market, terms)
}

/// Plans as [`plan`] does, but trades the given assets only: those whose trade is carried from an earlier snapshot.
///
/// # Errors
/// As [`plan`].
pub fn plan_some(
    assets: &BTreeSet<AssetId>,
    as_of: AsOf,
    cause: Cause,
    holdings: &Holdings,
    target: &TargetPortfolio,
    market: &dyn Market,
    terms: &TradingTerms<'_>,
) -> Result<RebalancePlan, PlanError> {
    plan_concerning(Some(assets), as_of, cause, holdings, target, market, terms)
}

fn plan_concerning(
    assets: Option<&BTreeSet<AssetId>>,
    as_of: AsOf,
    cause: Cause,
    holdings: &Holdings,
    target: &TargetPortfolio,
    market: &dyn Market,
    terms: &TradingTerms<'_>,
) -> Result<RebalancePlan, PlanError> {
    let context = Context { as_of, cause, terms };
    let mut positions = positions(&context, holdings, target, market)?;
    for each in positions.iter_mut().filter(|each| assets.is_some_and(|assets| !assets.contains(each.asset)))
    {
        each.locked = each.locked.or(Some(SkipReason::NotConcerned));
    }
    let rate = cost_rate(terms)?;
    let equity = value(holdings, positions.iter())?;
    let reserve = Reserve::new(&positions, equity, rate, terms)?;
    let planner = Planner { context, holdings, equity, rate, reserve };
    planner.plan(positions)
}

/// The inputs of one plan.
struct Planner<'a> {
    context: Context<'a>,
    holdings: &'a Holdings,
    /// Cash and all positions.
    equity: Exact,
    /// The part of a notional that a trade costs, if costs are proportional and nothing else.
    rate: Option<Decimal>,
    reserve: Reserve,
}

impl Planner<'_> {
    fn plan(&self, mut positions: Vec<Position<'_>>) -> Result<RebalancePlan, PlanError> {
        let terms = self.context.terms;
        let counted = value(self.holdings, positions.iter().filter(|each| each.counts()))?;
        let before_costs = counted.round(terms.money_scale, Rounding::Down)?;
        self.lock_within_band(&mut positions, before_costs)?;
        let (lines, positions, affordable) = self.settle_bands(positions, before_costs)?;
        let lines = self.fund(lines, &positions, affordable)?;
        let untouchable =
            self.equity.minus(value(self.holdings, positions.iter().filter(|each| each.counts()))?)?;
        let after_costs = untouchable.plus(Exact::from(affordable))?;
        Ok(RebalancePlan {
            cause: self.context.cause,
            equity: Money::rounded(self.equity, terms.money_scale, Rounding::Down)?,
            equity_after_costs: Money::rounded(after_costs, terms.money_scale, Rounding::Down)?,
            lines,
        })
    }

    /// Locks what needs no trade at the equity before costs: positions within their bands and, where each trade costs
    /// something however small it is, positions at their targets.
    fn lock_within_band(
        &self,
        positions: &mut [Position<'_>],
        equity: Decimal,
    ) -> Result<(), ArithmeticError> {
        for each in positions.iter_mut().filter(|each| each.locked.is_none()) {
            let resolution = || self.reserve.resolution(each);
            if each.band.is_some() && !each.is_beyond_band(equity, resolution()?)? {
                each.locked = Some(SkipReason::WithinBand);
            } else if self.rate.is_none()
                && each.weight > Decimal::ZERO
                && each.trade_to == TradeTo::Target
                && each.gap(equity)?.1.compare(resolution()?)?.is_le()
            {
                each.locked = Some(SkipReason::AtTarget);
            }
        }
        Ok(())
    }

    /// Sizes the plan. If costs then leave so much less equity that a position which was left alone is beyond its
    /// band, the plan is sized again with that position.
    fn settle_bands<'p>(
        &self,
        mut start: Vec<Position<'p>>,
        before_costs: Decimal,
    ) -> Result<(Vec<PlanLine>, Vec<Position<'p>>, Decimal), PlanError> {
        loop {
            let mut positions = start.clone();
            caps::apply(&mut positions, before_costs, &self.context)?;
            let (lines, affordable) = self.settle_sizes(&mut positions, before_costs)?;
            let mut any = false;
            for each in start.iter_mut().filter(|each| each.locked == Some(SkipReason::WithinBand)) {
                if each.is_beyond_band(affordable, self.reserve.resolution(each)?)? {
                    each.locked = None;
                    any = true;
                }
            }
            if !any {
                return Ok((lines, positions, affordable));
            }
        }
    }

    /// Sizes the plan until every trade that is left passes the filters.
    fn settle_sizes(
        &self,
        positions: &mut [Position<'_>],
        before_costs: Decimal,
    ) -> Result<(Vec<PlanLine>, Decimal), PlanError> {
        let mut affordable = before_costs;
        loop {
            affordable = match self.size(positions, affordable)? {
                // Where nothing is traded, nothing is paid and nothing kept back for rounding. More may be owed than held.
                _ if positions.iter().all(|each| each.locked.is_some()) => before_costs.max(Decimal::ZERO),
                Some(sized) => sized,
                None => {
                    self.give_up_smallest(positions, before_costs)?;
                    continue;
                }
            };
            let lines = positions.iter().map(|position| self.line(position, affordable));
            let lines = lines.collect::<Result<Vec<_>, _>>()?;
            if !lock_skipped(positions, &lines) {
                return Ok((lines, affordable));
            }
            // Without the costs of a trade that is not made there may be more to share out.
            if self.rate.is_none() {
                affordable = before_costs;
            }
        }
    }

    /// Gives up the smallest eighth of the trades, because all of them cost more than there is.
    fn give_up_smallest(
        &self,
        positions: &mut [Position<'_>],
        equity: Decimal,
    ) -> Result<(), ArithmeticError> {
        let trading = positions.iter().enumerate().filter(|(_, each)| each.locked.is_none());
        let gaps =
            trading.map(|(index, each)| Ok((index, SkipReason::CostsExceedValue, each.gap(equity)?.1)));
        let gaps = gaps.collect::<Result<Vec<_>, ArithmeticError>>()?;
        lock_smallest(positions, gaps);
        Ok(())
    }

    /// Returns the equity after costs that the target may be taken of, `limit` at most; `None` if the costs of trading
    /// are more than there is.
    fn size(&self, positions: &[Position<'_>], limit: Decimal) -> Result<Option<Decimal>, ArithmeticError> {
        let scale = self.context.terms.money_scale;
        let equity = value(self.holdings, positions.iter().filter(|each| each.counts()))?;
        let equity = equity.minus(Exact::from(self.reserve.rounding))?.round(scale, Rounding::Down)?;
        let mut spendable = Exact::from(equity);
        let mut free_weight = Decimal::ONE;
        for kept in positions.iter().filter(|each| each.locked == Some(SkipReason::AtTarget)) {
            spendable = spendable.minus(kept.value)?;
            free_weight = free_weight.saturating_sub(kept.weight);
        }
        let limit = limit.min(equity).max(Decimal::ZERO);
        let trading: Vec<&Position<'_>> = positions.iter().filter(|each| each.locked.is_none()).collect();
        if free_weight <= Decimal::ZERO && trading.iter().all(|each| each.weight.is_zero()) {
            // What stays is at its target and what trades leaves: no equation, but costs to pay.
            return self.less_costs_of_leaving(equity, &trading).map(Some);
        }
        match self.rate.filter(|_| trading.iter().all(|each| is_linear(each))) {
            Some(rate) => {
                let lines: Vec<Line> = trading.iter().map(|each| line_of(each)).collect();
                equity_after_costs(&lines, free_weight, spendable, rate, limit).map(Some)
            }
            None => {
                let need = |equity: Decimal| {
                    let start = Need { rising: Exact::product(free_weight, equity), falling: Exact::ZERO };
                    trading.iter().try_fold(start, |Need { rising, falling }, each| {
                        let cost = Exact::from(each.cost_of_goal(equity, &self.context)?.decimal());
                        Ok::<_, ArithmeticError>(match each.gap(equity)?.0 {
                            Side::Buy => Need { rising: rising.plus(cost)?, falling },
                            Side::Sell => Need { rising, falling: falling.plus(cost)? },
                        })
                    })
                };
                search_equity(need, spendable, limit, scale.saturating_add(2))
            }
        }
    }

    /// Returns what the sale of positions without a target leaves of the equity.
    fn less_costs_of_leaving(
        &self,
        equity: Decimal,
        leaving: &[&Position<'_>],
    ) -> Result<Decimal, ArithmeticError> {
        let left = leaving.iter().try_fold(Exact::from(equity), |left, each| {
            left.minus(Exact::from(each.cost_of_goal(Decimal::ZERO, &self.context)?.decimal()))
        })?;
        Ok(left.round(self.context.terms.money_scale, Rounding::Down)?.max(Decimal::ZERO))
    }

    fn line(&self, position: &Position<'_>, affordable: Decimal) -> Result<PlanLine, PlanError> {
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
                (Ok(order(position, side, units, &self.context)), undone)
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

    /// Says why so few units are not traded.
    fn too_small(
        &self,
        position: &Position<'_>,
        side: Side,
        units: Quantity,
    ) -> Result<Option<SkipReason>, ArithmeticError> {
        if units.is_zero() {
            return Ok(Some(SkipReason::BelowLot));
        }
        let notional = notional_of(side, units, position.mark.price, self.context.terms)?;
        if let Some(minimum) = self.context.terms.rules.minimum {
            let is_exit = position.weight.is_zero();
            if notional < if is_exit { minimum.exit } else { minimum.trade } {
                return Ok(Some(SkipReason::BelowMinimum));
            }
        }
        let cost = position.cost(side, notional, &self.context)?;
        Ok((cost > notional).then_some(SkipReason::CostsExceedValue))
    }

    /// Scales the purchases down to what there is to pay for them.
    fn fund(
        &self,
        lines: Vec<PlanLine>,
        positions: &[Position<'_>],
        affordable: Decimal,
    ) -> Result<Vec<PlanLine>, PlanError> {
        let keeps_more = |each: &Position<'_>| {
            each.cap.is_some()
                || !matches!(each.locked, None | Some(SkipReason::AtTarget | SkipReason::NotTradable))
        };
        let is_exactly_funded = self.rate.is_some()
            && self.context.terms.rules.lots == crate::rules::Lots::default()
            && !positions.iter().any(|each| keeps_more(each) || each.trade_to == TradeTo::Edge);
        if is_exactly_funded {
            return Ok(lines);
        }
        let targeted = positions.iter().filter(|each| each.counts());
        let invested = targeted.fold(Decimal::ZERO, |sum, each| sum.saturating_add(each.weight));
        let in_cash = Decimal::ONE.saturating_sub(invested).max(Decimal::ZERO);
        let floor = Exact::product(in_cash, affordable);
        let too_small = |position: &Position<'_>, units| self.too_small(position, Side::Buy, units);
        Ok(fund(lines, positions, self.holdings.cash(), floor, &self.reserve, &self.context, too_small)?)
    }
}

/// Says whether the costs of a position's trade rise in a straight line with the equity on either side of it.
fn is_linear(position: &Position<'_>) -> bool {
    position.cap.is_none() && (position.band.is_none() || position.trade_to == TradeTo::Target)
}

fn line_of(position: &Position<'_>) -> Line {
    Line { value: position.value, weight: position.weight }
}

/// Locks positions whose trade was skipped, and says whether there were new ones.
///
/// Of trades that are too small only the smallest eighth is given up at once: the others may pass when its costs are
/// saved.
fn lock_skipped(positions: &mut [Position<'_>], lines: &[PlanLine]) -> bool {
    let mut any = false;
    let mut small: Vec<(usize, SkipReason, Exact)> = Vec::new();
    for (index, (position, line)) in positions.iter_mut().zip(lines).enumerate() {
        let (None, Err(skip)) = (position.locked, &line.action) else { continue };
        match skip.reason {
            SkipReason::BelowMinimum | SkipReason::BelowLot | SkipReason::CostsExceedValue => {
                small.push((index, skip.reason, skip.units.value_at(position.mark.price)));
            }
            reason => {
                position.locked = Some(reason);
                any = true;
            }
        }
    }
    lock_smallest(positions, small) || any
}

/// Locks the smallest eighth of some trades, and says whether there were any.
fn lock_smallest(positions: &mut [Position<'_>], mut trades: Vec<(usize, SkipReason, Exact)>) -> bool {
    trades.sort_by(|(_, _, left), (_, _, right)| left.compare(*right).unwrap_or(std::cmp::Ordering::Equal));
    let count = trades.len().div_ceil(8);
    for (index, reason, _) in trades.iter().take(count) {
        if let Some(position) = positions.get_mut(*index) {
            position.locked = Some(*reason);
        }
    }
    count > 0
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

fn cost_rate(terms: &TradingTerms<'_>) -> Result<Option<Decimal>, PlanError> {
    let Some(rate) = terms.costs.proportional_rate() else { return Ok(None) };
    let rate = rate.round(28, Rounding::Up)?;
    if rate < Decimal::ONE { Ok(Some(rate)) } else { Err(PlanError::CostsTooHigh) }
}

fn positions<'a>(
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

/// Says whether no-trade bands hold for a rebalance: they are for keeping a portfolio near its target, not for taking it
/// to another one or for investing money that came in.
///
/// What is carried from an earlier snapshot was beyond its band then.
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
fn value<'a>(
    holdings: &Holdings,
    mut positions: impl Iterator<Item = &'a Position<'a>>,
) -> Result<Exact, ArithmeticError> {
    let cash = Exact::from(holdings.cash().decimal());
    positions.try_fold(cash, |sum, position| sum.plus(position.value))
}

/// Returns the notional of a trade, rounded against the portfolio.
pub(crate) fn notional_of(
    side: Side,
    units: Quantity,
    price: Price,
    terms: &TradingTerms<'_>,
) -> Result<Money, ArithmeticError> {
    let rounding = if side == Side::Buy { Rounding::Up } else { Rounding::Down };
    units.notional(price, terms.money_scale, rounding)
}
