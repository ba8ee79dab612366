//! Execution of orders: sells first, buys with the cash that is there.

use regimen_types::{
    ArithmeticError, AsOf, Exact, Fill, Holdings, Money, Order, Price, Quantity, Rounding, Side,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::grid::on_grid;
use crate::market::{Market, TradingTerms};
use crate::planning::{costs_of, notional_of};

/// What became of a set of orders.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct FillOutcome {
    /// The executions, in order: sells, then buys.
    pub fills: Vec<Fill>,
    /// What was not executed.
    pub shortfalls: Vec<Shortfall>,
}

/// The part of an order that was not executed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortfall {
    /// The order.
    pub order: Order,
    /// The units that were not traded.
    pub units: Quantity,
    /// Why they were not.
    pub reason: ShortfallReason,
}

/// Why an order was not executed in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ShortfallReason {
    /// The asset has no price in the execution snapshot.
    NoPrice,
    /// Prices moved, and the cash does not pay for all buys; each was scaled by the same factor.
    CashShort,
    /// Fewer units are held than the order sells.
    NotHeld,
    /// A newer decision replaced the order before it was due.
    Replaced,
}

impl ShortfallReason {
    /// Returns the name that logs use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoPrice => "no_price",
            Self::CashShort => "cash_short",
            Self::NotHeld => "not_held",
            Self::Replaced => "replaced",
        }
    }
}

/// Executes orders at the market's prices.
///
/// Sells come first. If the buys then cost more than the cash, all buys are scaled by one common factor, and
/// the rest is a shortfall. Cash is never negative at any prefix of the fills.
///
/// # Errors
/// [`ArithmeticError`] if a notional or the cash needs more digits than there are.
pub fn fill(
    as_of: AsOf,
    orders: &[Order],
    holdings: &Holdings,
    market: &dyn Market,
    terms: &TradingTerms,
) -> Result<FillOutcome, ArithmeticError> {
    let mut outcome = FillOutcome::default();
    let mut cash = holdings.cash();
    for order in orders.iter().filter(|order| order.side == Side::Sell) {
        let Some(mark) = market.mark(&order.asset).filter(|mark| mark.sellable) else {
            outcome.miss(order, order.units, ShortfallReason::NoPrice);
            continue;
        };
        let units = order.units.min(holdings.units(&order.asset));
        outcome.miss_rest(order, units, ShortfallReason::NotHeld);
        if let Some(sale) = execute(as_of, order, units, mark.price, terms)? {
            cash = cash.plus(sale.notional)?.minus(sale.costs.total()?)?;
            outcome.fills.push(sale);
        }
    }
    outcome.fill_buys(as_of, orders, holdings, cash, market, terms)?;
    Ok(outcome)
}

impl FillOutcome {
    fn fill_buys(
        &mut self,
        as_of: AsOf,
        orders: &[Order],
        holdings: &Holdings,
        cash: Money,
        market: &dyn Market,
        terms: &TradingTerms,
    ) -> Result<(), ArithmeticError> {
        let mut buys: Vec<(&Order, Price)> = Vec::new();
        for order in orders.iter().filter(|order| order.side == Side::Buy) {
            match market.mark(&order.asset).filter(|mark| mark.buyable) {
                Some(mark) => buys.push((order, mark.price)),
                None => self.miss(order, order.units, ShortfallReason::NoPrice),
            }
        }
        let affordable = Affordable::of(&buys, cash, terms)?;
        for (order, price) in buys {
            let held = holdings.units(&order.asset);
            let units = affordable.units(order.units, held, terms.units_scale)?;
            self.miss_rest(order, units, ShortfallReason::CashShort);
            self.fills.extend(execute(as_of, order, units, price, terms)?);
        }
        Ok(())
    }

    fn miss_rest(&mut self, order: &Order, traded: Quantity, reason: ShortfallReason) {
        match order.units.minus(traded) {
            Some(rest) if !rest.is_zero() => self.miss(order, rest, reason),
            _ => {}
        }
    }

    fn miss(&mut self, order: &Order, units: Quantity, reason: ShortfallReason) {
        self.shortfalls.push(Shortfall { order: order.clone(), units, reason });
    }
}

/// How much of all buys the cash affords.
enum Affordable {
    All,
    /// Cash over cost.
    Part {
        cash: Exact,
        cost: Exact,
    },
}

impl Affordable {
    fn of(buys: &[(&Order, Price)], cash: Money, terms: &TradingTerms) -> Result<Self, ArithmeticError> {
        let rate = terms.costs.fee_bps.fraction().plus(terms.costs.slippage_bps.fraction())?;
        let rate = rate.plus(Exact::from(Decimal::ONE))?.round(28, Rounding::Up)?;
        let cost = buys.iter().try_fold(Exact::ZERO, |sum, (order, price)| {
            sum.plus(order.units.value_at(*price).times(rate)?)
        })?;
        // Each buy rounds up three times; that much is kept back so that scaled buys fit.
        let roundings = Decimal::from(buys.len()).saturating_mul(Decimal::new(3, terms.money_scale));
        let spendable = Exact::from(cash.decimal()).minus(Exact::from(roundings))?;
        if cost.compare(spendable)?.is_le() {
            return Ok(Self::All);
        }
        Ok(Self::Part { cash: if spendable.is_negative() { Exact::ZERO } else { spendable }, cost })
    }

    fn units(
        &self,
        ordered: Quantity,
        held: Quantity,
        units_scale: u32,
    ) -> Result<Quantity, ArithmeticError> {
        match self {
            Self::All => Ok(ordered),
            Self::Part { cash, cost } => {
                let factor = cash.ratio_to_fit(*cost, 28)?;
                let scaled = Exact::product(ordered.decimal(), factor);
                let units = scaled.ratio_to_fit(Exact::from(Decimal::ONE), units_scale)?;
                let units = on_grid(units, held, units_scale);
                Ok(Quantity::new(units).unwrap_or(Quantity::ZERO).min(ordered))
            }
        }
    }
}

/// Builds the fill of `units`, or `None` if there are none.
fn execute(
    as_of: AsOf,
    order: &Order,
    units: Quantity,
    price: Price,
    terms: &TradingTerms,
) -> Result<Option<Fill>, ArithmeticError> {
    if units.is_zero() {
        return Ok(None);
    }
    let notional = notional_of(order.side, units, price, terms)?;
    Ok(Some(Fill {
        as_of,
        asset: order.asset.clone(),
        side: order.side,
        units,
        price,
        notional,
        costs: costs_of(notional, terms)?,
        cause: order.cause,
    }))
}
