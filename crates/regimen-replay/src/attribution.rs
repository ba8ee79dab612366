//! The tracking difference of a run, explained to the last digit.
//!
//! The benchmark holds the index itself, bought and sold by the portfolio's cash flows without cost. The tracking difference is
//! NAV less benchmark. What it changes by from one snapshot to the next is what was booked (costs, write-offs, yield) and
//! what the portfolio's *excess units* gained: those that it holds more or less than the benchmark. Each excess unit has a
//! cause, so each gain has one.
//!
//! ```text
//! ΔNAV − Δbenchmark = − costs + Σ (units − benchmark units) × price change
//! benchmark units   = followed units + scale gap          (the portfolio's size at its last decision, and what it lacks)
//! units − followed  = waiting orders + skipped + lots + cash + stale + earned
//! ```

mod benchmark;
mod excess;
mod merged;
mod reclassify;
mod terms;

use std::collections::BTreeMap;

use regimen::Methodology;
use regimen_ledger::{Transaction, TransactionKind};
use regimen_planning::{Lots, TradeTo};
use regimen_types::{
    ActionKind, ArithmeticError, AsOf, AssetId, Cause as TradeCause, Exact, HistoryWindow, IndexLevel, Money,
    Price, Ratio, Rounding, Weight,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use benchmark::Benchmark;
use benchmark::{ratio, sum, to_decimal};
use excess::{Cause, Excess, Gains, plus};
pub use terms::{Term, Terms};

use crate::step::Step;

/// Why the tracking difference of one snapshot is not explained.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttributionError {
    /// A figure does not fit.
    #[error("tracking difference at {as_of}: {source}")]
    Arithmetic {
        /// The snapshot.
        as_of: AsOf,
        /// What failed.
        source: ArithmeticError,
    },
    /// The terms leave more than rounding can.
    #[error(
        "the tracking difference at {as_of} is not explained: the terms leave {rest}, rounding at most {bound}"
    )]
    Unexplained {
        /// The snapshot.
        as_of: AsOf,
        /// What the terms leave.
        rest: Money,
        /// What rounding may leave.
        bound: Money,
    },
}

/// The tracking difference at one snapshot, and what it changed by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    /// The snapshot.
    pub as_of: AsOf,
    /// The decision whose orders and skips explain the excess units; `None` before the first.
    pub decided_at: Option<AsOf>,
    /// The NAV.
    pub nav: Money,
    /// What the same money is worth in the index itself.
    pub benchmark: Money,
    /// NAV less benchmark.
    pub difference: Money,
    /// How many times the benchmark holds the index.
    pub benchmark_units: Ratio,
    /// How many times the portfolio set out to hold the index at its last decision.
    pub followed_units: Ratio,
    /// What the difference changed by since the snapshot before, by cause; they sum to the change exactly.
    pub terms: Terms,
}

/// The tracking difference at the end of a run, by cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrackingDifference {
    /// What the money is worth in the index itself.
    pub benchmark: Money,
    /// NAV less benchmark.
    pub difference: Money,
    /// The difference by cause; they sum to it exactly.
    pub terms: Terms,
}

impl TrackingDifference {
    /// Adds the next snapshot.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a sum needs more than 28 digits.
    pub fn add(&mut self, next: &Attribution) -> Result<(), ArithmeticError> {
        self.terms = self.terms.plus(&next.terms)?;
        (self.benchmark, self.difference) = (next.benchmark, next.difference);
        Ok(())
    }
}

/// Explains the tracking difference step by step. It serialises, so that an interrupted run can go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attributor {
    money_scale: u32,
    trades_to_edge: bool,
    trades_in_lots: bool,
    cash_buffer: Weight,
    benchmark: Benchmark,
    /// How many times the portfolio set out to hold the index, and how many times less that is because of cash flows.
    followed_units: Ratio,
    flow_gap: Ratio,
    decided_at: Option<AsOf>,
    level: Option<IndexLevel>,
    /// The units of each asset in one index.
    index_units: BTreeMap<AssetId, Ratio>,
    excess: Excess,
    nav: Money,
    value: Money,
}

