//! Explaining the tracking difference step by step.

use regimen::Methodology;
use regimen_ledger::{Transaction, TransactionKind};
use regimen_replay::Step;
use regimen_types::{
    ActionKind, ArithmeticError, AssetId, Cause as TradeCause, Exact, IndexLevel, Money, Ratio, Rounding,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::amounts::Amounts;
use super::benchmark::Benchmark;
use super::decimals::{sum, to_decimal};
use super::difference::{Attribution, AttributionError};
use super::excess::{Cause, Excess, Gains};
use super::following::{Following, last_price};
use super::terms::{Term, Terms};

/// Explains the tracking difference step by step. It serialises, so that an interrupted run can go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attributor {
    money_scale: u32,
    benchmark: Benchmark,
    following: Following,
    level: Option<IndexLevel>,
    nav: Money,
    value: Money,
}

impl Attributor {
    /// Starts before the first step of a run.
    #[must_use]
    pub fn new(methodology: &Methodology) -> Self {
        Self {
            money_scale: methodology.portfolio().map_or(0, |rules| rules.trading_terms().money_scale),
            benchmark: Benchmark::START,
            following: Following::new(methodology),
            level: None,
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
            decided_at: self.following.decided_at,
            nav,
            benchmark,
            difference: nav.minus(benchmark).map_err(located)?,
            benchmark_units: self.benchmark.units(),
            followed_units: self.following.followed_units,
            terms,
        })
    }

    /// Returns the amount of each cause in a step, rounding aside.
    fn amounts(&mut self, step: &Step<'_>) -> Result<Amounts, ArithmeticError> {
        let mut amounts = Amounts::default();
        let price_of = |asset: &AssetId| last_price(&step.window, asset);
        let mut gains = Gains::NONE;
        let late = self.late_basket(step)?;
        let mut staked = step.transactions.iter().filter(|each| is_staked(each)).peekable();
        for action in step.window.corporate_actions() {
            self.following.excess.apply(action, price_of, &mut gains)?;
            // What was earned is there for the later actions of the snapshot.
            let is_next = |next: &&Transaction| next.asset.as_ref() == Some(action.asset());
            if action.kind() == ActionKind::Staking
                && let Some(earned) = staked.next_if(is_next)
                && let Some(price) = earned.price
            {
                self.following.excess.earn(action.asset(), price, earned.units.decimal(), &mut gains)?;
            }
        }
        self.following.excess.mark(price_of, &mut gains)?;
        for cause in Cause::ALL {
            amounts.add(cause.term(), gains.of(cause))?;
        }
        // Without a rebalance the index changes by what it writes off or gets.
        let by = if step.decision.index.rebalance.is_some() { Term::Lag } else { Term::StaleAndWriteOffs };
        amounts.add(by, late)?;

        let level = step.decision.index.level;
        let change =
            Exact::from(level.decimal()).minus(Exact::from(self.level.unwrap_or(level).decimal()))?;
        let (followed, flow_gap) =
            (self.following.followed_units.decimal(), self.following.flow_gap.decimal());
        let scale_gap = sum([followed, -self.benchmark.units().decimal(), -flow_gap])?;
        amounts.add(Term::Compounding, change.times(scale_gap)?)?;
        amounts.add(Term::Flows, change.times(flow_gap)?)?;
        for transaction in &step.transactions {
            amounts.book(transaction)?;
            let flow = self.benchmark.take(transaction, level)?;
            self.following.flow_gap = Ratio::from(sum([self.following.flow_gap.decimal(), -flow.decimal()])?);
            self.following.move_units(transaction)?;
        }
        self.following.reclassify(step)?;
        Ok(amounts)
    }

    /// Returns what the index gained on a basket that it took at the snapshot before, because the scheduled
    /// day turned out to have no snapshot. The portfolio could not know of it.
    fn late_basket(&self, step: &Step<'_>) -> Result<Exact, ArithmeticError> {
        let before = step.window.previous().filter(|_| step.index_change.is_some());
        let (Some(before), Some(level)) = (before, self.level) else { return Ok(Exact::ZERO) };
        let mut basket = Excess::default();
        for (asset, units) in &self.following.index_units {
            let Some(price) = last_price(&before, asset) else { continue };
            basket.add(
                asset,
                price,
                Cause::Lag,
                to_decimal(Exact::product(units.decimal(), self.following.followed_units.decimal()))?,
            )?;
        }
        let mut gains = Gains::NONE;
        let price_of = |asset: &AssetId| last_price(&step.window, asset);
        for action in step.window.corporate_actions() {
            basket.apply(action, price_of, &mut gains)?;
        }
        basket.mark(price_of, &mut gains)?;
        let change = Exact::from(step.decision.index.level.decimal()).minus(Exact::from(level.decimal()))?;
        let late = gains.of(Cause::Lag).minus(change.times(self.following.followed_units.decimal())?)?;
        // A basket that was taken at the present prices leaves what the digits of levels leave.
        let rounding =
            Exact::from(self.nav.decimal()).plus(self.value.decimal().into())?.times(ROUNDING_OF_LEVELS)?;
        let size = if late.is_negative() { Exact::ZERO.minus(late)? } else { late };
        Ok(if size.compare(rounding)?.is_le() { Exact::ZERO } else { late })
    }

    /// Returns what the followed and the owed index units are worth, at the level before or the present one.
    fn followed_value(&self, level: IndexLevel) -> Result<Exact, ArithmeticError> {
        let level = self.level.map_or(level, |before| before.max(level));
        let units = [self.following.followed_units, self.following.flow_gap]
            .map(|units| Exact::from(units.decimal().abs()));
        units.into_iter().try_fold(Exact::ZERO, |sum, each| sum.plus(each.times(level.decimal())?))
    }

    /// Rounds the amounts; what rounding leaves of the change of the difference is a term of its own.
    fn terms(&self, amounts: &Amounts, nav: Money, benchmark: Money) -> Result<Terms, ArithmeticError> {
        let mut terms = Terms::default();
        for (term, amount) in amounts.iter() {
            terms.set(term, Money::rounded(amount, self.money_scale, Rounding::HalfEven)?);
        }
        let change = nav.minus(benchmark)?.minus(self.nav)?.plus(self.value)?;
        terms.rounding = change.minus(terms.total()?)?;
        Ok(terms)
    }

    /// Returns the most that rounding can leave: a step of money for each amount, and what the digits of the
    /// level lose of all that is valued by it.
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
/// The part of an index level that its twelve digits may lose (10^-10).
const ROUNDING_OF_LEVELS: Decimal = Decimal::from_parts(1, 0, 0, false, 10);

/// Returns true if a transaction books units that a corporate action earned.
fn is_staked(transaction: &Transaction) -> bool {
    transaction.kind == TransactionKind::Yield && transaction.cause == TradeCause::Staking
}
