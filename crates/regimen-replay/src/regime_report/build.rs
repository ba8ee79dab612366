//! Building the regime report snapshot by snapshot, from a replay's steps or from a run's tables.

use regimen::Exposure;
use regimen::definition::{IndexDefinition, RegimeDefinition};
use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{ArithmeticError, AsOf, Cause, Exact, IndexLevel, Money, Ratio, Regime, Rounding};
use rust_decimal::Decimal;

use super::unit_value::{UnitValue, growth, linked};
use super::{InRegime, RegimeReport, RoundTrip, Spell, Switch, SwitchCosts, Whipsaw, WhipsawBound};
use crate::step::Step;

const MILLIS_A_DAY: u64 = 86_400_000;

/// What the report needs of one snapshot.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotFigures {
    /// The snapshot.
    pub as_of: AsOf,
    /// The regime in force after its decision.
    pub regime: Regime,
    /// The NAV after its transactions.
    pub nav: Money,
    /// The index level.
    pub index_level: IndexLevel,
}

/// Builds a [`RegimeReport`] from the snapshots of a run, in order.
#[derive(Clone, Debug)]
pub struct RegimeReportBuilder {
    /// Orders are executed at the snapshot that decides them.
    executes_at_once: bool,
    shortest: ShortestDwell,
    unit_value: UnitValue,
    points: Vec<Point>,
    switches: Vec<IndexedSwitch>,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    figures: SnapshotFigures,
    /// The value of a unit of the portfolio.
    unit: Decimal,
}

#[derive(Clone, Debug)]
struct IndexedSwitch {
    point: usize,
    switch: Switch,
}

impl SnapshotFigures {
    /// Takes the figures of a replay's step.
    #[must_use]
    pub fn of(step: &Step<'_>) -> Self {
        Self {
            as_of: step.window.as_of(),
            regime: step.decision.index.regime.state.regime,
            nav: step.nav.total,
            index_level: step.decision.index.level,
        }
    }
}

impl RegimeReportBuilder {
    /// Starts before the first snapshot of a run of the definition.
    #[must_use]
    pub fn new(definition: &IndexDefinition) -> Self {
        Self {
            executes_at_once: definition
                .portfolio
                .as_ref()
                .is_none_or(|portfolio| portfolio.lag_snapshots == 0),
            shortest: ShortestDwell::of(&definition.regime),
            unit_value: UnitValue::START,
            points: Vec::new(),
            switches: Vec::new(),
        }
    }

    /// Adds the next snapshot with its transactions.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a sum or ratio does not fit a decimal.
    pub fn add(
        &mut self,
        figures: SnapshotFigures,
        transactions: &[Transaction],
    ) -> Result<(), ArithmeticError> {
        let unit = self.unit_value.at(figures.nav, transactions)?;
        let switch = self.switch_at(figures);
        // What is executed now was decided now, or else at an earlier snapshot.
        if self.executes_at_once {
            self.switches.extend(switch);
            self.charge(figures.nav, transactions)?;
        } else {
            self.charge(figures.nav, transactions)?;
            self.switches.extend(switch);
        }
        self.points.push(Point { figures, unit });
        Ok(())
    }

    /// Returns the regime in force at each snapshot so far.
    pub fn regimes(&self) -> impl ExactSizeIterator<Item = (AsOf, Regime)> {
        self.points.iter().map(|point| (point.figures.as_of, point.figures.regime))
    }

    /// Returns the report, or `None` if there was no snapshot.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a sum or ratio does not fit a decimal.
    pub fn finish(mut self) -> Result<Option<RegimeReport>, ArithmeticError> {
        if self.points.is_empty() {
            return Ok(None);
        }
        let mut switch_costs = SwitchCosts::ZERO;
        for IndexedSwitch { switch, .. } in &mut self.switches {
            switch.cost_of_nav = ratio_or_zero(switch.costs.cost, switch.nav)?;
            switch_costs.add(&switch.costs)?;
        }
        let spells = self.spells()?;
        Ok(Some(RegimeReport {
            flips: flips(&spells),
            in_regime: in_regime(&spells)?,
            switch_costs,
            whipsaw: self.whipsaw()?,
            spells: spells.into_iter().map(|measured| measured.spell).collect(),
            switches: self.switches.into_iter().map(|indexed| indexed.switch).collect(),
            counterfactuals: None,
        }))
    }