impl Attributor {
    /// Starts before the first step of a run.
    #[must_use]
    pub fn new(methodology: &Methodology) -> Self {
        let terms = methodology.portfolio().map(|rules| rules.trading_terms());
        let band = terms.and_then(|terms| terms.rules.band);
        Self {
            money_scale: terms.map_or(0, |terms| terms.money_scale),
            trades_to_edge: band.is_some_and(|band| band.trade_to == TradeTo::Edge),
            trades_in_lots: terms.is_some_and(|terms| terms.rules.lots != Lots::default()),
            cash_buffer: terms.map_or(Weight::ZERO, |terms| terms.rules.cash_buffer),
            benchmark: Benchmark::START,
            followed_units: Ratio::ZERO,
            flow_gap: Ratio::ZERO,
            decided_at: None,
            level: None,
            index_units: BTreeMap::new(),
            excess: Excess::default(),
            nav: Money::ZERO,
            value: Money::ZERO,
        }
    }

    /// Explains the next step.
    ///
    /// # Errors
    /// [`AttributionError::Unexplained`] if the terms leave more of the change than rounding can, and
    /// [`AttributionError::Arithmetic`] if a figure does not fit.
    pub fn add(&mut self, step: &Step<'_>) -> Result<Attribution, AttributionError> {
        let as_of = step.window.as_of();
        let located = |source| AttributionError::Arithmetic { as_of, source };
        let followed = self.followed_value(step.decision.index.level).map_err(located)?;
        let amounts = self.amounts(step).map_err(located)?;
        let benchmark = self.benchmark.value(step.decision.index.level, self.money_scale).map_err(located)?;
        let nav = step.nav.total;
        let terms = self.terms(&amounts, nav, benchmark).map_err(located)?;
        let bound =
            self.bound_of_rounding(followed, nav, benchmark, step.transactions.len()).map_err(located)?;
        if terms.rounding.decimal().abs() > bound.decimal() {
            return Err(AttributionError::Unexplained { as_of, rest: terms.rounding, bound });
        }
        (self.nav, self.value, self.level) = (nav, benchmark, Some(step.decision.index.level));
        Ok(Attribution {
            as_of,
            decided_at: self.decided_at,
            nav,
            benchmark,
            difference: nav.minus(benchmark).map_err(located)?,
            benchmark_units: self.benchmark.units(),
            followed_units: self.followed_units,
            terms,
        })
    }

    /// Takes a step and returns the amount of each cause but rounding.
    fn amounts(&mut self, step: &Step<'_>) -> Result<Amounts, ArithmeticError> {
        let mut amounts = Amounts::default();
        let price_of = |asset: &AssetId| last_price(&step.window, asset);
        let mut gains = Gains::NONE;
        let late = self.late_basket(step)?;
        let mut staked = step.transactions.iter().filter(|each| is_staked(each)).peekable();
        for action in step.window.corporate_actions() {
            self.excess.apply(action, price_of, &mut gains)?;
            // What was earned is there for the later actions of the snapshot.
            let is_next = |next: &&Transaction| next.asset.as_ref() == Some(action.asset());
            if action.kind() == ActionKind::Staking
                && let Some(earned) = staked.next_if(is_next)
                && let Some(price) = earned.price
            {
                self.excess.earn(action.asset(), price, earned.units.decimal(), &mut gains)?;
            }
        }
        self.excess.mark(price_of, &mut gains)?;
        for cause in Cause::ALL {
            amounts.add(cause.term(), gains.of(cause))?;
        }
        // Without a rebalance the index changes by what it writes off or gets.
        let by = if step.decision.index.rebalance.is_some() { Term::Lag } else { Term::StaleAndWriteOffs };
        amounts.add(by, late)?;

        let level = step.decision.index.level;
        let change =
            Exact::from(level.decimal()).minus(Exact::from(self.level.unwrap_or(level).decimal()))?;
        let (followed, flow_gap) = (self.followed_units.decimal(), self.flow_gap.decimal());
        let scale_gap = sum([followed, -self.benchmark.units().decimal(), -flow_gap])?;
        amounts.add(Term::Compounding, change.times(scale_gap)?)?;
        amounts.add(Term::Flows, change.times(flow_gap)?)?;
        for transaction in &step.transactions {
            amounts.book(transaction)?;
            let flow = self.benchmark.take(transaction, level)?;
            self.flow_gap = ratio(sum([self.flow_gap.decimal(), -flow.decimal()])?);
            self.move_units(transaction)?;
        }
        self.reclassify(step)?;
        Ok(amounts)
    }

