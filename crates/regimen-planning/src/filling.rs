//! Execution of orders: sales first, then purchases with the available cash.

use std::collections::BTreeMap;

use regimen_types::{
    ArithmeticError, AsOf, AssetId, Exact, Fill, Holdings, Money, Order, Price, Quantity, Rounding, Side,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::cost_model::Trade;
use crate::market::{Market, TradingTerms};
use crate::scaling::{Scalable, largest_factor};

/// The outcome of executing a set of orders.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FillOutcome {
    /// The executions, in order: sells, then buys.
    pub fills: Vec<Fill>,
    /// The parts of orders that were not executed.
    pub shortfalls: Vec<Shortfall>,
}

/// The part of an order that was not executed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortfall {
    /// The order.
    pub order: Order,
    /// The units not traded.
    pub units: Quantity,
    /// Why they were not.
    pub reason: ShortfallReason,
}

regimen_types::named! {
    /// Why an order was not executed in full.
    #[non_exhaustive]
    pub enum ShortfallReason {
        /// The asset has no price in the execution snapshot.
        NoPrice = "no_price",
        /// Prices moved, and the cash does not pay for all purchases; one common factor scales them down.
        CashShort = "cash_short",
        /// The order exceeds the part of the execution snapshot's volume that may be traded.
        Participation = "participation",
        /// The volume of the execution snapshot is unknown, and only a part of it may be traded.
        NoVolume = "no_volume",
        /// Fewer units are held than the order sells.
        NotHeld = "not_held",
        /// The sale would cost more than it brings in.
        CostsExceedValue = "costs_exceed_value",
        /// A newer decision replaced the order before it was executed in full.
        Replaced = "replaced",
        /// The asset was delisted before the order was executed in full.
        Delisted = "delisted",
        /// The venue left the order open and gave no other reason.
        Unfilled = "unfilled",
    }
}

impl ShortfallReason {
    /// Returns true if later snapshots can trade what this one could not, if the order may wait.
    #[must_use]
    pub fn may_wait(self) -> bool {
        matches!(self, Self::NoPrice | Self::Participation | Self::NoVolume | Self::Unfilled)
    }
}

impl ShortfallReason {
    /// Returns the reason in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NoPrice => "the asset has no price",
            Self::CashShort => "the cash does not pay for all purchases",
            Self::Participation => "only a part of the volume may be traded",
            Self::NoVolume => "the volume is unknown",
            Self::NotHeld => "fewer units are held",
            Self::CostsExceedValue => "the sale costs more than it brings in",
            Self::Replaced => "a newer decision replaced the order",
            Self::Delisted => "the asset was delisted",
            Self::Unfilled => "the venue left the order open",
        }
    }
}

/// Executes orders at the market's prices.
///
/// No asset trades more than the part of the snapshot's volume that the rules allow. Sales come first. If the
/// purchases then cost more than the cash, one common factor scales all of them down, and the rest is a
/// shortfall. Cash is never negative after any of the fills.
///
/// # Errors
/// [`ArithmeticError`] if a notional or the cash needs more than 28 digits.
pub fn fill(
    as_of: AsOf,
    orders: &[Order],
    holdings: &Holdings,
    market: &dyn Market,
    terms: &TradingTerms<'_>,
) -> Result<FillOutcome, ArithmeticError> {
    let mut outcome = FillOutcome { fills: Vec::with_capacity(orders.len()), ..FillOutcome::default() };
    let mut cash = holdings.cash();
    // Two orders may sell one asset: its own, and that of an asset that was swapped into it.
    let mut held = BTreeMap::new();
    let mut capacity = Capacity { market, terms, left: BTreeMap::new() };
    let builder = FillBuilder { as_of, market, terms };
    for order in orders.iter().filter(|order| order.side == Side::Sell) {
        let Some(mark) = market.mark(&order.asset).filter(|mark| mark.sellable) else {
            outcome.miss(order, order.units, ShortfallReason::NoPrice);
            continue;
        };
        let left = held.entry(&order.asset).or_insert_with(|| holdings.units(&order.asset));
        let sellable = order.units.min(*left);
        outcome.miss_rest(order, sellable, ShortfallReason::NotHeld);
        let (units, reason) = capacity.take(order, sellable, mark.price)?;
        if units < sellable {
            outcome.miss(order, sellable.left_after(units), reason);
        }
        let Some(sale) = builder.build(order, units, mark.price)? else { continue };
        let proceeds = sale.notional.minus(sale.costs.total()?)?;
        if proceeds.is_negative() {
            outcome.miss(order, units, ShortfallReason::CostsExceedValue);
            continue;
        }
        cash = cash.plus(proceeds)?;
        *left = left.left_after(units);
        outcome.fills.push(sale);
    }
    let buys = outcome.buys_within(orders, &mut capacity)?;
    outcome.fill_buys(&buys, holdings, cash, &builder)?;
    Ok(outcome)
}

