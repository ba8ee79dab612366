//! From holdings to orders: the size of each trade, the filters, and the funding of purchases.

use std::collections::BTreeSet;

use regimen_types::{ArithmeticError, AsOf, AssetId, Cause, Exact, Holdings, Money, Rounding, Side};
use rust_decimal::Decimal;

use crate::caps;
use crate::filters::Filters;
use crate::funding::fund;
use crate::market::{Market, TradingTerms};
use crate::plan::{PlanError, PlanLine, RebalancePlan, SkipReason};
use crate::position::{Context, Position, positions, value};
use crate::resolution::Reserve;
use crate::rules::{Lots, TradeTo};
use crate::sizing::{Line, Need, equity_after_costs, search_equity};
use crate::target::TargetPortfolio;

/// What a plan starts from and aims at.
#[derive(Clone, Copy)]
pub struct PlanRequest<'a> {
    /// The instant of the decision.
    pub as_of: AsOf,
    /// Why the portfolio is rebalanced.
    pub cause: Cause,
    /// Cash and positions before the trades.
    pub holdings: &'a Holdings,
    /// The weights to reach.
    pub target: &'a TargetPortfolio,
    /// The prices and the liquidity to plan with.
    pub market: &'a dyn Market,
    /// Costs, filters, and the grids of money and units.
    pub terms: &'a TradingTerms<'a>,
    /// The assets that may trade, such as those whose trade is carried from an earlier snapshot; `None` for
    /// all.
    pub only: Option<&'a BTreeSet<AssetId>>,
}

impl PlanRequest<'_> {
    /// Plans the trades from the holdings to the target at the market's prices.
    ///
    /// The target applies to the equity after the plan's own costs, `x + Σ cost(|w·x − h|) = equity`, so that
    /// a target of 100 % plus its costs always fits. Target units are rounded down, and the rest stays in
    /// cash. A position that cannot trade stays as it is, and the target applies to the rest of the equity.
    /// Bands and filters leave trades undone, each with its reason. A sale that is not made never funds a
    /// purchase: where the remaining purchases cost more than the cash available, one common factor scales
    /// all of them down.
    ///
    /// # Errors
    /// [`PlanError`] if an asset never had a price, costs consume the whole notional, or a figure overflows.
    ///
    /// ```
    /// use regimen_planning::{Mark, Market, PlanRequest, TargetPortfolio, TradingRules, TradingTerms};
    /// use regimen_types::{AsOf, AssetId, Cause, CostRates, Holdings};
    /// struct OnePrice(AsOf);
    /// impl Market for OnePrice {
    ///     fn mark(&self, _: &AssetId) -> Option<Mark> {
    ///         let price = "10".parse().ok()?;
    ///         Some(Mark { price, as_of: self.0, buyable: true, sellable: true })
    ///     }
    /// }
    /// let as_of = AsOf::from_ymd(2024, 5, 6).unwrap();
    /// let costs = CostRates { fee_bps: "10".parse().unwrap(), slippage_bps: "5".parse().unwrap() };
    /// let rules = TradingRules::default();
    /// let request = PlanRequest {
    ///     as_of,
    ///     cause: Cause::Inception,
    ///     holdings: &Holdings::of_cash("1000".parse().unwrap()),
    ///     target: &TargetPortfolio::new([("bitcoin".parse().unwrap(), "0.5".parse().unwrap())]).unwrap(),
    ///     market: &OnePrice(as_of),
    ///     terms: &TradingTerms { costs: &costs, rules: &rules, money_scale: 2, units_scale: 4 },
    ///     only: None,
    /// };
    /// // Half of what remains of 1000 after costs of 15 bps, at a price of 10.
    /// let order = request.plan().unwrap().orders().next().unwrap().clone();
    /// assert_eq!(order.units, "49.961".parse().unwrap());
    /// ```
    pub fn plan(&self) -> Result<RebalancePlan, PlanError> {
        let Self { as_of, cause, holdings, target, market, terms, only } = *self;
        let context = Context { as_of, cause, terms };
        let mut positions = positions(&context, holdings, target, market)?;
        let others = positions.iter_mut().filter(|each| only.is_some_and(|only| !only.contains(each.asset)));
        others.for_each(|each| each.locked = each.locked.or(Some(SkipReason::NotConcerned)));
        let rate = cost_rate(terms)?;
        let equity = value(holdings, positions.iter())?;
        let reserve = Reserve::new(&positions, equity, rate, terms)?;
        Planner { context, holdings, equity, rate, reserve }.plan(positions)
    }
}