    /// Returns the switch that is decided at the next snapshot, if one is.
    fn switch_at(&self, figures: SnapshotFigures) -> Option<IndexedSwitch> {
        let before = self.points.last()?.figures.regime;
        let switches = Exposure::of(before) != Exposure::of(figures.regime);
        switches.then_some(IndexedSwitch {
            point: self.points.len(),
            switch: Switch {
                decided_at: figures.as_of,
                from: before,
                to: figures.regime,
                nav: figures.nav,
                costs: SwitchCosts::ZERO,
                cost_of_nav: Ratio::ZERO,
            },
        })
    }

    /// Charges the trades of a snapshot that switch to the switch that was decided last.
    fn charge(&mut self, nav: Money, transactions: &[Transaction]) -> Result<(), ArithmeticError> {
        let Some(IndexedSwitch { switch, .. }) = self.switches.last_mut() else { return Ok(()) };
        let mut costs = SwitchCosts::ZERO;
        let trades = transactions.iter().filter(|each| each.cause == Cause::RegimeSwitch && is_trade(each));
        for trade in trades {
            costs.add_trade(trade)?;
        }
        costs.turnover = ratio_or_zero(costs.traded_notional, nav.plus(nav)?)?;
        switch.costs.add(&costs)
    }

    fn spells(&self) -> Result<Vec<MeasuredSpell>, ArithmeticError> {
        let mut spells = Vec::new();
        let mut start = 0;
        for spell in self.points.chunk_by(|left, right| left.figures.regime == right.figures.regime) {
            let end = start + spell.len();
            // It lasts until the first snapshot of the next one.
            let until = self.points.get(start..(end + 1).min(self.points.len())).unwrap_or_default();
            spells.extend(measure(until, spell.len(), start == 0, end == self.points.len())?);
            start = end;
        }
        Ok(spells)
    }

    fn whipsaw(&self) -> Result<Whipsaw, ArithmeticError> {
        let mut round_trips = Vec::new();
        let mut cost = Money::ZERO;
        let mut counted_until = 0;
        for (index, pair) in self.switches.windows(2).enumerate() {
            let [away, back] = pair else { continue };
            let snapshots = back.point.saturating_sub(away.point) as u64;
            let (from, to) = (away.switch.decided_at, back.switch.decided_at);
            let is_long = match self.shortest.days() {
                Some(days) => to.millis_since(from).unsigned_abs() >= days.saturating_mul(MILLIS_A_DAY),
                None => snapshots >= self.shortest.snapshots(),
            };
            if is_long {
                continue;
            }
            for (number, each) in [(index + 1, away), (index + 2, back)] {
                if number > counted_until {
                    cost = cost.plus(each.switch.costs.cost)?;
                    counted_until = number;
                }
            }
            round_trips.push(self.round_trip(away, back, snapshots)?);
        }
        Ok(Whipsaw {
            shorter_than_snapshots: self.shortest.snapshots(),
            shorter_than_days: self.shortest.days(),
            bound: self.shortest.bound(),
            cost,
            round_trips,
        })
    }

    fn round_trip(
        &self,
        away: &IndexedSwitch,
        back: &IndexedSwitch,
        snapshots: u64,
    ) -> Result<RoundTrip, ArithmeticError> {
        let unit =
            |each: &IndexedSwitch| self.points.get(each.point).map_or(Decimal::ONE, |point| point.unit);
        Ok(RoundTrip {
            from: away.switch.decided_at,
            to: back.switch.decided_at,
            snapshots,
            nav_return: return_of(growth(unit(away), unit(back))?)?,
            cost: away.switch.costs.cost.plus(back.switch.costs.cost)?,
        })
    }
}

/// The shortest dwell that a rule allows.
#[derive(Clone, Copy, Debug)]
enum ShortestDwell {
    /// The rule never switches.
    None,
    /// In evaluations.
    Confirmations(u32),
    /// In days of 24 hours, where the rule states them.
    Days(u32),
}

