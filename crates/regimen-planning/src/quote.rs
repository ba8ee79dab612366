//! What buying or selling an index would cost.

use std::collections::{BTreeMap, BTreeSet};

use regimen_types::{
    ArithmeticError, AsOf, AssetId, Bps, Cause, Exact, Fill, Holdings, Money, Order, Price, Quantity, Ratio,
    Rounding, Side, TradeCosts, Weight,
};
use serde::{Deserialize, Serialize};

use crate::cost_model::Liquidity;
use crate::filling::{FillOutcome, fill};
use crate::market::{Mark, Market, TradingTerms};
use crate::plan::{PlanError, RebalancePlan, Skip, SkipReason};
use crate::planning::PlanRequest;
use crate::rules::{Lots, TradingRules};
use crate::target::TargetPortfolio;

/// The bounds within which the market is assumed to stay until the orders are filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteBounds {
    /// The largest move of each asset's price against its order.
    pub adverse_move: BTreeMap<AssetId, Bps>,
    /// The least volume of an asset, as a part of its present volume.
    pub volume_part: Weight,
}

/// A purchase or a sale to quote.
#[derive(Clone, Copy, Debug)]
pub struct QuoteRequest<'a> {
    /// The instant of the prices.
    pub as_of: AsOf,
    /// Buying adds to positions below their target; selling reduces every position by the same part.
    pub side: Side,
    /// The amount to invest, or the value to sell.
    pub amount: Money,
    /// The holdings. Their cash is neither spent nor counted.
    pub holdings: &'a Holdings,
    /// The weights of the index; a sale does not need them.
    pub target: &'a TargetPortfolio,
    /// The bounds behind the maximum.
    pub bounds: &'a QuoteBounds,
}

/// What a purchase or a sale costs, expected and at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Buying or selling.
    pub side: Side,
    /// The requested amount.
    pub amount: Money,
    /// The expected costs, kind by kind.
    pub costs: TradeCosts,
    /// The expected costs as a part of the amount.
    pub cost_ratio: Ratio,
    /// The value received if prices stay: the portfolio's gain for a purchase, the cash for a sale.
    pub expected_value: Money,
    /// The least value received while the bounds hold.
    pub minimum_value: Money,
    /// The expected loss against present prices: spread, flat slippage and impact.
    pub expected_slippage: Money,
    /// The largest loss while the bounds hold, including the move of prices.
    pub maximum_slippage: Money,
    /// The part of the amount that is not invested, or not raised.
    pub undone: Money,
    /// One line per asset that is traded, or whose weight cannot be reached.
    pub lines: Vec<QuoteLine>,
    /// The quoted plan.
    pub plan: RebalancePlan,
}

/// A quote's line of one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// The asset.
    pub asset: AssetId,
    /// Its weight in the target.
    pub target_weight: Weight,
    /// Its weight after the trades, if prices stay.
    pub reached_weight: Ratio,
    /// Why the target weight is not reached, if it is not.
    pub unreached: Option<Skip>,
    /// The order, if the asset trades.
    pub order: Option<Order>,
    /// The value of the order at present prices.
    pub notional: Money,
    /// The expected costs, kind by kind.
    pub costs: TradeCosts,
    /// The expected spread, flat slippage and impact.
    pub expected_slippage: Money,
    /// The slippage at the bounds, including the move of the price.
    pub maximum_slippage: Money,
}

/// Quotes a purchase or a sale with the planner, the cost model and the fills that execute it.
///
/// # Errors
/// [`PlanError`] as for [`PlanRequest::plan`].
pub fn quote(
    request: &QuoteRequest<'_>,
    market: &dyn Market,
    terms: &TradingTerms<'_>,
) -> Result<Quote, PlanError> {
    let price = |asset: &AssetId| market.mark(asset).map(|mark| mark.price);
    let before = request.start();
    let goal = request.goal(&before, price)?;
    let concerned = request.concerned(&before, &goal, price)?;
    let planned = PlanRequest {
        as_of: request.as_of,
        cause: Cause::CashFlow,
        holdings: &before,
        target: &goal,
        market,
        terms,
        only: Some(&concerned),
    };
    let plan = planned.plan()?;
    let orders: Vec<Order> = plan.orders().cloned().collect();
    let expected = fill(request.as_of, &orders, &before, market, terms)?;
    let worst = worst_fills(request, &orders, &before, market, terms)?;
    let after = settled(&before, &expected.fills)?;
    let worst_after = settled(&before, &worst.fills)?;
    let costs = expected.fills.iter().try_fold(TradeCosts::NONE, |sum, each| sum.plus(&each.costs))?;
    let lines = lines(&plan, &expected, &worst, &after, price, terms)?;
    let sum = |amount: fn(&QuoteLine) -> Money| {
        lines.iter().try_fold(Money::ZERO, |sum, line| sum.plus(amount(line)))
    };
    let traded = lines
        .iter()
        .filter(|line| line.order.as_ref().is_some_and(|order| order.side == request.side))
        .try_fold(Money::ZERO, |sum, line| sum.plus(line.notional))?;
    let paid = if request.side == Side::Buy { traded.plus(costs.total()?)? } else { traded };
    Ok(Quote {
        side: request.side,
        amount: request.amount,
        costs,
        cost_ratio: Ratio::of(costs.total()?, request.amount)?,
        expected_value: request.received(&before, &after, price, terms)?,
        minimum_value: request.received(&before, &worst_after, price, terms)?,
        expected_slippage: sum(|line| line.expected_slippage)?,
        maximum_slippage: sum(|line| line.maximum_slippage)?,
        undone: request.amount.minus(paid)?.max(Money::ZERO),
        lines,
        plan,
    })
}

