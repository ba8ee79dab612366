//! The rebalance plan: orders from holdings to target.

use std::collections::BTreeSet;

use regimen_types::{
    ArithmeticError, AsOf, AssetId, Bps, Cause, Exact, Holdings, Money, Order, Price, Quantity, Rounding,
    Side, TradeCosts, Weight,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::grid::{grid_scale, on_grid};
use crate::market::{Mark, Market, TradingTerms};
use crate::sizing::{Line, equity_after_costs};
use crate::target::TargetPortfolio;

/// Orders that take holdings to a target, with a line for each asset concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RebalancePlan {
    /// Why the portfolio is rebalanced.
    pub cause: Cause,
    /// Cash and positions at the decision's prices.
    pub equity: Money,
    /// What remains of the equity once the plan's costs are paid, at the decision's prices.
    pub equity_after_costs: Money,
    /// One line per held or targeted asset, by identifier.
    pub lines: Vec<PlanLine>,
}

/// What a plan does with one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanLine {
    /// The asset.
    pub asset: AssetId,
    /// Its target weight.
    pub target_weight: Weight,
    /// The units held at the decision.
    pub units: Quantity,
    /// The units that the target asks for.
    pub target_units: Quantity,
    /// The order, or why there is none.
    pub action: Result<Order, Skip>,
}

/// A trade that is not made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skip {
    /// The units that would have been traded.
    pub units: Quantity,
    /// Why they are not.
    pub reason: SkipReason,
}

/// Why a trade is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SkipReason {
    /// The position is at its target, to the resolution of money and units.
    AtTarget,
    /// The asset has no price in the snapshot and may not be traded at its last one.
    NotTradable,
}

impl SkipReason {
    /// Returns the name that logs use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtTarget => "at_target",
            Self::NotTradable => "not_tradable",
        }
    }
}

/// Says why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A held or targeted asset never had a price.
    #[error("{asset} is held or targeted at {as_of} but never had a price")]
    NoPrice {
        /// The asset.
        asset: AssetId,
        /// The instant of the plan.
        as_of: AsOf,
    },
    /// The cost rates sum to the whole notional or more.
    #[error("fee and slippage together must stay below 10000 bps")]
    CostsTooHigh,
    /// A figure needs more digits than there are.
    #[error("{asset}: {source}")]
    Arithmetic {
        /// The asset, or `portfolio`.
        asset: String,
        /// What failed.
        source: ArithmeticError,
    },
}

impl From<ArithmeticError> for PlanError {
    fn from(source: ArithmeticError) -> Self {
        Self::Arithmetic { asset: "portfolio".to_owned(), source }
    }
}

impl RebalancePlan {
    /// Iterates over the orders in the order of execution: sells by identifier, then buys by identifier.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        let of_side = |side| {
            self.lines.iter().filter_map(|line| line.action.as_ref().ok()).filter(move |o| o.side == side)
        };
        of_side(Side::Sell).chain(of_side(Side::Buy))
    }
}

/// Plans the trades from `holdings` to `target` at the market's prices.
///
/// The target is taken of the equity after the plan's own costs, `x + rate × Σ|w·x − h| = equity`, so
/// that a target of 100 % plus its costs always fits; target units are rounded down and what is left stays in cash. A
/// position that may not be traded is left alone, and the target is taken of the rest. A sale that is skipped never
/// funds a purchase: the plan is sized again without it.
///
/// # Errors
/// [`PlanError`] if an asset never had a price, costs eat the whole notional, or a figure overflows.
pub fn plan(
    as_of: AsOf,
    cause: Cause,
    holdings: &Holdings,
    target: &TargetPortfolio,
    market: &dyn Market,
    terms: &TradingTerms,
) -> Result<RebalancePlan, PlanError> {
    let cost_rate = cost_rate(terms)?;
    let mut positions = positions(as_of, holdings, target, market)?;
    let reserve = Reserve::new(&positions, cost_rate, terms)?;
    let equity = value(holdings, positions.iter())?;
    let mut affordable = equity.round(terms.money_scale, Rounding::Down)?;
    loop {
        affordable = size(holdings, &positions, &reserve, cost_rate, affordable, terms)?;
        let lines = positions.iter().map(|position| position.plan(affordable, cause, &reserve, terms));
        let lines = lines.collect::<Result<Vec<_>, _>>()?;
        if !lock_skipped(&mut positions, &lines) {
            let untouchable =
                equity.minus(value(holdings, positions.iter().filter(|each| each.counts()))?)?;
            let after_costs = untouchable.plus(Exact::from(affordable))?;
            return Ok(RebalancePlan {
                cause,
                equity: Money::rounded(equity, terms.money_scale, Rounding::Down)?,
                equity_after_costs: Money::rounded(after_costs, terms.money_scale, Rounding::Down)?,
                lines,
            });
        }
    }
}

