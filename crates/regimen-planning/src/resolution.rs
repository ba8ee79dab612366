//! The cost of rounding, and the value below which a distance from the target is rounding.

use regimen_types::{ArithmeticError, Exact};
use rust_decimal::Decimal;

use crate::grid::grid_scale;
use crate::market::TradingTerms;
use crate::position::Position;

/// One step of the grid of weights, 10^-18.
const WEIGHT_GRID: Decimal = Decimal::from_parts(1, 0, 0, false, 18);

/// The cost of rounding: a few roundings of money per trade, and one step of units per position.
pub(crate) struct Reserve {
    /// The cash held back so that rounding against the portfolio never overdraws it.
    pub(crate) rounding: Decimal,
    /// How far the rounding of one plan can move the equity of the next.
    drift: Exact,
    /// How far the grid of weights can move a position: one step now, and one in the earlier plan.
    weights: Exact,
    units_scale: u32,
}

impl Reserve {
    /// The number of trades of an earlier plan whose reserve may still be in cash.
    const EARLIER_TRADES: usize = 512;
    /// The roundings per trade with proportional costs: notional, fee, slippage.
    const ROUNDINGS: i64 = 3;
    /// The roundings per trade with every kind of cost.
    const ROUNDINGS_OF_ALL_KINDS: i64 = 8;

    /// Builds the reserve. `cost_rate` is the part of a notional that a trade costs. If it is `None`, costs
    /// are not proportional, and one half serves as a generous upper bound.
    pub(crate) fn new(
        positions: &[Position<'_>],
        equity: Exact,
        cost_rate: Option<Decimal>,
        terms: &TradingTerms<'_>,
    ) -> Result<Self, ArithmeticError> {
        let roundings = if cost_rate.is_some() { Self::ROUNDINGS } else { Self::ROUNDINGS_OF_ALL_KINDS };
        let cost_rate = cost_rate.unwrap_or(Decimal::new(5, 1));
        let of_trades =
            |trades: usize| Decimal::from(trades).saturating_mul(Decimal::new(roundings, terms.money_scale));
        let mut targeted = positions.iter().filter(|position| !position.weight.is_zero());
        let prices =
            targeted.try_fold(Exact::ZERO, |sum, each| sum.plus(Exact::from(each.mark.price.decimal())))?;
        // One step too many costs once now and once when it is undone, each out of the equity after costs.
        let twice =
            Exact::from(Decimal::TWO).ratio_to_fit(Exact::from(Decimal::ONE.saturating_sub(cost_rate)), 9)?;
        let steps = prices.times(Decimal::new(1, terms.units_scale))?.times(cost_rate)?.times(twice)?;
        let drift = steps.plus(Exact::from(of_trades(positions.len().max(Self::EARLIER_TRADES))))?;
        let rounding = of_trades(positions.len());
        let weights = equity.times(WEIGHT_GRID)?.times(Decimal::TWO)?;
        Ok(Self { rounding, drift, weights, units_scale: terms.units_scale })
    }

    /// Returns the value below which a position's distance from its target is rounding: its share of the
    /// drift of equity, the grid of weights, and one step of its units.
    pub(crate) fn resolution(&self, position: &Position<'_>) -> Result<Exact, ArithmeticError> {
        self.drift.times(position.weight)?.plus(self.weights)?.plus(self.step(position))
    }

    /// Returns the value of one step of a position's units.
    pub(crate) fn step(&self, position: &Position<'_>) -> Exact {
        let scale = grid_scale(Decimal::ZERO, position.units, self.units_scale);
        Exact::product(position.mark.price.decimal(), Decimal::new(1, scale))
    }
}
