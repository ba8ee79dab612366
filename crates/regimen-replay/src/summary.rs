//! The figures of a run in one table.

use regimen::Action;
use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{ArithmeticError, AsOf, Exact, IndexLevel, Money, Ratio, Regime, Rounding, TradeCosts};
use serde::{Deserialize, Serialize};

use crate::replayer::Step;

/// The figures of a run. Ratios are decimals rounded half to even at 12 places; amounts are exact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The first snapshot.
    pub from: AsOf,
    /// The last snapshot.
    pub to: AsOf,
    /// The number of snapshots.
    pub snapshots: u64,
    /// The money that came in.
    pub initial_cash: Money,
    /// The NAV after the last snapshot.
    pub final_nav: Money,
    /// Final NAV over initial cash.
    pub nav_multiple: Ratio,
    /// The worst fall of NAV from an earlier peak, as a fraction of the peak: -0.5 is half lost.
    pub worst_drawdown: Ratio,
    /// The snapshot of the worst drawdown.
    pub worst_drawdown_at: AsOf,
    /// The index level after the last snapshot.
    pub final_index_level: IndexLevel,
    /// The number of rebalances.
    pub rebalances: u64,
    /// The number of transactions.
    pub transactions: u64,
    /// The number of trades: buys and sells.
    pub trades: u64,
    /// The number of positions that were written off.
    pub write_offs: u64,
    /// The sum of notionals of all trades.
    pub traded_notional: Money,
    /// One-way turnover: the sum over snapshots of half the traded notional over NAV.
    pub turnover: Ratio,
    /// All commission.
    pub fees: Money,
    /// All slippage.
    pub slippage: Money,
    /// All half-spreads.
    pub spread: Money,
    /// All market impact.
    pub impact: Money,
    /// All gas.
    pub gas: Money,
    /// All platform fees.
    pub platform_fees: Money,
    /// The value lost in write-offs at last known prices.
    pub written_off: Money,
    /// Orders that were not executed in full.
    pub shortfalls: u64,
    /// Changes from one determined regime to the other.
    pub regime_flips: u64,
    /// The number of snapshots that end in each regime.
    pub snapshots_in_regime: RegimeCount,
}

/// A count per regime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RegimeCount {
    /// Warming up.
    pub undetermined: u64,
    /// Bullish.
    pub bullish: u64,
    /// Bearish.
    pub bearish: u64,
}

/// Sums up a run step by step.
#[derive(Clone, Debug, Default)]
pub struct SummaryBuilder {
    figures: Option<(Summary, Running)>,
}

#[derive(Clone, Debug)]
struct Running {
    peak_nav: Money,
    determined: Option<Regime>,
}

impl SummaryBuilder {
    /// Adds the next step.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a sum or ratio does not fit a decimal.
    pub fn add(&mut self, step: &Step<'_>) -> Result<(), ArithmeticError> {
        let (summary, running) = self.figures.get_or_insert_with(|| {
            (Summary::starting_with(step), Running { peak_nav: step.nav.total, determined: None })
        });
        let mut traded = Money::ZERO;
        for transaction in &step.transactions {
            traded = traded.plus(summary.add_transaction(transaction)?)?;
        }
        summary.add_valuation(step, traded, running)?;
        summary.rebalances += u64::from(matches!(step.decision.action, Action::Rebalance(_)));
        summary.shortfalls +=
            step.order_results.iter().map(|result| u64::from(result.shortfall.is_some())).sum::<u64>();
        summary.add_regime(step.decision.index.regime.state.regime, running);
        Ok(())
    }

    /// Returns the summary, or `None` if there was no step.
    #[must_use]
    pub fn finish(self) -> Option<Summary> {
        self.figures.map(|(summary, _)| summary)
    }
}

