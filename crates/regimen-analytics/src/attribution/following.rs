//! How far a portfolio is from the index that it follows, and the cause of each excess unit.

use std::collections::BTreeMap;

use regimen::{Action, Methodology, Rebalance};
use regimen_ledger::{Transaction, TransactionKind};
use regimen_planning::{Lots, PlanLine, SkipReason, TradeTo};
use regimen_replay::Step;
use regimen_types::{
    ArithmeticError, AsOf, AssetId, Cause as TradeCause, Exact, HistoryWindow, Price, Quantity, Ratio, Side,
    Weight,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::decimals::{sum, to_decimal, units_for};
use super::excess::{Cause, Excess, Units};
use super::merged::merged;
use super::plan_causes::{Held, cause_of_shortfall, equity_of, is_untouchable};

/// The part of a position that rounded weights may lose (10^-9).
const ROUNDING_OF_WEIGHTS: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// The units that a portfolio set out to hold at its last decision, and those that it holds beyond or short
/// of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Following {
    trades_to_edge: bool,
    trades_in_lots: bool,
    cash_buffer: Weight,
    /// The number of index units that the portfolio set out to hold.
    pub(super) followed_units: Ratio,
    /// The part of the gap to the benchmark's units that cash flows opened.
    pub(super) flow_gap: Ratio,
    /// The decision that the causes follow from; `None` before the first.
    pub(super) decided_at: Option<AsOf>,
    /// The units of each asset in one index.
    pub(super) index_units: BTreeMap<AssetId, Ratio>,
    pub(super) excess: Excess,
}

impl Following {
    /// Starts before the first step of a run.
    pub(super) fn new(methodology: &Methodology) -> Self {
        let rules = methodology.portfolio().map(|portfolio| portfolio.trading_terms().rules);
        let band = rules.and_then(|rules| rules.band);
        Self {
            trades_to_edge: band.is_some_and(|band| band.trade_to == TradeTo::Edge),
            trades_in_lots: rules.is_some_and(|rules| rules.lots != Lots::default()),
            cash_buffer: rules.map_or(Weight::ZERO, |rules| rules.cash_buffer),
            followed_units: Ratio::ZERO,
            flow_gap: Ratio::ZERO,
            decided_at: None,
            index_units: BTreeMap::new(),
            excess: Excess::default(),
        }
    }

    /// Gives every excess unit the cause that it has after the step.
    pub(super) fn reclassify(&mut self, step: &Step<'_>) -> Result<(), ArithmeticError> {
        let index_changed = step.index_change.is_some();
        if let Some(index) = &step.index_change {
            let divisor = Exact::from(index.divisor().decimal());
            let per_index = index.basket().iter().map(|(asset, position)| {
                let units =
                    Exact::from(position.units.decimal()).ratio_to_fit(divisor, Decimal::MAX_SCALE)?;
                Ok((asset.clone(), Ratio::from(units)))
            });
            self.index_units = per_index.collect::<Result<_, ArithmeticError>>()?;
        }
        let rest = match &step.decision.action {
            Action::Rebalance(rebalance) => {
                self.replan(rebalance, step)?;
                Cause::Lots
            }
            _ if step.decision.index.rebalance.is_some() => Cause::Bands,
            _ if index_changed && step.window.corporate_actions().next().is_none() => Cause::Stale,
            _ => Cause::Lots,
        };
        self.settle_orders(step)?;
        let replanned = matches!(step.decision.action, Action::Rebalance(_));
        if index_changed || replanned || !step.transactions.is_empty() {
            self.assign_rest(step, rest)?;
        }
        Ok(())
    }

