//! Laws of fills: from orders to executions.

use regimen_planning::{FillOutcome, Market, PlanRequest, TradingTerms, fill};
use regimen_types::{
    ArithmeticError, AsOf, AssetId, Cause, Exact, Fill, Holdings, Order, Quantity, Rounding, Side,
};
use rust_decimal::Decimal;

use crate::case::Case;
use crate::check::Check;
use crate::law::{Judgement, Objection, laws};
use crate::portfolio::{Portfolio, portfolios};

laws! {
    /// The laws of fills.
    FillLaw {
        Determinism = "determinism": "the same orders are filled the same way each time",
        SalesFirst = "sales first": "every sale comes before every purchase",
        Ordered = "ordered": "what is filled and what is reported missing is what was ordered, asset by asset",
        Held = "held": "no more is sold than is held",
        Cash = "cash": "cash is not negative after any fill",
        Conservation = "conservation": "what is there before the fills is there after them, or is a cost, or less than one step of money per fill",
    }
}

/// A fill model: the signature of [`regimen_planning::fill`].
pub type FillFunction =
    dyn Fn(AsOf, &[Order], &Holdings, &dyn Market, &TradingTerms<'_>) -> Result<FillOutcome, ArithmeticError>;

/// Prepares the check of a fill model on the given terms. It fills plans at prices that have moved since, up
/// or down.
///
/// ```
/// use regimen_laws::fills;
/// use regimen_planning::{TradingRules, TradingTerms, fill};
/// use regimen_types::CostRates;
/// let costs = CostRates { fee_bps: "10".parse().unwrap(), slippage_bps: "5".parse().unwrap() };
/// let rules = TradingRules::default();
/// let terms = TradingTerms { costs: &costs, rules: &rules, money_scale: 8, units_scale: 12 };
/// fills("regimen's own", &fill, &terms).check().unwrap();
/// ```
#[must_use]
pub fn fills<'a>(
    name: &str,
    fill: &'a FillFunction,
    terms: &'a TradingTerms<'a>,
) -> Check<'a, FillLaw, Portfolio> {
    let judge = move |law, portfolio: &Portfolio| judge(law, fill, terms, portfolio);
    Check::new(name.to_owned(), FillLaw::ALL, portfolios(1..=8), judge)
}

/// The price changes between the plan and its fills, in percent, one position after the other.
const MOVES_PERCENT: [u32; 5] = [100, 150, 60, 103, 98];

/// The portfolio at the prices of its fills.
fn moved(portfolio: &Portfolio) -> Portfolio {
    let mut moved = portfolio.clone();
    for (each, percent) in moved.positions.iter_mut().zip(MOVES_PERCENT.iter().cycle()) {
        let price = each.price.checked_mul(Decimal::new(i64::from(*percent), 2));
        each.price = price.unwrap_or(each.price);
    }
    moved
}

fn judge(law: FillLaw, filler: &FillFunction, terms: &TradingTerms<'_>, portfolio: &Portfolio) -> Judgement {
    let lost = |_| Objection::NotApplicable;
    let (holdings, target, as_of) = (portfolio.holdings(), portfolio.target(), portfolio.as_of());
    let request = PlanRequest {
        as_of,
        cause: Cause::Schedule,
        holdings: &holdings,
        target: &target,
        market: portfolio,
        terms,
        only: None,
    };
    let orders: Vec<Order> =
        request.plan().map_err(|_| Objection::NotApplicable)?.orders().cloned().collect();
    let market = moved(portfolio);
    let outcome = filler(as_of, &orders, &holdings, &market, terms).map_err(lost)?;
    if orders.is_empty() {
        return Err(Objection::NotApplicable);
    }
    let case = Filling { orders: &orders, market: &market, outcome: &outcome };
    match law {
        FillLaw::Determinism => {
            let again = filler(as_of, &orders, &holdings, &market, terms).map_err(lost)?;
            if outcome == again { Ok(()) } else { Err(case.breach(shown(&outcome), shown(&again))) }
        }
        FillLaw::SalesFirst => {
            let sides = || outcome.fills.iter().map(|each| each.side);
            let sales = sides().take_while(|side| *side == Side::Sell).count();
            let is_late = sides().skip(sales).any(|side| side == Side::Sell);
            if is_late { Err(case.breach("sales, then purchases", shown(&outcome))) } else { Ok(()) }
        }
        FillLaw::Ordered => case.ordered(),
        FillLaw::Held => {
            let sold = outcome
                .fills
                .iter()
                .find(|each| each.side == Side::Sell && each.units > holdings.units(&each.asset));
            match sold {
                Some(sold) => Err(case.breach(
                    format!("at most {} of {} sold", holdings.units(&sold.asset), sold.asset),
                    shown(&outcome),
                )),
                None => Ok(()),
            }
        }
        FillLaw::Cash => case.booked(&holdings).map(|_| ()),
        FillLaw::Conservation => case.conservation(&holdings, terms.money_scale),
    }
}