    /// Returns what an index that took its basket at the snapshot before, because the scheduled day turned out to have
    /// none, gained without the portfolio: that could not know.
    fn late_basket(&self, step: &Step<'_>) -> Result<Exact, ArithmeticError> {
        let before = step.window.previous().filter(|_| step.index_change.is_some());
        let (Some(before), Some(level)) = (before, self.level) else { return Ok(Exact::ZERO) };
        let mut basket = Excess::default();
        for (asset, units) in &self.index_units {
            let Some(price) = last_price(&before, asset) else { continue };
            basket.add(
                asset,
                price,
                Cause::Lag,
                to_decimal(Exact::product(units.decimal(), self.followed_units.decimal()))?,
            )?;
        }
        let mut gains = Gains::NONE;
        let price_of = |asset: &AssetId| last_price(&step.window, asset);
        for action in step.window.corporate_actions() {
            basket.apply(action, price_of, &mut gains)?;
        }
        basket.mark(price_of, &mut gains)?;
        let change = Exact::from(step.decision.index.level.decimal()).minus(Exact::from(level.decimal()))?;
        let late = gains.of(Cause::Lag).minus(change.times(self.followed_units.decimal())?)?;
        // A basket that was taken at the present prices leaves what the digits of levels leave.
        let rounding =
            Exact::from(self.nav.decimal()).plus(self.value.decimal().into())?.times(ROUNDING_OF_LEVELS)?;
        let size = if late.is_negative() { Exact::ZERO.minus(late)? } else { late };
        Ok(if size.compare(rounding)?.is_le() { Exact::ZERO } else { late })
    }

    /// Moves the units of a trade, a write-off or a yield from or to their cause. What corporate actions move, excess units
    /// have followed already.
    fn move_units(&mut self, transaction: &Transaction) -> Result<(), ArithmeticError> {
        let (Some(asset), Some(price)) = (&transaction.asset, transaction.price) else { return Ok(()) };
        let vanished = transaction.cause == TradeCause::Vanished;
        let units = transaction.units.decimal();
        let (cause, units) = match transaction.kind {
            TransactionKind::Buy => (Cause::Lag, units),
            TransactionKind::Sell if vanished => (Cause::Stale, -units),
            TransactionKind::Sell => (Cause::Lag, -units),
            TransactionKind::WriteOff if vanished => (Cause::Stale, -units),
            TransactionKind::Yield if transaction.cause == TradeCause::Interest => (Cause::Interest, units),
            _ => return Ok(()),
        };
        self.excess.add(asset, price, cause, units)
    }

    /// Returns what the followed and the owed index units are worth, at the level before or the present one.
    fn followed_value(&self, level: IndexLevel) -> Result<Exact, ArithmeticError> {
        let level = self.level.map_or(level, |before| before.max(level));
        let units = [self.followed_units, self.flow_gap].map(|units| Exact::from(units.decimal().abs()));
        units.into_iter().try_fold(Exact::ZERO, |sum, each| sum.plus(each.times(level.decimal())?))
    }

    /// Rounds the amounts; what rounding leaves of the change of the difference is a term of its own.
    fn terms(&self, amounts: &Amounts, nav: Money, benchmark: Money) -> Result<Terms, ArithmeticError> {
        let mut terms = Terms::default();
        for (term, amount) in &amounts.0 {
            terms.set(*term, Money::rounded(*amount, self.money_scale, Rounding::HalfEven)?);
        }
        let change = nav.minus(benchmark)?.minus(self.nav)?.plus(self.value)?;
        terms.rounding = change.minus(terms.total()?)?;
        Ok(terms)
    }

