//! The largest portfolio that the equity affords after the costs of reaching it.

use regimen_types::{ArithmeticError, Exact, Rounding};
use rust_decimal::Decimal;

/// A position's value and target weight.
pub(crate) struct Line {
    /// Its present value.
    pub(crate) value: Exact,
    /// Its target weight.
    pub(crate) weight: Decimal,
}

/// The decimal places of the result, more than any money scale; fewer where they do not fit.
const SIZE_SCALE: u32 = 20;

/// Solves `free_weight × x + rate × Σ|weight × x − value| = spendable` for `x`, the equity after costs,
/// rounded down.
///
/// `free_weight` is 1 less the weights of positions that stay as they are. The left side is convex, rises
/// with `x` and bends only where a line turns from sale to purchase. Newton's method from `x = start`, to the
/// right of the solution, therefore walks down the bends and ends on the exact linear piece.
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

/// Solves the linear piece that contains `at`.
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
    // Only positions without a target weight are left; they are sold at any equity.
    if slope.is_zero() {
        return Ok(at);
    }
    numerator.ratio_to_fit(slope, SIZE_SCALE)
}

/// The maximum number of evaluations of a search.
const SEARCH_STEPS: u32 = 200;

/// The step, as a part of the equity, below which the solution is near.
const SMALL_STEP: Decimal = Decimal::from_parts(1, 0, 0, false, 4);

/// The cash needed at an equity after costs: one part that never falls as the equity rises, and one that
/// never rises.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    /// The equity to hold, and the costs of the purchases.
    pub(crate) rising: Exact,
    /// The costs of the sales, which fall as the equity to hold rises.
    pub(crate) falling: Exact,
}

/// Finds the largest equity after costs, up to `limit` and to `scale` decimal places, whose need is at most
/// `spendable`; `None` if even zero needs more. The result has been evaluated and fits.
///
/// The costs of sales fall as the equity rises, with square-root impact even faster than the equity itself,
/// so there can be several solutions. The costs of sales at an equity are a lower bound for every smaller
/// equity. With that bound in their place the need rises, and no solution lies above the one it gives.
/// Repeating this walks down to the largest solution; once a step is small, a bracket is closed around it.
pub(crate) fn search_equity(
    need: impl Fn(Decimal) -> Result<Need, ArithmeticError>,
    spendable: Exact,
    limit: Decimal,
    scale: u32,
) -> Result<Option<Decimal>, ArithmeticError> {
    let surplus = |equity: Decimal| {
        let Need { rising, falling } = need(equity)?;
        rising.plus(falling)?.minus(spendable)
    };
    let mut high = limit.max(Decimal::ZERO);
    let mut width = Decimal::new(1, scale);
    for _ in 0..SEARCH_STEPS {
        let Need { rising, falling } = need(high)?;
        if !is_positive(rising.plus(falling)?.minus(spendable)?) {
            return Ok(Some(high));
        }
        let left = spendable.minus(falling)?;
        let bound = search_rising(|equity| need(equity)?.rising.minus(left), Decimal::ZERO, high, scale)?;
        let Some(bound) = bound else { return Ok(None) };
        let walked = high.saturating_sub(bound);
        high = bound;
        if walked <= high.saturating_mul(SMALL_STEP) {
            width = width.max(walked);
            break;
        }
    }
    loop {
        let low = high.saturating_sub(width).max(Decimal::ZERO);
        if !is_positive(surplus(low)?) {
            return search_rising(surplus, low, high, scale);
        }
        if low.is_zero() {
            return Ok(None);
        }
        width = width.saturating_mul(Decimal::TWO);
    }
}

/// Finds where a function turns positive between two ends, to `scale` decimal places from below; `None` if it
/// is already positive at the lower end.
///
/// The search alternates between halving the bracket and cutting it where the straight line through its ends
/// is zero (regula falsi).
fn search_rising(
    surplus: impl Fn(Decimal) -> Result<Exact, ArithmeticError>,
    mut low: Decimal,
    mut high: Decimal,
    scale: u32,
) -> Result<Option<Decimal>, ArithmeticError> {
    let mut above = surplus(high)?;
    if !is_positive(above) {
        return Ok(Some(high));
    }
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

/// Returns the distance from the lower end of a bracket at which the straight line between its ends is zero.
fn cut_of(width: Exact, below: Exact, above: Exact, scale: u32) -> Result<Decimal, ArithmeticError> {
    let depth = Exact::ZERO.minus(below)?;
    let part = depth.ratio_to_fit(depth.plus(above)?, 12)?;
    width.times(part)?.round(scale, Rounding::Down)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A position with its value, its target weight in hundredths, and how its costs grow with the trade.
    type Sample = (i64, i64, i64);

    /// Costs that grow like impact, up to the whole trade.
    fn need(positions: &[Sample], equity: Decimal) -> Need {
        let start = Need { rising: Exact::from(equity), falling: Exact::ZERO };
        positions.iter().fold(start, |Need { rising, falling }, (value, weight, steepness)| {
            let gap = Decimal::new(*weight, 2) * equity - Decimal::from(*value);
            let size = gap.abs();
            let cost = Exact::from(size.min(size * size * Decimal::new(*steepness, 5)));
            if gap >= Decimal::ZERO {
                Need { rising: rising.plus(cost).unwrap(), falling }
            } else {
                Need { rising, falling: falling.plus(cost).unwrap() }
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn no_larger_equity_pays_for_itself(
            positions in prop::collection::vec((0_i64..1000, 0_i64..40, 0_i64..300), 1..4),
            cash in 0_i64..1000,
        ) {
            let total = cash + positions.iter().map(|(value, ..)| value).sum::<i64>();
            let spendable = Exact::from(Decimal::from(total));
            let fits = |equity: Decimal| {
                let Need { rising, falling } = need(&positions, equity);
                rising.plus(falling).unwrap().compare(spendable).unwrap().is_le()
            };
            let found = search_equity(|equity| Ok(need(&positions, equity)), spendable, total.into(), 2).unwrap();
            let largest = (0..=total).rev().find(|equity| fits((*equity).into())).map(Decimal::from);
            match (found, largest) {
                (Some(found), Some(largest)) => {
                    prop_assert!(fits(found));
                    prop_assert!(found >= largest - Decimal::ONE, "{found} is below {largest}");
                }
                (None, Some(largest)) => prop_assert!(false, "nothing was found, {largest} fits"),
                (_, None) => {}
            }
        }
    }

    #[test]
    fn of_several_solutions_the_largest_is_found() {
        // Holding 1000 of an asset that is to be 90 %: near the top its sale is small and cheap, at the
        // bottom it is large and costs all of itself, which pays for itself too.
        let positions = [(1000, 90, 100)];
        let find = |limit: i64| {
            search_equity(|equity| Ok(need(&positions, equity)), Decimal::from(1000).into(), limit.into(), 2)
        };
        let largest = find(1000).unwrap().unwrap();
        let Need { rising, falling } = need(&positions, largest);
        assert!(rising.plus(falling).unwrap().compare(Decimal::from(1000).into()).unwrap().is_le());
        assert!(largest > Decimal::from(985), "{largest}");
    }
}
