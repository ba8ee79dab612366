//! Summing up a run step by step.

use std::collections::BTreeMap;

use regimen::Action;
use regimen_ledger::{Transaction, TransactionKind};
use regimen_replay::{Step, StepSink};
use regimen_types::{ArithmeticError, Cause, Exact, Money, Ratio, Regime, Rounding, TradeCosts};

use super::figures::{RegimeCount, Summary};
use crate::returns::{TimeWeighted, cash_flow};

/// Sums up a run step by step.
#[derive(Clone, Debug, Default)]
pub struct SummaryBuilder {
    figures: Option<(Summary, Running)>,
}

#[derive(Clone, Debug)]
struct Running {
    multiple: TimeWeighted,
    determined: Option<Regime>,
}

impl SummaryBuilder {
    /// Adds the next step.
    ///
    /// # Errors
    /// [`ArithmeticError`] if a sum or ratio does not fit a decimal.
    pub fn add(&mut self, step: &Step<'_>) -> Result<(), ArithmeticError> {
        let (summary, running) =
            self.figures.get_or_insert_with(|| (Summary::starting_with(step), Running::starting_with(step)));
        let (mut traded, mut flow) = (Money::ZERO, Money::ZERO);
        for transaction in &step.transactions {
            add_to(&mut traded, summary.add_transaction(transaction)?)?;
            add_to(&mut flow, cash_flow(transaction)?)?;
        }
        summary.add_valuation(step, traded, flow, running)?;
        let planned = matches!(step.decision.action, Action::Rebalance(_));
        summary.rebalances += u64::from(planned || step.decision.index.rebalance.is_some());
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

impl StepSink for SummaryBuilder {
    type Error = ArithmeticError;

    fn take(&mut self, step: &Step<'_>) -> Result<(), ArithmeticError> {
        self.add(step)
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
            deposited: Money::ZERO,
            withdrawn: Money::ZERO,
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
            management_fees: Money::ZERO,
            management_fee_owed: Money::ZERO,
            written_off: Money::ZERO,
            shortfalls: 0,
            regime_flips: 0,
            snapshots_in_regime: RegimeCount::default(),
            tracking_difference: None,
            warnings: BTreeMap::new(),
        }
    }

    /// Adds a transaction and returns the notional that it traded.
    fn add_transaction(&mut self, transaction: &Transaction) -> Result<Money, ArithmeticError> {
        self.transactions += 1;
        self.add_costs(&transaction.costs)?;
        match transaction.kind {
            TransactionKind::Deposit => {
                let start = transaction.cause == Cause::Inception;
                let sum = if start { &mut self.initial_cash } else { &mut self.deposited };
                *sum = sum.plus(transaction.notional)?;
                Ok(Money::ZERO)
            }
            TransactionKind::Withdrawal => {
                self.withdrawn = self.withdrawn.plus(transaction.notional)?;
                Ok(Money::ZERO)
            }
            TransactionKind::ManagementFee => {
                self.management_fees = self.management_fees.plus(transaction.notional)?;
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
            TransactionKind::Buy | TransactionKind::Sell => {
                self.trades += 1;
                Ok(transaction.notional)
            }
            _ => Ok(Money::ZERO),
        }
    }

    fn add_costs(&mut self, costs: &TradeCosts) -> Result<(), ArithmeticError> {
        add_to(&mut self.fees, costs.fee)?;
        add_to(&mut self.slippage, costs.slippage)?;
        add_to(&mut self.spread, costs.spread)?;
        add_to(&mut self.impact, costs.impact)?;
        add_to(&mut self.gas, costs.gas)?;
        add_to(&mut self.platform_fees, costs.platform_fee)
    }

    fn add_valuation(
        &mut self,
        step: &Step<'_>,
        traded: Money,
        flow: Money,
        running: &mut Running,
    ) -> Result<(), ArithmeticError> {
        let nav = step.nav.total;
        self.snapshots += 1;
        self.to = step.window.as_of();
        self.final_nav = nav;
        self.management_fee_owed = step.fee_owed;
        self.final_index_level = step.decision.index.level;
        let standing = running.multiple.add(nav, flow)?;
        self.nav_multiple = standing.multiple;
        if standing.drawdown < self.worst_drawdown {
            self.worst_drawdown = standing.drawdown;
            self.worst_drawdown_at = self.to;
        }
        self.traded_notional = self.traded_notional.plus(traded)?;
        self.turnover = self.turnover.plus(Ratio::of_or_zero(traded, nav.plus(nav)?)?)?;
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

impl Running {
    fn starting_with(step: &Step<'_>) -> Self {
        let start = step.transactions.iter().find(|each| each.cause == Cause::Inception);
        let initial_cash = start.map_or(step.nav.total, |deposit| deposit.notional);
        Self { multiple: TimeWeighted::starting_with(initial_cash), determined: None }
    }
}

/// Adds an amount to a sum, where there is one: most transactions have few kinds of cost, and no flow.
fn add_to(sum: &mut Money, amount: Money) -> Result<(), ArithmeticError> {
    if !amount.is_zero() {
        *sum = sum.plus(amount)?;
    }
    Ok(())
}