    /// Returns the most that rounding can leave: a step of money for each amount, and what the digits of the level lose
    /// of all that is valued by it.
    fn bound_of_rounding(
        &self,
        followed: Exact,
        nav: Money,
        benchmark: Money,
        transactions: usize,
    ) -> Result<Money, ArithmeticError> {
        let steps = Term::ALL.len().saturating_add(transactions).saturating_add(SETTLED_AMOUNTS);
        let digits = Exact::product(Decimal::from(steps), Decimal::new(1, self.money_scale));
        let values = [nav, benchmark, self.nav, self.value];
        let gross =
            values.into_iter().try_fold(followed, |sum, each| sum.plus(each.decimal().abs().into()))?;
        Money::rounded(digits.plus(gross.times(ROUNDING_OF_LEVELS)?)?, self.money_scale, Rounding::Up)
    }
}

/// The rounded amounts beside terms and transactions: two values each of portfolio and benchmark.
const SETTLED_AMOUNTS: usize = 4;
/// What the twelve digits of an index level may lose of its value (10^-10).
const ROUNDING_OF_LEVELS: Decimal = Decimal::from_parts(1, 0, 0, false, 10);

/// Exact amounts by cause.
#[derive(Clone, Debug, Default)]
struct Amounts(BTreeMap<Term, Exact>);

impl Amounts {
    fn of(&self, term: Term) -> Exact {
        self.0.get(&term).copied().unwrap_or(Exact::ZERO)
    }

    fn add(&mut self, term: Term, amount: Exact) -> Result<(), ArithmeticError> {
        let sum = plus(self.of(term), amount)?;
        self.0.insert(term, sum);
        Ok(())
    }

    fn take(&mut self, term: Term, amount: Money) -> Result<(), ArithmeticError> {
        self.add(term, Exact::ZERO.minus(Exact::from(amount.decimal()))?)
    }

    /// Adds what a transaction costs or brings in that the index neither pays nor gets.
    fn book(&mut self, transaction: &Transaction) -> Result<(), ArithmeticError> {
        for (term, amount) in booked(transaction)? {
            self.add(term, amount)?;
        }
        Ok(())
    }
}

/// Returns what a transaction costs or brings in that the index neither pays nor gets, by cause.
///
/// # Errors
/// [`ArithmeticError`] if an amount does not fit.
pub fn booked(transaction: &Transaction) -> Result<Vec<(Term, Exact)>, ArithmeticError> {
    let mut amounts = Amounts::default();
    let costs = &transaction.costs;
    for (term, amount) in [
        (Term::Fee, costs.fee),
        (Term::Slippage, costs.slippage),
        (Term::Spread, costs.spread),
        (Term::Impact, costs.impact),
        (Term::Gas, costs.gas),
        (Term::PlatformFee, costs.platform_fee),
    ] {
        if !amount.is_zero() {
            amounts.take(term, amount)?;
        }
    }
    let value = transaction.price.map_or(Exact::ZERO, |price| transaction.units.value_at(price));
    match transaction.kind {
        TransactionKind::ManagementFee => amounts.take(Term::ManagementFee, transaction.notional)?,
        TransactionKind::Yield if transaction.cause == TradeCause::Interest => {
            amounts.add(Term::Interest, value)?;
        }
        TransactionKind::Yield => amounts.add(Term::Yield, value)?,
        TransactionKind::Interest => {
            amounts.add(Term::Interest, Exact::from(transaction.notional.decimal()))?;
        }
        TransactionKind::WriteOff if transaction.cause == TradeCause::Vanished => {
            let lost = Exact::from(transaction.notional.decimal()).minus(value)?;
            amounts.add(Term::StaleAndWriteOffs, lost)?;
        }
        _ => {}
    }
    Ok(amounts.0.into_iter().collect())
}

/// Says whether a transaction books units that a corporate action earned.
fn is_staked(transaction: &Transaction) -> bool {
    transaction.kind == TransactionKind::Yield && transaction.cause == TradeCause::Staking
}

fn last_price(window: &HistoryWindow<'_>, asset: &AssetId) -> Option<Price> {
    window.last_price(asset).map(|last| last.value)
}