impl Summary {
    fn starting_with(step: &Step<'_>) -> Self {
        let as_of = step.window.as_of();
        Self {
            from: as_of,
            to: as_of,
            snapshots: 0,
            initial_cash: Money::ZERO,
            final_nav: step.nav.total,
            nav_multiple: Ratio::ZERO,
            worst_drawdown: Ratio::ZERO,
            worst_drawdown_at: as_of,
            final_index_level: step.decision.index.level,
            rebalances: 0,
            transactions: 0,
            trades: 0,
            write_offs: 0,
            traded_notional: Money::ZERO,
            turnover: Ratio::ZERO,
            fees: Money::ZERO,
            slippage: Money::ZERO,
            spread: Money::ZERO,
            impact: Money::ZERO,
            gas: Money::ZERO,
            platform_fees: Money::ZERO,
            written_off: Money::ZERO,
            shortfalls: 0,
            regime_flips: 0,
            snapshots_in_regime: RegimeCount::default(),
        }
    }

    /// Adds a transaction and returns the notional that it traded.
    fn add_transaction(&mut self, transaction: &Transaction) -> Result<Money, ArithmeticError> {
        self.transactions += 1;
        self.add_costs(&transaction.costs)?;
        match transaction.kind {
            TransactionKind::Deposit => {
                self.initial_cash = self.initial_cash.plus(transaction.notional)?;
                Ok(Money::ZERO)
            }
            TransactionKind::WriteOff => {
                self.write_offs += 1;
                let value = transaction.price.map_or(Exact::ZERO, |price| transaction.units.value_at(price));
                let lost = value.minus(Exact::from(transaction.notional.decimal()))?;
                let scale = transaction.notional.decimal().scale().max(8);
                self.written_off = self.written_off.plus(Money::rounded(lost, scale, Rounding::HalfEven)?)?;
                Ok(Money::ZERO)
            }
            _ => {
                self.trades += 1;
                Ok(transaction.notional)
            }
        }
    }

    /// Returns all costs of trading, kind by kind.
    #[must_use]
    pub fn costs(&self) -> TradeCosts {
        TradeCosts {
            fee: self.fees,
            slippage: self.slippage,
            spread: self.spread,
            impact: self.impact,
            gas: self.gas,
            platform_fee: self.platform_fees,
        }
    }

    fn add_costs(&mut self, costs: &TradeCosts) -> Result<(), ArithmeticError> {
        self.fees = self.fees.plus(costs.fee)?;
        self.slippage = self.slippage.plus(costs.slippage)?;
        self.spread = self.spread.plus(costs.spread)?;
        self.impact = self.impact.plus(costs.impact)?;
        self.gas = self.gas.plus(costs.gas)?;
        self.platform_fees = self.platform_fees.plus(costs.platform_fee)?;
        Ok(())
    }

    fn add_valuation(
        &mut self,
        step: &Step<'_>,
        traded: Money,
        running: &mut Running,
    ) -> Result<(), ArithmeticError> {
        let nav = step.nav.total;
        self.snapshots += 1;
        self.to = step.window.as_of();
        self.final_nav = nav;
        self.final_index_level = step.decision.index.level;
        self.nav_multiple = ratio_or_zero(nav, self.initial_cash)?;
        running.peak_nav = running.peak_nav.max(nav);
        let drawdown = ratio_or_zero(nav.minus(running.peak_nav)?, running.peak_nav)?;
        if drawdown < self.worst_drawdown {
            self.worst_drawdown = drawdown;
            self.worst_drawdown_at = self.to;
        }
        self.traded_notional = self.traded_notional.plus(traded)?;
        self.turnover = self.turnover.plus(ratio_or_zero(traded, nav.plus(nav)?)?)?;
        Ok(())
    }

    fn add_regime(&mut self, regime: Regime, running: &mut Running) {
        let count = &mut self.snapshots_in_regime;
        match regime {
            Regime::Undetermined => count.undetermined += 1,
            Regime::Bullish => count.bullish += 1,
            Regime::Bearish => count.bearish += 1,
        }
        if regime != Regime::Undetermined {
            self.regime_flips += u64::from(running.determined.is_some_and(|before| before != regime));
            running.determined = Some(regime);
        }
    }
}

/// Divides, taking a portfolio that is worth nothing as a ratio of zero.
fn ratio_or_zero(amount: Money, divisor: Money) -> Result<Ratio, ArithmeticError> {
    if divisor.is_zero() { Ok(Ratio::ZERO) } else { Ratio::of(amount, divisor) }
}