    /// Moves the units of a trade, a write-off or a yield from or to their cause. Excess units have followed
    /// corporate actions already.
    pub(super) fn move_units(&mut self, transaction: &Transaction) -> Result<(), ArithmeticError> {
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

    /// Moves what closed orders of the decision in force left over to the cause of their shortfall.
    fn settle_orders(&mut self, step: &Step<'_>) -> Result<(), ArithmeticError> {
        for result in step.order_results.iter().filter(|each| Some(each.decided_at) == self.decided_at) {
            let Some(cause) = result.shortfall.and_then(cause_of_shortfall) else { continue };
            let Some(price) = last_price(&step.window, &result.asset) else { continue };
            let rest = result.units.minus(result.filled)?;
            let rest = signed(result.order.side, rest);
            self.excess.add(&result.asset, price, Cause::Lag, rest)?;
            self.excess.add(&result.asset, price, cause, -rest)?;
        }
        Ok(())
    }

    /// Starts again from a plan: the portfolio follows as much of the index as it has equity, and the plan
    /// names the reason why a position is not there yet.
    fn replan(&mut self, rebalance: &Rebalance, step: &Step<'_>) -> Result<(), ArithmeticError> {
        let level = step.decision.index.level;
        let equity = Exact::from(equity_of(&rebalance.plan).decimal());
        let at_level = |amount| if level.is_zero() { Ok(Decimal::ZERO) } else { units_for(amount, level) };
        self.followed_units = Ratio::from(at_level(equity)?);
        self.flow_gap = Ratio::from(-at_level(Exact::from(step.owed.decimal()))?);
        self.decided_at = Some(step.window.as_of());
        self.excess = Excess::default();
        let plan = Held::of(&rebalance.plan.lines, self.trades_in_lots);
        for line in &rebalance.plan.lines {
            let Some(price) = last_price(&step.window, &line.asset) else { continue };
            let mut units = self.classified(line, price, equity, plan)?;
            // What was executed at once.
            let traded = sum([step.holdings.units(&line.asset).decimal(), -line.units.decimal()])?;
            units.add(Cause::Lag, traded)?;
            self.excess.add_all(&line.asset, price, &units)?;
        }
        for asset in self.index_units.keys() {
            let Some(price) = last_price(&step.window, asset) else { continue };
            // Assets that the plan names are classified already.
            if !self.excess.has(asset) {
                self.excess.add(asset, price, Cause::Cash, -self.followed(asset)?)?;
            }
        }
        Ok(())
    }

    /// Splits what a plan leaves between a position and the index.
    fn classified(
        &self,
        line: &PlanLine,
        price: Price,
        equity: Exact,
        plan: Held,
    ) -> Result<Units, ArithmeticError> {
        let mut units = Units::NONE;
        let target = line.target_units.decimal();
        let followed = self.followed(&line.asset)?;
        if is_untouchable(line) {
            units.add(Cause::Stale, sum([line.units.decimal(), -followed])?)?;
            return Ok(units);
        }
        // The units of the target without the buffer; they differ from the followed ones if the target is not
        // the index.
        let invested = Decimal::ONE.saturating_sub(self.cash_buffer.decimal());
        let weight = to_decimal(Exact::product(line.target_weight.decimal(), invested))?;
        let aimed = equity.times(weight)?.ratio_to_fit(Exact::from(price.decimal()), Decimal::MAX_SCALE)?;
        let held_back = sum([aimed, -followed])?;
        let rounding = to_decimal(Exact::product(followed.abs(), ROUNDING_OF_WEIGHTS))?;
        let cash = if held_back.abs() > rounding { held_back } else { Decimal::ZERO };
        units.add(Cause::Cash, cash)?;
        if line.action.as_ref().is_err_and(|skip| skip.reason == SkipReason::AtTarget) {
            units.add(Cause::Lots, sum([line.units.decimal(), -followed, -cash])?)?;
            return Ok(units);
        }
        let (skip, ordered) = match &line.action {
            Ok(order) => (line.undone.as_ref(), signed(order.side, order.units)),
            Err(skip) => (Some(skip), Decimal::ZERO),
        };
        units.add(Cause::Lag, -ordered)?;
        let undone = sum([line.units.decimal(), ordered, -target])?;
        let reason = skip.map_or(Cause::Lots, |skip| plan.cause_of(skip));
        units.add(reason, undone)?;
        let off_target = sum([target, -followed, -cash])?;
        let cause = match reason {
            _ if self.trades_to_edge => Cause::Bands,
            _ if plan.stale => Cause::Stale,
            _ => Cause::Lots,
        };
        units.add(cause, off_target)?;
        Ok(units)
    }

    /// Returns the units of an asset that the portfolio set out to hold, by the index's present basket.
    fn followed(&self, asset: &AssetId) -> Result<Decimal, ArithmeticError> {
        self.index_units.get(asset).map_or(Ok(Decimal::ZERO), |units| self.followed_of(*units))
    }

    /// Returns the units of an asset that the portfolio set out to hold, by those in one index.
    fn followed_of(&self, index_units: Ratio) -> Result<Decimal, ArithmeticError> {
        to_decimal(Exact::product(index_units.decimal(), self.followed_units.decimal()))
    }

    /// Gives a cause to excess units that have none yet.
    fn assign_rest(&mut self, step: &Step<'_>, cause: Cause) -> Result<(), ArithmeticError> {
        let mut rests = Vec::new();
        let held_and_followed = merged(step.holdings.positions(), self.index_units.iter());
        let held_and_followed = held_and_followed.map(|(asset, held, units)| (asset, (held, units)));
        for (asset, held_and_followed, excess) in merged(held_and_followed, self.excess.units()) {
            let Some(price) = last_price(&step.window, asset) else { continue };
            let (held, units) = held_and_followed.unwrap_or_default();
            let followed = units.map_or(Ok(Decimal::ZERO), |units| self.followed_of(*units))?;
            let known = excess.map_or(Ok(Decimal::ZERO), Units::total)?;
            let rest = sum([held.map_or(Decimal::ZERO, Quantity::decimal), -followed, -known])?;
            rests.push((asset.clone(), price, rest));
        }
        for (asset, price, rest) in rests {
            self.excess.add(&asset, price, cause, rest)?;
        }
        self.excess.drop_empty();
        Ok(())
    }
}

fn signed(side: Side, units: Quantity) -> Decimal {
    match side {
        Side::Buy => units.decimal(),
        Side::Sell => -units.decimal(),
    }
}

pub(super) fn last_price(window: &HistoryWindow<'_>, asset: &AssetId) -> Option<Price> {
    window.last_price(asset).map(|last| last.value)
}
