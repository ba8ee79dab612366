//! The largest value that each asset may trade in one rebalance: participation and turnover.

use regimen_types::{ArithmeticError, Cause, Exact, Side};
use rust_decimal::Decimal;

use crate::plan::SkipReason;
use crate::position::{Cap, Context, Position};
use crate::rules::{TurnoverLimit, TurnoverPriority};

/// Caps the trades of a rebalance; `equity` is the equity before costs.
pub(crate) fn apply(
    positions: &mut [Position<'_>],
    equity: Decimal,
    context: &Context<'_>,
) -> Result<(), ArithmeticError> {
    let rules = context.terms.rules;
    if let Some(part) = rules.participation_max {
        for each in positions.iter_mut() {
            let (value, limit) = match each.liquidity.volume {
                Some(volume) => (Exact::product(part.decimal(), volume.decimal()), SkipReason::Participation),
                None => (Exact::ZERO, SkipReason::NoVolume),
            };
            each.cap = Some(Cap { value, limit, side: None });
        }
    }
    match rules.turnover {
        Some(limit) if is_limited(context.cause) => {
            limit_side(positions, equity, limit, Side::Sell)?;
            limit_side(positions, equity, limit, Side::Buy)
        }
        _ => Ok(()),
    }
}

/// Returns true if turnover is limited: not where the portfolio moves to an entirely different target.
fn is_limited(cause: Cause) -> bool {
    !matches!(cause, Cause::Inception | Cause::RegimeSwitch | Cause::CashFlow)
}

/// Caps the trades of one side so that their sum stays within the limit's part of the equity. Exits are not
/// limited.
fn limit_side(
    positions: &mut [Position<'_>],
    equity: Decimal,
    limit: TurnoverLimit,
    side: Side,
) -> Result<(), ArithmeticError> {
    let budget = Exact::product(limit.one_way_max.decimal(), equity);
    let mut trades: Vec<(usize, Exact)> = Vec::new();
    let mut total = Exact::ZERO;
    for (index, each) in positions.iter().enumerate() {
        if each.locked.is_some() || each.weight.is_zero() {
            continue;
        }
        let (of_side, gap) = each.gap(equity)?;
        if of_side == side && !gap.is_zero() {
            let value = Cap::least(each.cap, side, gap)?;
            total = total.plus(value)?;
            trades.push((index, value));
        }
    }
    if total.compare(budget)?.is_le() {
        // Costs change the other trades a little, and some change sides; the limit holds for those too.
        return cap_all(positions, &trades, side, Ok);
    }
    match limit.priority {
        TurnoverPriority::ProRata => {
            let factor = budget.ratio_to_fit(total, 28)?;
            cap_all(positions, &trades, side, |value| value.times(factor))
        }
        TurnoverPriority::Largest => {
            trades.sort_by(|(_, left), (_, right)| right.compare(*left).unwrap_or(std::cmp::Ordering::Equal));
            let mut left = budget;
            for (index, value) in trades {
                let allowed = if value.compare(left)?.is_le() { value } else { left };
                left = left.minus(allowed)?;
                cap_all(positions, &[(index, value)], side, |_| Ok(allowed))?;
            }
            Ok(())
        }
    }
}

fn cap_all(
    positions: &mut [Position<'_>],
    trades: &[(usize, Exact)],
    side: Side,
    allowed: impl Fn(Exact) -> Result<Exact, ArithmeticError>,
) -> Result<(), ArithmeticError> {
    for (index, value) in trades {
        let Some(position) = positions.get_mut(*index) else { continue };
        let allowed = allowed(*value)?;
        let turnover = Cap { value: allowed, limit: SkipReason::TurnoverLimit, side: Some(side) };
        position.cap = Some(match position.cap {
            Some(cap) if cap.on(side).compare(allowed)?.is_le() => Cap { side: Some(side), ..cap },
            _ => turnover,
        });
    }
    Ok(())
}