/// Returns the equity after costs that the target may be taken of, `limit` at most.
fn size(
    holdings: &Holdings,
    positions: &[Position<'_>],
    reserve: &Reserve,
    cost_rate: Decimal,
    limit: Decimal,
    terms: &TradingTerms,
) -> Result<Decimal, ArithmeticError> {
    let equity = value(holdings, positions.iter().filter(|each| each.counts()))?;
    let equity = equity.minus(Exact::from(reserve.rounding))?.round(terms.money_scale, Rounding::Down)?;
    let mut spendable = Exact::from(equity);
    let mut free_weight = Decimal::ONE;
    for kept in positions.iter().filter(|each| each.locked == Some(SkipReason::AtTarget)) {
        spendable = spendable.minus(kept.value())?;
        free_weight = free_weight.saturating_sub(kept.weight.decimal());
    }
    let trading = positions.iter().filter(|each| each.locked.is_none());
    let lines: Vec<Line> = trading.map(Position::line).collect();
    equity_after_costs(&lines, free_weight, spendable, cost_rate, limit.min(equity).max(Decimal::ZERO))
}

/// Locks positions whose trade was skipped, and says whether there were new ones.
fn lock_skipped(positions: &mut [Position<'_>], lines: &[PlanLine]) -> bool {
    let mut any = false;
    for (position, line) in positions.iter_mut().zip(lines) {
        if let (None, Err(skip)) = (position.locked, &line.action) {
            position.locked = Some(skip.reason);
            any = true;
        }
    }
    any
}

/// A held or targeted asset with its mark.
struct Position<'a> {
    asset: &'a AssetId,
    units: Quantity,
    weight: Weight,
    mark: Mark,
    /// Why the position stays as it is.
    locked: Option<SkipReason>,
}

impl Position<'_> {
    /// Says whether the target is taken of this position's value too.
    fn counts(&self) -> bool {
        self.locked != Some(SkipReason::NotTradable)
    }

    fn value(&self) -> Exact {
        self.units.value_at(self.mark.price)
    }

    fn line(&self) -> Line {
        Line { value: self.value(), weight: self.weight.decimal() }
    }

    fn plan(
        &self,
        affordable: Decimal,
        cause: Cause,
        reserve: &Reserve,
        terms: &TradingTerms,
    ) -> Result<PlanLine, PlanError> {
        let located = |source| PlanError::Arithmetic { asset: self.asset.to_string(), source };
        let target_units = match self.locked {
            Some(SkipReason::NotTradable) => self.units,
            _ => self.target_units(affordable, terms.units_scale).map_err(located)?,
        };
        let (side, units) = if target_units >= self.units {
            (Side::Buy, target_units.minus(self.units))
        } else {
            (Side::Sell, self.units.minus(target_units))
        };
        let units = units.ok_or(ArithmeticError::overflow("the units of a trade")).map_err(located)?;
        let skip = self.skip_reason(side, units, reserve).map_err(located)?;
        let action = match skip {
            Some(reason) => Err(Skip { units, reason }),
            None => Ok(self.order(side, units, cause)),
        };
        Ok(PlanLine {
            asset: self.asset.clone(),
            target_weight: self.weight,
            units: self.units,
            target_units,
            action,
        })
    }

    fn target_units(&self, affordable: Decimal, units_scale: u32) -> Result<Quantity, ArithmeticError> {
        let target_value = Exact::product(self.weight.decimal(), affordable);
        let units = target_value.ratio_to_fit(Exact::from(self.mark.price.decimal()), units_scale)?;
        let units = on_grid(units, self.units, units_scale);
        Quantity::new(units).map_err(|_| ArithmeticError::overflow("target units"))
    }

    fn skip_reason(
        &self,
        side: Side,
        units: Quantity,
        reserve: &Reserve,
    ) -> Result<Option<SkipReason>, ArithmeticError> {
        let may_trade = match side {
            Side::Buy => self.mark.buyable || units.is_zero(),
            Side::Sell => self.mark.sellable,
        };
        if self.locked.is_some() || !may_trade {
            return Ok(Some(self.locked.unwrap_or(SkipReason::NotTradable)));
        }
        let at_target = if self.weight.is_zero() {
            units.is_zero()
        } else {
            units.value_at(self.mark.price).compare(reserve.resolution(self)?)?.is_le()
        };
        Ok(at_target.then_some(SkipReason::AtTarget))
    }

    fn order(&self, side: Side, units: Quantity, cause: Cause) -> Order {
        Order {
            asset: self.asset.clone(),
            side,
            units,
            decision_price: self.mark.price,
            decision_price_as_of: self.mark.as_of,
            cause,
        }
    }
}