impl QuoteRequest<'_> {
    /// Returns the holdings before the trades.
    fn start(&self) -> Holdings {
        let mut start = self.holdings.clone();
        start.set_cash(if self.side == Side::Buy { self.amount } else { Money::ZERO });
        start
    }

    /// Returns the assets that trade: those below their target for a purchase, all for a sale.
    fn concerned(
        &self,
        before: &Holdings,
        goal: &TargetPortfolio,
        price: impl Fn(&AssetId) -> Option<Price>,
    ) -> Result<BTreeSet<AssetId>, ArithmeticError> {
        if self.side == Side::Sell {
            return Ok(before.positions().map(|(asset, _)| asset.clone()).collect());
        }
        let equity = before.value(&price)?;
        let mut below = BTreeSet::new();
        for (asset, weight) in goal.weights() {
            let value = price(asset).map_or(Exact::ZERO, |price| before.units(asset).value_at(price));
            if value.compare(equity.times(weight.decimal())?)?.is_lt() {
                below.insert(asset.clone());
            }
        }
        Ok(below)
    }

    /// Returns the target of the trades: for a sale, the weights of the holdings, less the amount.
    fn goal(
        &self,
        before: &Holdings,
        price: impl Fn(&AssetId) -> Option<Price>,
    ) -> Result<TargetPortfolio, PlanError> {
        if self.side == Side::Buy {
            return Ok(self.target.clone());
        }
        let equity = before.value(&price)?;
        let amount = Exact::from(self.amount.decimal());
        if amount.compare(equity)?.is_ge() {
            return Ok(TargetPortfolio::of_cash());
        }
        let stays = equity.minus(amount)?.ratio(equity, 18, Rounding::Down)?;
        let mut weights = Vec::new();
        for (asset, units) in before.positions() {
            let value = price(asset).map_or(Exact::ZERO, |price| units.value_at(price));
            let held = value.ratio(equity, 24, Rounding::Down)?;
            let weight = Exact::product(held, stays).round(28, Rounding::Down)?;
            weights.extend(Weight::new(weight).ok().map(|weight| (asset.clone(), weight)));
        }
        let too_much = |_| PlanError::from(ArithmeticError::overflow("the weights of a quote"));
        TargetPortfolio::new(weights).map_err(too_much)
    }

    /// Returns the value that the trades bring, at present prices.
    fn received(
        &self,
        before: &Holdings,
        after: &Holdings,
        price: impl Fn(&AssetId) -> Option<Price>,
        terms: &TradingTerms<'_>,
    ) -> Result<Money, ArithmeticError> {
        if self.side == Side::Sell {
            return after.cash().minus(before.cash());
        }
        let held = before.value(&price)?.minus(Exact::from(before.cash().decimal()))?;
        let gained = after.value(&price)?.minus(held)?;
        Money::rounded(gained, terms.money_scale, Rounding::Down)
    }
}

/// Fills orders at the bounds: each price moves against its order, and volumes shrink.
///
/// Lots do not apply. Otherwise a lot that is too expensive at the bounds would stay cash and lose nothing,
/// while one that is just affordable within them loses its costs.
fn worst_fills(
    request: &QuoteRequest<'_>,
    orders: &[Order],
    before: &Holdings,
    market: &dyn Market,
    terms: &TradingTerms<'_>,
) -> Result<FillOutcome, ArithmeticError> {
    let sides = orders.iter().map(|order| (&order.asset, order.side)).collect();
    let market = WorstMarket { market, bounds: request.bounds, sides };
    let rules = TradingRules { lots: Lots::default(), ..terms.rules.clone() };
    fill(request.as_of, orders, before, &market, &TradingTerms { rules: &rules, ..*terms })
}