/// The inputs of one plan, computed once.
struct Planner<'a> {
    context: Context<'a>,
    holdings: &'a Holdings,
    /// Cash and all positions.
    equity: Exact,
    /// The part of a notional that a trade costs; `None` unless all costs are proportional.
    rate: Option<Decimal>,
    reserve: Reserve,
}

impl Planner<'_> {
    fn filters(&self) -> Filters<'_> {
        Filters { context: &self.context, reserve: &self.reserve }
    }

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

    /// Locks positions that need no trade at the equity before costs: those within their bands and, where
    /// even the smallest trade costs something, those at their targets.
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

    /// Sizes the plan. If costs lower the equity so far that a locked position leaves its band, sizes the
    /// plan again with that position unlocked.
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

    /// Sizes the plan repeatedly until every remaining trade passes the filters.
    fn settle_sizes(
        &self,
        positions: &mut [Position<'_>],
        before_costs: Decimal,
    ) -> Result<(Vec<PlanLine>, Decimal), PlanError> {
        let mut affordable = before_costs;
        loop {
            affordable = match self.size(positions, affordable)? {
                // Without trades there are no costs and no reserve for rounding. Cash may be negative.
                _ if positions.iter().all(|each| each.locked.is_some()) => before_costs.max(Decimal::ZERO),
                Some(sized) => sized,
                None => {
                    self.give_up_smallest(positions, before_costs)?;
                    continue;
                }
            };
            let filters = self.filters();
            let lines = positions.iter().map(|position| filters.line(position, affordable));
            let lines = lines.collect::<Result<Vec<_>, _>>()?;
            if !lock_skipped(positions, &lines) {
                return Ok((lines, affordable));
            }
            // Dropping a trade saves its costs, so there may be more equity to allocate.
            if self.rate.is_none() {
                affordable = before_costs;
            }
        }
    }

    /// Locks the smallest eighth of the trades, because together they cost more than the equity.
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

    /// Returns the equity after costs to which the target applies, at most `limit`; `None` if trading costs
    /// exceed the equity.
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
            // The rest is at its target, and only exits trade: there is no equation to solve, only costs to
            // pay.
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

    /// Returns the equity left after paying for the sale of positions without a target.
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

    /// Scales the purchases down to the cash that pays for them.
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
            && self.context.terms.rules.lots == Lots::default()
            && !positions.iter().any(|each| keeps_more(each) || each.trade_to == TradeTo::Edge);
        if is_exactly_funded {
            return Ok(lines);
        }
        let targeted = positions.iter().filter(|each| each.counts());
        let invested = targeted.fold(Decimal::ZERO, |sum, each| sum.saturating_add(each.weight));
        let in_cash = Decimal::ONE.saturating_sub(invested).max(Decimal::ZERO);
        let floor = Exact::product(in_cash, affordable);
        Ok(fund(lines, positions, self.holdings.cash(), floor, &self.filters())?)
    }
}

/// Returns true if the costs of a position's trade are linear in the equity on either side of its present
/// value.
fn is_linear(position: &Position<'_>) -> bool {
    position.cap.is_none() && (position.band.is_none() || position.trade_to == TradeTo::Target)
}

fn line_of(position: &Position<'_>) -> Line {
    Line { value: position.value, weight: position.weight }
}

/// Locks positions whose trade was skipped, and returns true if any was newly locked.
///
/// Of the trades that are too small, only the smallest eighth is dropped at a time: the others may pass once
/// its costs are saved.
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

/// Locks the smallest eighth of some trades, and returns true if there were any.
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

fn cost_rate(terms: &TradingTerms<'_>) -> Result<Option<Decimal>, PlanError> {
    let Some(rate) = terms.costs.proportional_rate() else { return Ok(None) };
    let rate = rate.round(28, Rounding::Up)?;
    if rate < Decimal::ONE { Ok(Some(rate)) } else { Err(PlanError::CostsTooHigh) }
}