/// What rounding can cost: three roundings of money per trade, and a step of units per position.
struct Reserve {
    /// Held back from the equity so that rounding against the portfolio never overdraws it.
    rounding: Decimal,
    /// How far rounding of one plan can move the equity that the next plan sees.
    drift: Exact,
    units_scale: u32,
}

impl Reserve {
    /// The trades of an earlier plan whose reserve may still lie in cash.
    const EARLIER_TRADES: usize = 512;

    fn new(
        positions: &[Position<'_>],
        cost_rate: Decimal,
        terms: &TradingTerms,
    ) -> Result<Self, ArithmeticError> {
        let of_trades =
            |trades: usize| Decimal::from(trades).saturating_mul(Decimal::new(3, terms.money_scale));
        let mut targeted = positions.iter().filter(|position| !position.weight.is_zero());
        let prices =
            targeted.try_fold(Exact::ZERO, |sum, each| sum.plus(Exact::from(each.mark.price.decimal())))?;
        // Costs of a step too many now, costs of undoing it later, each borne by what is left after costs.
        let twice =
            Exact::from(Decimal::TWO).ratio_to_fit(Exact::from(Decimal::ONE.saturating_sub(cost_rate)), 9)?;
        let steps = prices.times(Decimal::new(1, terms.units_scale))?.times(cost_rate)?.times(twice)?;
        let drift = steps.plus(Exact::from(of_trades(positions.len().max(Self::EARLIER_TRADES))))?;
        let rounding = of_trades(positions.len());
        Ok(Self { rounding, drift, units_scale: terms.units_scale })
    }

    /// Returns the value below which a position's distance from its target is rounding: its share of the drift
    /// of equity, and one step of its units.
    fn resolution(&self, position: &Position<'_>) -> Result<Exact, ArithmeticError> {
        let scale = grid_scale(Decimal::ZERO, position.units, self.units_scale);
        let one_step = Exact::product(position.mark.price.decimal(), Decimal::new(1, scale));
        self.drift.times(position.weight.decimal())?.plus(one_step)
    }
}

fn cost_rate(terms: &TradingTerms) -> Result<Decimal, PlanError> {
    let rate = terms.costs.fee_bps.fraction().plus(terms.costs.slippage_bps.fraction())?;
    let rate = rate.round(28, Rounding::Up)?;
    if rate < Decimal::ONE { Ok(rate) } else { Err(PlanError::CostsTooHigh) }
}

fn positions<'a>(
    as_of: AsOf,
    holdings: &'a Holdings,
    target: &'a TargetPortfolio,
    market: &dyn Market,
) -> Result<Vec<Position<'a>>, PlanError> {
    let held = holdings.positions().map(|(asset, _)| asset);
    let assets: BTreeSet<&AssetId> = held.chain(target.weights().map(|(asset, _)| asset)).collect();
    let position = |asset: &'a AssetId| {
        let mark = market.mark(asset).ok_or_else(|| PlanError::NoPrice { asset: asset.clone(), as_of })?;
        let locked = (!mark.sellable).then_some(SkipReason::NotTradable);
        Ok(Position { asset, units: holdings.units(asset), weight: target.weight(asset), mark, locked })
    };
    assets.into_iter().map(position).collect()
}

/// Returns the value of the cash and of some of the positions.
fn value<'a>(
    holdings: &Holdings,
    mut positions: impl Iterator<Item = &'a Position<'a>>,
) -> Result<Exact, ArithmeticError> {
    let cash = Exact::from(holdings.cash().decimal());
    positions.try_fold(cash, |sum, position| sum.plus(position.value()))
}

/// Returns the costs of trading a notional, each rounded up, together never above the notional: a sale of dust
/// cannot cost cash.
pub(crate) fn costs_of(notional: Money, terms: &TradingTerms) -> Result<TradeCosts, ArithmeticError> {
    let charge = |rate: Bps| rate.of(notional, terms.money_scale);
    let fee = charge(terms.costs.fee_bps)?.min(notional);
    let slippage = charge(terms.costs.slippage_bps)?.min(notional.minus(fee)?);
    Ok(TradeCosts { fee, slippage, ..TradeCosts::NONE })
}

/// Returns the notional of a trade, rounded against the portfolio.
pub(crate) fn notional_of(
    side: Side,
    units: Quantity,
    price: Price,
    terms: &TradingTerms,
) -> Result<Money, ArithmeticError> {
    let rounding = if side == Side::Buy { Rounding::Up } else { Rounding::Down };
    units.notional(price, terms.money_scale, rounding)
}
