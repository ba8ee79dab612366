//! Execution of orders: sells first, buys with the cash that is there.

use std::collections::BTreeMap;

use regimen_types::{
    ArithmeticError, AsOf, Exact, Fill, Holdings, Money, Order, Price, Quantity, Rounding, Side,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::cost_model::Trade;
use crate::grid::on_grid;
use crate::market::{Market, TradingTerms};
use crate::planning::notional_of;

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
    /// The sale would cost more than it brings in.
    CostsExceedValue,
    /// A newer decision replaced the order before it was executed in full.
    Replaced,
    /// The asset was delisted before the order was executed in full.
    Delisted,
}

impl ShortfallReason {
    /// Returns the name that logs use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoPrice => "no_price",
            Self::CashShort => "cash_short",
            Self::NotHeld => "not_held",
            Self::CostsExceedValue => "costs_exceed_value",
            Self::Replaced => "replaced",
            Self::Delisted => "delisted",
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
    terms: &TradingTerms<'_>,
) -> Result<FillOutcome, ArithmeticError> {
    let mut outcome = FillOutcome::default();
    let mut cash = holdings.cash();
    // Two orders may sell one asset: those of an asset and of one that was swapped into it.
    let mut held = BTreeMap::new();
    for order in orders.iter().filter(|order| order.side == Side::Sell) {
        let Some(mark) = market.mark(&order.asset).filter(|mark| mark.sellable) else {
            outcome.miss(order, order.units, ShortfallReason::NoPrice);
            continue;
        };
        let left = held.entry(&order.asset).or_insert_with(|| holdings.units(&order.asset));
        let units = order.units.min(*left);
        outcome.miss_rest(order, units, ShortfallReason::NotHeld);
        let venue = Venue { as_of, market, terms };
        let Some(sale) = venue.execute(order, units, mark.price)? else { continue };
        let proceeds = sale.notional.minus(sale.costs.total()?)?;
        if proceeds.is_negative() {
            outcome.miss(order, units, ShortfallReason::CostsExceedValue);
            continue;
        }
        cash = cash.plus(proceeds)?;
        *left = left.minus(units).unwrap_or(Quantity::ZERO);
        outcome.fills.push(sale);
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
        terms: &TradingTerms<'_>,
    ) -> Result<(), ArithmeticError> {
        let mut buys: Vec<(&Order, Price)> = Vec::new();
        for order in orders.iter().filter(|order| order.side == Side::Buy) {
            match market.mark(&order.asset).filter(|mark| mark.buyable) {
                Some(mark) => buys.push((order, mark.price)),
                None => self.miss(order, order.units, ShortfallReason::NoPrice),
            }
        }
        let venue = Venue { as_of, market, terms };
        let affordable = Affordable::of(&buys, holdings, cash, &venue)?;
        for (order, price) in buys {
            let units = affordable.units(order, holdings.units(&order.asset), terms)?;
            self.miss_rest(order, units, ShortfallReason::CashShort);
            self.fills.extend(venue.execute(order, units, price)?);
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
    /// Cash over cost, where costs are proportional.
    Part {
        cash: Exact,
        cost: Exact,
    },
    /// A factor that was found to fit.
    Factor(Decimal),
}

/// How often a factor is halved in search of the largest one that fits.
const HALVINGS: u32 = 64;

impl Affordable {
    fn of(
        buys: &[(&Order, Price)],
        holdings: &Holdings,
        cash: Money,
        venue: &Venue<'_>,
    ) -> Result<Self, ArithmeticError> {
        let terms = venue.terms;
        let Some(rate) = terms.costs.proportional_rate() else {
            return Self::search(buys, holdings, cash, venue);
        };
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

    /// Finds the largest factor on a fine grid at which the buys with all their costs fit the cash.
    fn search(
        buys: &[(&Order, Price)],
        holdings: &Holdings,
        cash: Money,
        venue: &Venue<'_>,
    ) -> Result<Self, ArithmeticError> {
        let fits = |affordable: &Self| {
            let total = buys.iter().try_fold(Money::ZERO, |sum, (order, price)| {
                let units = affordable.units(order, holdings.units(&order.asset), venue.terms)?;
                let Some(fill) = venue.execute(order, units, *price)? else { return Ok(sum) };
                sum.plus(fill.notional)?.plus(fill.costs.total()?)
            })?;
            Ok::<_, ArithmeticError>(total <= cash)
        };
        if fits(&Self::All)? {
            return Ok(Self::All);
        }
        let (mut low, mut high) = (Decimal::ZERO, Decimal::ONE);
        for _ in 0..HALVINGS {
            let middle = Exact::from(low).plus(Exact::from(high))?.times(Decimal::new(5, 1))?;
            let middle = middle.round(24, Rounding::Down)?;
            if fits(&Self::Factor(middle))? {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(Self::Factor(low))
    }

    fn units(
        &self,
        order: &Order,
        held: Quantity,
        terms: &TradingTerms<'_>,
    ) -> Result<Quantity, ArithmeticError> {
        let factor = match self {
            Self::All => return Ok(order.units),
            Self::Part { cash, cost } => cash.ratio_to_fit(*cost, 28)?,
            Self::Factor(factor) => *factor,
        };
        let scaled = Exact::product(order.units.decimal(), factor);
        let units = scaled.ratio_to_fit(Exact::from(Decimal::ONE), terms.units_scale)?;
        let units = on_grid(units, held, terms.units_scale);
        let units = Quantity::new(units).unwrap_or(Quantity::ZERO).min(order.units);
        terms.rules.lots.whole(&order.asset, units)
    }
}

/// Where orders become fills.
struct Venue<'a> {
    as_of: AsOf,
    market: &'a dyn Market,
    terms: &'a TradingTerms<'a>,
}

impl Venue<'_> {
    /// Builds the fill of `units`, or `None` if there are none.
    fn execute(&self, order: &Order, units: Quantity, price: Price) -> Result<Option<Fill>, ArithmeticError> {
        if units.is_zero() {
            return Ok(None);
        }
        let (as_of, side) = (self.as_of, order.side);
        let notional = notional_of(side, units, price, self.terms)?;
        let liquidity = self.market.liquidity(&order.asset);
        let trade = Trade { as_of, asset: &order.asset, side, notional, liquidity };
        let costs = self.terms.costs.costs(&trade, self.terms.money_scale)?;
        let (asset, cause) = (order.asset.clone(), order.cause);
        Ok(Some(Fill { as_of, asset, side, units, price, notional, costs, cause }))
    }
}
