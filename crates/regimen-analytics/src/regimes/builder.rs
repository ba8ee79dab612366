//! Building the regime report snapshot by snapshot, from a replay's steps or from a run's tables.

use regimen::Exposure;
use regimen::definition::IndexDefinition;
use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{ArithmeticError, AsOf, Cause, Money, Ratio, Regime};
use rust_decimal::Decimal;

use super::report::{RegimeReport, RoundTrip, Switch, SwitchCosts, Whipsaw};
use super::shortest_dwell::ShortestDwell;
use super::snapshot::{Point, SnapshotFigures};
use super::spells::{self, MILLIS_A_DAY};
use super::unit_value::{UnitValue, growth, return_of};

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

/// A switch and the number of its snapshot.
#[derive(Clone, Debug)]
struct IndexedSwitch {
    point: usize,
    switch: Switch,
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
            switch.cost_of_nav = Ratio::of_or_zero(switch.costs.cost, switch.nav)?;
            switch_costs.add(&switch.costs)?;
        }
        let spells = spells::measured(&self.points)?;
        Ok(Some(RegimeReport {
            flips: spells::flips(&spells),
            in_regime: spells::in_regime(&spells)?,
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
        costs.turnover = Ratio::of_or_zero(costs.traded_notional, nav.plus(nav)?)?;
        switch.costs.add(&costs)
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

fn is_trade(transaction: &Transaction) -> bool {
    matches!(transaction.kind, TransactionKind::Buy | TransactionKind::Sell)
}