/// The market at the bounds.
struct WorstMarket<'a> {
    market: &'a dyn Market,
    bounds: &'a QuoteBounds,
    sides: BTreeMap<&'a AssetId, Side>,
}

impl Market for WorstMarket<'_> {
    fn mark(&self, asset: &AssetId) -> Option<Mark> {
        let mark = self.market.mark(asset)?;
        let (Some(side), Some(distance)) = (self.sides.get(asset), self.bounds.adverse_move.get(asset))
        else {
            return Some(mark);
        };
        let moved = distance.fraction().times(mark.price.decimal()).ok()?;
        let price = Exact::from(mark.price.decimal());
        let (price, rounding) = match side {
            Side::Buy => (price.plus(moved).ok()?, Rounding::Up),
            Side::Sell => (price.minus(moved).ok()?, Rounding::Down),
        };
        let price = (0..=28).rev().find_map(|scale| price.round(scale, rounding).ok())?;
        Price::new(price).ok().map(|price| Mark { price, ..mark })
    }

    fn liquidity(&self, asset: &AssetId) -> Liquidity {
        let known = self.market.liquidity(asset);
        let part = self.bounds.volume_part.decimal();
        let volume = known
            .volume
            .and_then(|volume| Exact::product(volume.decimal(), part).round(8, Rounding::Down).ok());
        Liquidity { volume: volume.and_then(|volume| Money::new(volume).ok()), ..known }
    }
}

fn settled(before: &Holdings, fills: &[Fill]) -> Result<Holdings, ArithmeticError> {
    let mut after = before.clone();
    for each in fills {
        let (held, costs) = (after.units(&each.asset), each.costs.total()?);
        let (cash, units) = match each.side {
            Side::Buy => (after.cash().minus(each.notional.plus(costs)?)?, held.plus(each.units)?),
            Side::Sell => (after.cash().plus(each.notional.minus(costs)?)?, held.minus(each.units)?),
        };
        after.set_cash(cash);
        after.set_units(&each.asset, units);
    }
    Ok(after)
}

fn lines(
    plan: &RebalancePlan,
    expected: &FillOutcome,
    worst: &FillOutcome,
    after: &Holdings,
    price: impl Fn(&AssetId) -> Option<Price>,
    terms: &TradingTerms<'_>,
) -> Result<Vec<QuoteLine>, ArithmeticError> {
    let equity = after.value(&price)?;
    let of = |fills: &[Fill], asset: &AssetId| fills.iter().find(|each| each.asset == *asset).cloned();
    let mut lines = Vec::new();
    for line in &plan.lines {
        let unreached = line.action.as_ref().err().or(line.undone.as_ref());
        let is_short = |skip: &&Skip| !matches!(skip.reason, SkipReason::AtTarget | SkipReason::NotConcerned);
        let unreached = unreached.filter(is_short).cloned();
        let order = line.action.as_ref().ok().cloned();
        if order.is_none() && unreached.is_none() {
            continue;
        }
        let value = price(&line.asset).map_or(Exact::ZERO, |price| after.units(&line.asset).value_at(price));
        let reached_weight = if equity.is_zero() { Ratio::ZERO } else { Ratio::quotient(value, equity)? };
        let (now, then) = (of(&expected.fills, &line.asset), of(&worst.fills, &line.asset));
        let slipped = |fill: &Option<Fill>| slippage(fill.as_ref(), price(&line.asset), terms);
        lines.push(QuoteLine {
            asset: line.asset.clone(),
            target_weight: line.target_weight,
            reached_weight,
            unreached,
            order,
            notional: now.as_ref().map_or(Money::ZERO, |fill| fill.notional),
            costs: now.as_ref().map_or(TradeCosts::NONE, |fill| fill.costs),
            expected_slippage: slipped(&now)?,
            maximum_slippage: slipped(&then)?,
        });
    }
    Ok(lines)
}

/// Returns the loss of a fill against a price: the difference in price, spread, flat slippage and impact.
fn slippage(
    fill: Option<&Fill>,
    price: Option<Price>,
    terms: &TradingTerms<'_>,
) -> Result<Money, ArithmeticError> {
    let (Some(fill), Some(price)) = (fill, price) else { return Ok(Money::ZERO) };
    let worth = |units: Quantity, price: Price| units.value_at(price);
    let moved = worth(fill.units, fill.price).minus(worth(fill.units, price))?;
    let moved = if fill.side == Side::Buy { moved } else { Exact::ZERO.minus(moved)? };
    let moved = Money::rounded(moved, terms.money_scale, Rounding::Up)?.max(Money::ZERO);
    moved.plus(fill.costs.slippage)?.plus(fill.costs.spread)?.plus(fill.costs.impact)
}
