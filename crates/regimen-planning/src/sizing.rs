//! How large a portfolio the equity affords once the costs of getting there are paid.

use regimen_types::{ArithmeticError, Exact, Rounding};
use rust_decimal::Decimal;

/// A position as sizing sees it.
pub(crate) struct Line {
    /// Its present value.
    pub(crate) value: Exact,
    /// Its target weight.
    pub(crate) weight: Decimal,
}

/// The decimal places of the result, more than any money scale; fewer where they do not fit.
const SCALE: u32 = 20;

/// Solves `free_weight × x + rate × Σ|weight × x − value| = spendable` for `x`, the equity after costs, rounded down.
///
/// `free_weight` is what the weights of positions that stay as they are leave of 1. The left side is convex,
/// rises with `x` and bends only where a line turns from sale to purchase, so Newton's method from `x = start`, to
/// the right of the solution, walks down the bends and ends on the exact linear piece.
pub(crate) fn equity_after_costs(
    lines: &[Line],
    free_weight: Decimal,
    spendable: Exact,
    cost_rate: Decimal,
    start: Decimal,
) -> Result<Decimal, ArithmeticError> {
    let mut after_costs = start;
    for _ in 0..=lines.len().saturating_add(1) {
        let next = solve_piece(lines, free_weight, spendable, cost_rate, after_costs)?;
        if next >= after_costs {
            break;
        }
        after_costs = next;
    }
    Ok(after_costs)
}

/// Solves the linear piece on which `at` lies.
fn solve_piece(
    lines: &[Line],
    free_weight: Decimal,
    spendable: Exact,
    cost_rate: Decimal,
    at: Decimal,
) -> Result<Decimal, ArithmeticError> {
    let mut signed_value = Exact::ZERO;
    let mut signed_weight = Exact::ZERO;
    for line in lines {
        let is_purchase = Exact::product(line.weight, at).compare(line.value)?.is_ge();
        let weight = Exact::from(line.weight);
        if is_purchase {
            signed_value = signed_value.plus(line.value)?;
            signed_weight = signed_weight.plus(weight)?;
        } else {
            signed_value = signed_value.minus(line.value)?;
            signed_weight = signed_weight.minus(weight)?;
        }
    }
    let numerator = spendable.plus(signed_value.times(cost_rate)?)?;
    let slope = Exact::from(free_weight).plus(signed_weight.times(cost_rate)?)?;
    if numerator.is_negative() {
        return Ok(Decimal::ZERO);
    }
    // Only positions without a target weight are left: whatever the equity, they are sold.
    if slope.is_zero() {
        return Ok(at);
    }
    numerator.ratio_to_fit(slope, SCALE)
}

/// The most evaluations of a search.
const SEARCH_STEPS: u32 = 200;

/// Finds an equity after costs at which `need` is at most `spendable`, up to `limit`, to `scale` decimal places: the
/// largest one where `need` never falls as the equity rises.
///
/// What is returned was evaluated and fits; `None` if not even zero does. The search halves the bracket, or cuts it
/// where a straight line through its ends says so (regula falsi), whichever the last step did not do.
pub(crate) fn search_equity(
    need: impl Fn(Decimal) -> Result<Exact, ArithmeticError>,
    spendable: Exact,
    limit: Decimal,
    scale: u32,
) -> Result<Option<Decimal>, ArithmeticError> {
    let surplus = |equity: Decimal| need(equity)?.minus(spendable);
    let mut high = limit.max(Decimal::ZERO);
    let mut above = surplus(high)?;
    if !is_positive(above) {
        return Ok(Some(high));
    }
    let mut low = Decimal::ZERO;
    let mut below = surplus(low)?;
    if is_positive(below) {
        return Ok(None);
    }
    let step = Decimal::new(1, scale);
    for count in 0..SEARCH_STEPS {
        let width = Exact::from(high).minus(Exact::from(low))?;
        if width.compare(Exact::from(step))?.is_le() {
            break;
        }
        let half = width.times(Decimal::new(5, 1))?.round(scale, Rounding::Down)?;
        let cut = if count % 2 == 0 { cut_of(width, below, above, scale)? } else { half };
        let offset = if cut < step { step } else { cut };
        let middle = Exact::from(low).plus(Exact::from(offset))?.round(28, Rounding::Down)?;
        let at_middle = surplus(middle)?;
        if is_positive(at_middle) {
            (high, above) = (middle, at_middle);
        } else {
            (low, below) = (middle, at_middle);
        }
    }
    Ok(Some(low))
}

fn is_positive(value: Exact) -> bool {
    !value.is_negative() && !value.is_zero()
}

/// Returns how far from the lower end of a bracket the straight line between its ends is zero.
fn cut_of(width: Exact, below: Exact, above: Exact, scale: u32) -> Result<Decimal, ArithmeticError> {
    let depth = Exact::ZERO.minus(below)?;
    let part = depth.ratio_to_fit(depth.plus(above)?, 12)?;
    width.times(part)?.round(scale, Rounding::Down)
}