impl FillOutcome {
    /// Returns the purchases that have a price and enough volume.
    fn buys_within<'a>(
        &mut self,
        orders: &'a [Order],
        capacity: &mut Capacity<'a>,
    ) -> Result<Vec<(Order, Price)>, ArithmeticError> {
        let mut buys = Vec::new();
        for order in orders.iter().filter(|order| order.side == Side::Buy) {
            let Some(mark) = capacity.market.mark(&order.asset).filter(|mark| mark.buyable) else {
                self.miss(order, order.units, ShortfallReason::NoPrice);
                continue;
            };
            let (units, reason) = capacity.take(order, order.units, mark.price)?;
            self.miss_rest(order, units, reason);
            if !units.is_zero() {
                buys.push((Order { units, ..order.clone() }, mark.price));
            }
        }
        Ok(buys)
    }

    fn fill_buys(
        &mut self,
        buys: &[(Order, Price)],
        holdings: &Holdings,
        cash: Money,
        builder: &FillBuilder<'_>,
    ) -> Result<(), ArithmeticError> {
        let factor = affordable_factor(buys, holdings, cash, builder)?;
        for (order, price) in buys {
            let units = scalable(order, holdings).times(factor, builder.terms)?;
            self.miss_rest(order, units, ShortfallReason::CashShort);
            self.fills.extend(builder.build(order, units, *price)?);
        }
        Ok(())
    }

    fn miss_rest(&mut self, order: &Order, traded: Quantity, reason: ShortfallReason) {
        if traded < order.units {
            self.miss(order, order.units.left_after(traded), reason);
        }
    }

    fn miss(&mut self, order: &Order, units: Quantity, reason: ShortfallReason) {
        self.shortfalls.push(Shortfall { order: order.clone(), units, reason });
    }
}

/// The units of each asset that this snapshot's volume still allows.
struct Capacity<'a> {
    market: &'a dyn Market,
    terms: &'a TradingTerms<'a>,
    left: BTreeMap<&'a AssetId, Quantity>,
}

impl<'a> Capacity<'a> {
    /// Takes the wanted units as far as volume allows, in whole lots, and returns the reason for any rest.
    fn take(
        &mut self,
        order: &'a Order,
        wanted: Quantity,
        price: Price,
    ) -> Result<(Quantity, ShortfallReason), ArithmeticError> {
        let Some(part) = self.terms.rules.fill_participation_max else {
            return Ok((wanted, ShortfallReason::Participation));
        };
        let Some(volume) = self.market.liquidity(&order.asset).volume else {
            return Ok((Quantity::ZERO, ShortfallReason::NoVolume));
        };
        let left = match self.left.get(&order.asset) {
            Some(left) => *left,
            None => {
                let value = Exact::product(part.decimal(), volume.decimal());
                let units = value.ratio_to_fit(Exact::from(price.decimal()), self.terms.units_scale)?;
                Quantity::new(units)?
            }
        };
        let units = if wanted <= left { wanted } else { self.terms.rules.lots.whole(&order.asset, left)? };
        self.left.insert(&order.asset, left.left_after(units));
        Ok((units, ShortfallReason::Participation))
    }
}

/// Returns the factor, 1 at most, at which the cash pays for all purchases.
fn affordable_factor(
    buys: &[(Order, Price)],
    holdings: &Holdings,
    cash: Money,
    builder: &FillBuilder<'_>,
) -> Result<Decimal, ArithmeticError> {
    let terms = builder.terms;
    let Some(rate) = terms.costs.proportional_rate() else {
        return largest_factor(|factor| {
            let total = buys.iter().try_fold(Money::ZERO, |sum, (order, price)| {
                let units = scalable(order, holdings).times(factor, terms)?;
                let Some(fill) = builder.build(order, units, *price)? else { return Ok(sum) };
                sum.plus(fill.notional)?.plus(fill.costs.total()?)
            })?;
            Ok(total <= cash)
        });
    };
    let rate = rate.plus(Exact::from(Decimal::ONE))?.round(28, Rounding::Up)?;
    let cost = buys
        .iter()
        .try_fold(Exact::ZERO, |sum, (order, price)| sum.plus(order.units.value_at(*price).times(rate)?))?;
    // Each purchase rounds up three times; that much is kept back so that scaled purchases fit.
    let roundings = Decimal::from(buys.len()).saturating_mul(Decimal::new(3, terms.money_scale));
    let spendable = Exact::from(cash.decimal()).minus(Exact::from(roundings))?;
    if cost.compare(spendable)?.is_le() {
        return Ok(Decimal::ONE);
    }
    if cost.is_zero() || spendable.is_negative() {
        return Ok(Decimal::ZERO);
    }
    spendable.ratio_to_fit(cost, 28)
}

fn scalable<'a>(order: &'a Order, holdings: &Holdings) -> Scalable<'a> {
    Scalable { asset: &order.asset, units: order.units, held: holdings.units(&order.asset) }
}

/// Builds fills at one instant, in one market, on the same terms.
struct FillBuilder<'a> {
    as_of: AsOf,
    market: &'a dyn Market,
    terms: &'a TradingTerms<'a>,
}

impl FillBuilder<'_> {
    /// Builds the fill of `units`, or `None` for no units.
    fn build(&self, order: &Order, units: Quantity, price: Price) -> Result<Option<Fill>, ArithmeticError> {
        if units.is_zero() {
            return Ok(None);
        }
        let (as_of, side) = (self.as_of, order.side);
        let notional = self.terms.notional(side, units, price)?;
        let liquidity = self.market.liquidity(&order.asset);
        let trade = Trade { as_of, asset: &order.asset, side, notional, liquidity };
        let costs = self.terms.costs.costs(&trade, self.terms.money_scale)?;
        let (asset, cause) = (order.asset.clone(), order.cause);
        Ok(Some(Fill { as_of, asset, side, units, price, notional, costs, cause }))
    }
}