/// Orders and their fills.
struct Filling<'a> {
    orders: &'a [Order],
    market: &'a Portfolio,
    outcome: &'a FillOutcome,
}

impl Filling<'_> {
    fn breach(&self, expected: impl std::fmt::Display, found: impl std::fmt::Display) -> Objection {
        let each = |order: &Order| format!("{} {} {}", order.side, order.units, order.asset);
        let orders: Vec<String> = self.orders.iter().map(each).collect();
        let change = format!("the orders {}, filled at:\n{}", orders.join(", "), self.market.shown());
        Objection::breach(change, expected, found)
    }

    fn ordered(&self) -> Judgement {
        for order in self.orders {
            let filled =
                self.outcome.fills.iter().filter(|each| each.asset == order.asset && each.side == order.side);
            let missing = self.outcome.shortfalls.iter().filter(|each| each.order == *order);
            let units = filled.map(|each| each.units).chain(missing.map(|each| each.units));
            let sum = units
                .into_iter()
                .try_fold(Quantity::ZERO, Quantity::plus)
                .map_err(|_| Objection::NotApplicable)?;
            if sum != order.units {
                let expected = format!("{} of {} filled or missing", order.units, order.asset);
                return Err(self.breach(expected, format!("{sum}: {}", shown(self.outcome))));
            }
        }
        Ok(())
    }

    /// Books the fills, and returns the holdings after them.
    fn booked(&self, holdings: &Holdings) -> Result<Holdings, Objection> {
        let mut after = holdings.clone();
        for each in &self.outcome.fills {
            let booked = book(&mut after, each);
            if booked.is_none() || after.cash().is_negative() {
                let found =
                    format!("cash of {} after the order to {} {}", after.cash(), each.side, each.asset);
                return Err(self.breach("cash of zero or more", found));
            }
        }
        Ok(after)
    }

    fn value(&self, holdings: &Holdings) -> Result<Exact, Objection> {
        let price = |asset: &AssetId| self.market.mark(asset).map(|mark| mark.price);
        holdings.value(price).map_err(|_| Objection::NotApplicable)
    }

    fn conservation(&self, holdings: &Holdings, money_scale: u32) -> Judgement {
        let lost = |_| Objection::NotApplicable;
        let after = self.booked(holdings)?;
        let mut costs = Exact::ZERO;
        for each in &self.outcome.fills {
            costs = costs.plus(Exact::from(each.costs.total().map_err(lost)?.decimal())).map_err(lost)?;
        }
        let (before, after) = (self.value(holdings)?, self.value(&after)?);
        let missing = before.minus(after).and_then(|gap| gap.minus(costs)).map_err(lost)?;
        let missing = missing.round(24, Rounding::HalfEven).map_err(lost)?;
        let steps = Decimal::from(self.outcome.fills.len()).saturating_mul(Decimal::new(1, money_scale));
        if missing >= Decimal::ZERO && missing <= steps {
            return Ok(());
        }
        let expected = format!("at most {} lost to rounding", steps.normalize());
        Err(self.breach(expected, format!("{} missing: {}", missing.normalize(), shown(self.outcome))))
    }
}

/// Books one fill as a ledger does. Returns `None` if it does not fit.
pub(crate) fn book(holdings: &mut Holdings, fill: &Fill) -> Option<()> {
    let held = holdings.units(&fill.asset);
    let costs = fill.costs.total().ok()?;
    let (cash, units) = match fill.side {
        Side::Buy => (holdings.cash().minus(fill.notional).ok()?, held.plus(fill.units).ok()?),
        Side::Sell => (holdings.cash().plus(fill.notional).ok()?, held.minus(fill.units).ok()?),
    };
    holdings.set_cash(cash.minus(costs).ok()?);
    holdings.set_units(&fill.asset, units);
    Some(())
}

/// Fills orders at the prices that they were planned at.
pub(crate) fn filled_at_once(
    portfolio: &Portfolio,
    orders: &[Order],
    terms: &TradingTerms<'_>,
) -> Result<FillOutcome, Objection> {
    fill(portfolio.as_of(), orders, &portfolio.holdings(), portfolio, terms)
        .map_err(|_| Objection::NotApplicable)
}

fn shown(outcome: &FillOutcome) -> String {
    let fills = outcome.fills.iter().map(|each| {
        let costs = each.costs.total().map(|costs| costs.to_string()).unwrap_or_default();
        format!("{} {} {} for {} and costs of {costs}", each.side, each.units, each.asset, each.notional)
    });
    let missing = outcome
        .shortfalls
        .iter()
        .map(|each| format!("{} of {} missing: {}", each.units, each.order.asset, each.reason.as_str()));
    fills.chain(missing).collect::<Vec<_>>().join(", ")
}
