//! Execution of orders: sells first, buys with the cash that is there.

use std::collections::BTreeMap;

use regimen_types::{
    ArithmeticError, AsOf, AssetId, Exact, Fill, Holdings, Money, Order, Price, Quantity, Rounding, Side,
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
    /// The execution snapshot's volume, of which only a part may be traded.
    Participation,
    /// The volume of the execution snapshot is unknown, and only a part of it may be traded.
    NoVolume,
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
    /// All reasons.
    pub const ALL: [Self; 8] = [
        Self::NoPrice,
        Self::CashShort,
        Self::Participation,
        Self::NoVolume,
        Self::NotHeld,
        Self::CostsExceedValue,
        Self::Replaced,
        Self::Delisted,
    ];

    /// Says whether later snapshots can trade what this one could not, if the order may wait.
    #[must_use]
    pub fn may_wait(self) -> bool {
        matches!(self, Self::NoPrice | Self::Participation | Self::NoVolume)
    }

    /// Returns the name that logs use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoPrice => "no_price",
            Self::CashShort => "cash_short",
            Self::Participation => "participation",
            Self::NoVolume => "no_volume",
            Self::NotHeld => "not_held",
            Self::CostsExceedValue => "costs_exceed_value",
            Self::Replaced => "replaced",
            Self::Delisted => "delisted",
        }
    }

    /// Returns the reason in words.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::NoPrice => "the asset has no price",
            Self::CashShort => "the cash does not pay for all purchases",
            Self::Participation => "only a part of the volume may be traded",
            Self::NoVolume => "the volume is unknown",
            Self::NotHeld => "fewer units are held",
            Self::CostsExceedValue => "the sale costs more than it brings in",
            Self::Replaced => "a newer decision replaced the order",
            Self::Delisted => "the asset was delisted",
        }
    }
}

/// Executes orders at the market's prices.
///
/// No asset trades more than the part of the snapshot's volume that the rules state, if they do. Sells come first. If the buys then cost more than the cash, all buys are scaled by one common factor, and
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
    let mut outcome = FillOutcome { fills: Vec::with_capacity(orders.len()), ..FillOutcome::default() };
    let mut cash = holdings.cash();
    // Two orders may sell one asset: those of an asset and of one that was swapped into it.
    let mut held = BTreeMap::new();
    let mut capacity = Capacity { market, terms, left: BTreeMap::new() };
    for order in orders.iter().filter(|order| order.side == Side::Sell) {
        let Some(mark) = market.mark(&order.asset).filter(|mark| mark.sellable) else {
            outcome.miss(order, order.units, ShortfallReason::NoPrice);
            continue;
        };
        let left = held.entry(&order.asset).or_insert_with(|| holdings.units(&order.asset));
        let sellable = order.units.min(*left);
        outcome.miss_rest(order, sellable, ShortfallReason::NotHeld);
        let (units, reason) = capacity.take(order, sellable, mark.price)?;
        if units < sellable
            && let Some(rest) = sellable.minus(units)
        {
            outcome.miss(order, rest, reason);
        }
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
    let buys = outcome.buys_within(orders, &mut capacity)?;
    outcome.fill_buys(as_of, &buys, holdings, cash, market, terms)?;
    Ok(outcome)
}

impl FillOutcome {
    /// Returns the purchases that there is a price and a volume for.
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
        as_of: AsOf,
        buys: &[(Order, Price)],
        holdings: &Holdings,
        cash: Money,
        market: &dyn Market,
        terms: &TradingTerms<'_>,
    ) -> Result<(), ArithmeticError> {
        let venue = Venue { as_of, market, terms };
        let affordable = Affordable::of(buys, holdings, cash, &venue)?;
        for (order, price) in buys {
            let units = affordable.units(order, holdings.units(&order.asset), terms)?;
            self.miss_rest(order, units, ShortfallReason::CashShort);
            self.fills.extend(venue.execute(order, units, *price)?);
        }
        Ok(())
    }

    fn miss_rest(&mut self, order: &Order, traded: Quantity, reason: ShortfallReason) {
        if traded < order.units
            && let Some(rest) = order.units.minus(traded)
        {
            self.miss(order, rest, reason);
        }
    }

    fn miss(&mut self, order: &Order, units: Quantity, reason: ShortfallReason) {
        self.shortfalls.push(Shortfall { order: order.clone(), units, reason });
    }
}

/// What may still be traded of each asset at this snapshot.
struct Capacity<'a> {
    market: &'a dyn Market,
    terms: &'a TradingTerms<'a>,
    left: BTreeMap<&'a AssetId, Quantity>,
}

impl<'a> Capacity<'a> {
    /// Takes as many of the wanted units as there is volume for, in whole lots, and returns why there are no more.
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
                Quantity::new(units).unwrap_or(Quantity::ZERO)
            }
        };
        let units = if wanted <= left { wanted } else { self.terms.rules.lots.whole(&order.asset, left)? };
        self.left.insert(&order.asset, left.minus(units).unwrap_or(Quantity::ZERO));
        Ok((units, ShortfallReason::Participation))
    }
}

/// How much of all buys the cash affords.
enum Affordable {
    All,
    /// This part of each.
    Part(Decimal),
}

/// How often a factor is halved in search of the largest one that fits.
const HALVINGS: u32 = 64;

impl Affordable {
    fn of(
        buys: &[(Order, Price)],
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
        if cost.is_zero() || spendable.is_negative() {
            return Ok(Self::Part(Decimal::ZERO));
        }
        Ok(Self::Part(spendable.ratio_to_fit(cost, 28)?))
    }

    /// Finds the largest factor on a fine grid at which the buys with all their costs fit the cash.
    fn search(
        buys: &[(Order, Price)],
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
            if fits(&Self::Part(middle))? {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(Self::Part(low))
    }

    fn units(
        &self,
        order: &Order,
        held: Quantity,
        terms: &TradingTerms<'_>,
    ) -> Result<Quantity, ArithmeticError> {
        let factor = match self {
            Self::All => return Ok(order.units),
            Self::Part(factor) => *factor,
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
