//! Spells: stretches of snapshots that end in one regime, and what was earned in them.

use regimen_types::{ArithmeticError, Exact, Ratio, Regime};
use rust_decimal::Decimal;

use super::report::{InRegime, Spell};
use super::snapshot::Point;
use super::unit_value::{growth, linked, return_of};

pub(super) const MILLIS_A_DAY: u64 = 86_400_000;

/// A spell with what its regime's figures are made of.
pub(super) struct MeasuredSpell {
    pub(super) spell: Spell,
    millis: u64,
    nav_growth: Decimal,
    index_growth: Decimal,
    has_ended: bool,
}

/// Measures the snapshots of a spell, and the one after it, if there is one.
fn measure(
    points: &[Point],
    snapshots: usize,
    is_first: bool,
    is_last: bool,
) -> Result<Option<MeasuredSpell>, ArithmeticError> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Ok(None) };
    // The first spell begins with what came in, which is one a unit.
    let start = if is_first { Decimal::ONE } else { first.unit };
    let mut peak = first.unit;
    let mut worst_drawdown = Ratio::ZERO;
    for point in points {
        peak = peak.max(point.unit);
        worst_drawdown = worst_drawdown.min(ratio(point.unit, peak)?);
    }
    let nav_growth = growth(start, last.unit)?;
    let index_growth = growth(first.figures.index_level.decimal(), last.figures.index_level.decimal())?;
    let spell = Spell {
        regime: first.figures.regime,
        from: first.figures.as_of,
        to: last.figures.as_of,
        snapshots: snapshots as u64,
        nav_return: return_of(nav_growth)?,
        index_return: return_of(index_growth)?,
        worst_drawdown,
    };
    let millis = last.figures.as_of.millis_since(first.figures.as_of).unsigned_abs();
    Ok(Some(MeasuredSpell { spell, millis, nav_growth, index_growth, has_ended: !is_last }))
}

/// Counts the changes from bullish to bearish or back.
pub(super) fn flips(spells: &[MeasuredSpell]) -> u64 {
    let regimes = spells.iter().map(|measured| measured.spell.regime);
    let determined: Vec<Regime> = regimes.filter(|regime| *regime != Regime::Undetermined).collect();
    determined.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64
}

/// Sums up the spells of each regime.
pub(super) fn in_regime(spells: &[MeasuredSpell]) -> Result<InRegime, ArithmeticError> {
    let mut in_regime = InRegime::default();
    for regime in [Regime::Bullish, Regime::Bearish, Regime::Undetermined] {
        let of_it = || spells.iter().filter(|measured| measured.spell.regime == regime);
        let link = |growth_of: fn(&MeasuredSpell) -> Decimal| {
            of_it().try_fold(Decimal::ONE, |product, each| linked(product, growth_of(each)))
        };
        let figures = in_regime.of_mut(regime);
        figures.spells = of_it().count() as u64;
        figures.snapshots = of_it().map(|each| each.spell.snapshots).sum();
        let millis: u64 = of_it().map(|each| each.millis).sum();
        figures.days = quotient(millis, MILLIS_A_DAY)?;
        if figures.spells > 0 {
            figures.average_dwell_snapshots = Some(quotient(figures.snapshots, figures.spells)?);
        }
        let ended = of_it().filter(|each| each.has_ended);
        figures.shortest_dwell_snapshots = ended.map(|each| each.spell.snapshots).min();
        figures.nav_return = return_of(link(|each| each.nav_growth)?)?;
        figures.index_return = return_of(link(|each| each.index_growth)?)?;
        let drawdowns = of_it().map(|each| each.spell.worst_drawdown);
        figures.worst_drawdown = drawdowns.min().unwrap_or(Ratio::ZERO);
    }
    Ok(in_regime)
}

/// Cuts the snapshots of a run into spells.
pub(super) fn measured(points: &[Point]) -> Result<Vec<MeasuredSpell>, ArithmeticError> {
    let mut spells = Vec::new();
    let mut start = 0;
    for spell in points.chunk_by(|left, right| left.figures.regime == right.figures.regime) {
        let end = start + spell.len();
        // It lasts until the first snapshot of the next one.
        let until = points.get(start..(end + 1).min(points.len())).unwrap_or_default();
        spells.extend(measure(until, spell.len(), start == 0, end == points.len())?);
        start = end;
    }
    Ok(spells)
}

/// Returns how far a value lies from an earlier peak, as a fraction of the peak.
fn ratio(value: Decimal, peak: Decimal) -> Result<Ratio, ArithmeticError> {
    if peak.is_zero() {
        return Ok(Ratio::ZERO);
    }
    Ratio::quotient(Exact::from(value).minus(peak.into())?, peak.into())
}

fn quotient(amount: u64, divisor: u64) -> Result<Ratio, ArithmeticError> {
    Ratio::quotient(Decimal::from(amount).into(), Decimal::from(divisor).into())
}
