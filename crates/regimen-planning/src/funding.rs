//! Purchases never exceed the cash and the proceeds of the sales that are made.

use regimen_types::{ArithmeticError, Exact, Money, Order, Quantity, Side};
use rust_decimal::Decimal;

use crate::filters::Filters;
use crate::plan::{PlanLine, Skip, SkipReason};
use crate::position::{Context, Position};
use crate::resolution::Reserve;
use crate::scaling::{Scalable, largest_factor};

/// Scales purchases by one factor to the available cash: the cash held and the proceeds of sales, less what
/// the target keeps in cash.
///
/// A purchase that becomes too small is dropped, the smallest first, and the others share its cash. Where the
/// available cash is within the rounding of the plan, nothing is bought.
pub(crate) fn fund(
    mut lines: Vec<PlanLine>,
    positions: &[Position<'_>],
    cash: Money,
    floor: Exact,
    filters: &Filters<'_>,
) -> Result<Vec<PlanLine>, ArithmeticError> {
    let Filters { context, reserve } = *filters;
    let proceeds = proceeds(&lines, positions, context)?;
    let available = Exact::from(cash.decimal()).plus(proceeds)?.minus(floor)?;
    let mut buys = Purchase::all(&lines, positions);
    let needed = Purchase::total(&buys, Decimal::ONE, context)?;
    if needed.compare(available)?.is_le() {
        return Ok(lines);
    }
    if available.compare(rounding_of(&buys, reserve, context)?)?.is_le() {
        buys.iter().try_for_each(|buy| give_up(&mut lines, buy.index, SkipReason::CashShort))?;
        return Ok(lines);
    }
    while !buys.is_empty() {
        let factor = largest_factor(|factor| {
            Ok(Purchase::total(&buys, factor, context)?.compare(available)?.is_le())
        })?;
        let failing = buys.iter().enumerate().map(|(place, buy)| {
            let units = buy.scaled(factor, context)?;
            let fails = units.is_zero() || filters.too_small(buy.position, Side::Buy, units)?.is_some();
            Ok(fails.then(|| (place, buy.value())))
        });
        let failing: Vec<Option<(usize, Exact)>> = failing.collect::<Result<_, ArithmeticError>>()?;
        let smallest = failing
            .into_iter()
            .flatten()
            .min_by(|(_, left), (_, right)| left.compare(*right).unwrap_or(std::cmp::Ordering::Equal));
        let Some((place, _)) = smallest else {
            for buy in &buys {
                let units = buy.scaled(factor, context)?;
                reduce(&mut lines, buy, units, reserve)?;
            }
            break;
        };
        let gone = buys.remove(place);
        give_up(&mut lines, gone.index, SkipReason::CashShort)?;
    }
    Ok(lines)
}

/// A purchase of the plan.
struct Purchase<'a> {
    index: usize,
    position: &'a Position<'a>,
    units: Quantity,
}

impl<'a> Purchase<'a> {
    fn all(lines: &[PlanLine], positions: &'a [Position<'a>]) -> Vec<Self> {
        let buys = lines.iter().zip(positions).enumerate().filter_map(|(index, (line, position))| {
            let order = line.action.as_ref().ok().filter(|order| order.side == Side::Buy)?;
            Some(Self { index, position, units: order.units })
        });
        buys.collect()
    }

    fn value(&self) -> Exact {
        self.units.value_at(self.position.mark.price)
    }

    /// Returns the units times a factor, rounded down to grid and lots.
    fn scaled(&self, factor: Decimal, context: &Context<'_>) -> Result<Quantity, ArithmeticError> {
        let Position { asset, units: held, .. } = *self.position;
        Scalable { asset, units: self.units, held }.times(factor, context.terms)
    }

    /// Returns the total of all purchases, costs included, if each is scaled by a factor.
    fn total(buys: &[Self], factor: Decimal, context: &Context<'_>) -> Result<Exact, ArithmeticError> {
        buys.iter().try_fold(Exact::ZERO, |sum, buy| {
            let units = buy.scaled(factor, context)?;
            if units.is_zero() {
                return Ok(sum);
            }
            let notional = context.terms.notional(Side::Buy, units, buy.position.mark.price)?;
            let cost = buy.position.cost(Side::Buy, notional, context)?;
            sum.plus(Exact::from(notional.plus(cost)?.decimal()))
        })
    }
}

/// Returns the proceeds of the sales after their costs.
fn proceeds(
    lines: &[PlanLine],
    positions: &[Position<'_>],
    context: &Context<'_>,
) -> Result<Exact, ArithmeticError> {
    lines.iter().zip(positions).try_fold(Exact::ZERO, |sum, (line, position)| {
        let sale = line.action.as_ref().ok().filter(|order| order.side == Side::Sell);
        let Some(sale) = sale else { return Ok(sum) };
        let notional = context.terms.notional(Side::Sell, sale.units, position.mark.price)?;
        let cost = position.cost(Side::Sell, notional, context)?;
        sum.plus(Exact::from(notional.minus(cost)?.decimal()))
    })
}

/// Returns the cash that the rounding of an earlier plan for the same target may have left.
fn rounding_of(
    buys: &[Purchase<'_>],
    reserve: &Reserve,
    context: &Context<'_>,
) -> Result<Exact, ArithmeticError> {
    let lots = &context.terms.rules.lots;
    let start = Exact::from(reserve.rounding);
    buys.iter().try_fold(start, |sum, buy| {
        let step = match lots.of(buy.position.asset) {
            Some(lot) => lot.value_at(buy.position.mark.price),
            None => Exact::ZERO,
        };
        sum.plus(step)?.plus(reserve.resolution(buy.position)?)
    })
}

/// Reduces the order of a line to the given units. The difference counts as undone, unless it is rounding.
fn reduce(
    lines: &mut [PlanLine],
    buy: &Purchase<'_>,
    units: Quantity,
    reserve: &Reserve,
) -> Result<(), ArithmeticError> {
    let Some(line) = lines.get_mut(buy.index) else { return Ok(()) };
    let Ok(order) = &mut line.action else { return Ok(()) };
    let rest = order.units.left_after(units);
    if rest.is_zero() {
        return Ok(());
    }
    order.units = units;
    let value = rest.value_at(buy.position.mark.price);
    if line.undone.is_none() && value.compare(reserve.resolution(buy.position)?)?.is_le() {
        line.target_units = line.units.plus(units)?;
        return Ok(());
    }
    let earlier = line.undone.as_ref().map_or(Quantity::ZERO, |undone| undone.units);
    let units = rest.plus(earlier)?;
    line.undone = Some(Skip { units, reason: SkipReason::CashShort });
    Ok(())
}

/// Replaces the order of a line by a skip.
fn give_up(lines: &mut [PlanLine], index: usize, reason: SkipReason) -> Result<(), ArithmeticError> {
    let Some(line) = lines.get_mut(index) else { return Ok(()) };
    let Ok(Order { units, .. }) = &line.action else { return Ok(()) };
    let earlier = line.undone.take().map_or(Quantity::ZERO, |undone| undone.units);
    let units = units.plus(earlier)?;
    line.action = Err(Skip { units, reason });
    Ok(())
}