impl ShortestDwell {
    fn of(regime: &RegimeDefinition) -> Self {
        match regime {
            RegimeDefinition::AlwaysBullish => Self::None,
            RegimeDefinition::Signals(rule) if rule.min_dwell_days > 0 => Self::Days(rule.min_dwell_days),
            RegimeDefinition::Signals(rule) => Self::Confirmations(rule.confirm_snapshots),
            RegimeDefinition::PriceAboveAverage(rule) => Self::Confirmations(rule.confirm_snapshots),
        }
    }

    fn bound(self) -> WhipsawBound {
        match self {
            Self::None => WhipsawBound::None,
            Self::Confirmations(_) => WhipsawBound::ConfirmSnapshots,
            Self::Days(_) => WhipsawBound::MinDwellDays,
        }
    }

    /// Returns the snapshots below which a round trip is too short.
    fn snapshots(self) -> u64 {
        if let Self::Confirmations(snapshots) = self { 2 * u64::from(snapshots) } else { 0 }
    }

    /// Returns the days below which it is, where days count.
    fn days(self) -> Option<u64> {
        if let Self::Days(days) = self { Some(2 * u64::from(days)) } else { None }
    }
}

/// A spell with what its regime's figures are made of.
struct MeasuredSpell {
    spell: Spell,
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

fn flips(spells: &[MeasuredSpell]) -> u64 {
    let regimes = spells.iter().map(|measured| measured.spell.regime);
    let determined: Vec<Regime> = regimes.filter(|regime| *regime != Regime::Undetermined).collect();
    determined.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64
}

fn in_regime(spells: &[MeasuredSpell]) -> Result<InRegime, ArithmeticError> {
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

impl SwitchCosts {
    fn add(&mut self, other: &Self) -> Result<(), ArithmeticError> {
        self.trades = self.trades.saturating_add(other.trades);
        self.traded_notional = self.traded_notional.plus(other.traded_notional)?;
        self.turnover = self.turnover.plus(other.turnover)?;
        self.by_kind = self.by_kind.plus(&other.by_kind)?;
        self.cost = self.cost.plus(other.cost)?;
        Ok(())
    }

    fn add_trade(&mut self, trade: &Transaction) -> Result<(), ArithmeticError> {
        self.trades = self.trades.saturating_add(1);
        self.traded_notional = self.traded_notional.plus(trade.notional)?;
        self.by_kind = self.by_kind.plus(&trade.costs)?;
        self.cost = self.cost.plus(trade.costs.total()?)?;
        Ok(())
    }
}

fn is_trade(transaction: &Transaction) -> bool {
    matches!(transaction.kind, TransactionKind::Buy | TransactionKind::Sell)
}

/// Returns how far a value lies from an earlier peak, as a fraction of the peak.
fn ratio(value: Decimal, peak: Decimal) -> Result<Ratio, ArithmeticError> {
    if peak.is_zero() {
        return Ok(Ratio::ZERO);
    }
    rounded(Exact::from(value).minus(peak.into())?, peak.into())
}

fn return_of(growth: Decimal) -> Result<Ratio, ArithmeticError> {
    rounded(Exact::from(growth).minus(Decimal::ONE.into())?, Decimal::ONE.into())
}

fn quotient(amount: u64, divisor: u64) -> Result<Ratio, ArithmeticError> {
    rounded(Decimal::from(amount).into(), Decimal::from(divisor).into())
}

fn rounded(amount: Exact, divisor: Exact) -> Result<Ratio, ArithmeticError> {
    let ratio = amount.ratio(divisor, Ratio::SCALE, Rounding::HalfEven)?;
    Ratio::new(ratio).map_err(|_| ArithmeticError::overflow("a ratio"))
}

/// Divides, taking a portfolio that is worth nothing as a ratio of zero.
fn ratio_or_zero(amount: Money, divisor: Money) -> Result<Ratio, ArithmeticError> {
    if divisor.is_zero() { Ok(Ratio::ZERO) } else { Ratio::of(amount, divisor) }
}
