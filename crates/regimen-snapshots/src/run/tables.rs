//! The tables of a run: which rows a step adds to each.

use std::collections::{BTreeMap, BTreeSet};

use regimen::{Action, Basis, Crossing, GivenVerdict, Rebalance};
use regimen_planning::PlanLine;
use regimen_replay::{Attribution, Step, Term};
use regimen_types::{
    ActionEffect, ActionKind, AssetId, Cause, Exact, Money, PriceJump, Quantity, Ratio, Rounding, Weight,
};
use regimen_weighting::{AssetVerdict, Verdict};

use super::rows::Standing;
use super::text::{InstantText, RowText};

pub(crate) const NAV_COLUMNS: &str = "as_of,nav,cash,invested,regime,index_level";
pub(crate) const HOLDINGS_COLUMNS: &str = "as_of,asset,units,price,price_as_of,value,weight";
pub(crate) const INDEX_COLUMNS: &str = "as_of,level,divisor,assets";
pub(crate) const ORDERS_COLUMNS: &str = "decided_at,closed_at,cause,asset,side,units,filled_units,decision_price,decision_price_as_of,shortfall,\
due_asset,due_units";
pub(crate) const DECISIONS_COLUMNS: &str = "as_of,cause,regime,asset,rank,rank_amount,verdict,reason,price,market_cap,raw_weight,weight,\
units,target_units,action,trade_units,trade_reason,undone_units,undone_reason";

pub(crate) const ACTIONS_COLUMNS: &str = "as_of,dated,known_at,asset,kind,ratio,new_asset";
pub(crate) const SUSPECTS_COLUMNS: &str = "as_of,asset,price,last_price,last_price_as_of,event,ratio";

pub(crate) const YIELDS_COLUMNS: &str = "as_of,from,asset,held,annual_rate,accrued,booked";

pub(crate) fn write_yields(text: &mut String, step: &Step<'_>) {
    for accrual in &step.accruals {
        RowText::new(text)
            .value(step.window.as_of())
            .value(accrual.from)
            .optional(accrual.asset.as_ref())
            .value(accrual.held)
            .value(accrual.annual_rate)
            .value(accrual.accrued)
            .value(accrual.booked)
            .end();
    }
}

/// The columns up to the terms, whose names follow in the order of [`Term::ALL`].
pub(crate) const ATTRIBUTION_COLUMNS: &str = "as_of,decided_at,nav,benchmark,difference,benchmark_units,followed_units,\
fee,slippage,spread,impact,gas,platform_fee,management_fee,lag,bands_and_filters,lots_and_rounding,cash_and_sleeve,\
stale_and_write_offs,yield,interest,flows,compounding,rounding";

pub(crate) fn write_attribution(text: &mut String, attribution: &Attribution) {
    let row = RowText::new(text)
        .value(attribution.as_of)
        .optional(attribution.decided_at)
        .value(attribution.nav)
        .value(attribution.benchmark)
        .value(attribution.difference)
        .value(attribution.benchmark_units)
        .value(attribution.followed_units);
    Term::ALL.into_iter().fold(row, |row, term| row.value(attribution.terms.of(term))).end();
}

pub(crate) fn write_suspect(text: &mut String, jump: &PriceJump) {
    RowText::new(text)
        .value(jump.after.as_of)
        .asset(&jump.asset)
        .value(jump.after.value)
        .value(jump.before.value)
        .value(jump.before.as_of)
        .optional(jump.redenomination.map(|_| ActionKind::Redenomination))
        .optional(jump.redenomination)
        .end();
}

pub(crate) fn write_nav(text: &mut String, step: &Step<'_>) {
    RowText::new(text)
        .value(step.window.as_of())
        .value(step.nav.total)
        .value(step.nav.cash)
        .value(step.nav.invested)
        .plain(step.decision.index.regime.state.regime.as_str())
        .value(step.decision.index.level)
        .end();
}

pub(crate) fn write_index(text: &mut String, step: &Step<'_>) {
    RowText::new(text)
        .value(step.window.as_of())
        .value(step.decision.index.level)
        .value(step.decision.index.divisor)
        .value(step.decision.index.asset_count)
        .end();
}

pub(crate) fn write_transactions(text: &mut String, step: &Step<'_>) {
    for transaction in &step.transactions {
        transaction.write_line(text);
        text.push('\n');
    }
}

/// Writes one row per position. The value is rounded for reading; NAV sums exact values.
pub(crate) fn write_holdings(
    text: &mut String,
    step: &Step<'_>,
    money_scale: u32,
    price_instant: &mut InstantText,
) {
    let as_of = step.window.as_of().to_string();
    for (asset, units) in step.holdings.positions() {
        let Some(last) = step.window.last_price(asset) else { continue };
        let value = units.notional(last.value, money_scale, Rounding::HalfEven).unwrap_or(Money::ZERO);
        let weight = Exact::from(value.decimal()).ratio(
            Exact::from(step.nav.total.decimal()),
            Ratio::SCALE,
            Rounding::HalfEven,
        );
        RowText::new(text)
            .plain(&as_of)
            .asset(asset)
            .value(units)
            .value(last.value)
            .plain(price_instant.of(last.as_of))
            .value(value)
            .optional(weight.ok())
            .end();
    }
}

pub(crate) fn write_orders(text: &mut String, step: &Step<'_>) {
    for result in &step.order_results {
        let order = &result.order;
        let changed = result.asset != order.asset || result.units != order.units;
        RowText::new(text)
            .value(result.decided_at)
            .value(step.window.as_of())
            .plain(order.cause.as_str())
            .asset(&order.asset)
            .plain(order.side.as_str())
            .value(order.units)
            .value(result.filled)
            .value(order.decision_price)
            .value(order.decision_price_as_of)
            .plain(result.shortfall.map_or("", regimen_planning::ShortfallReason::as_str))
            .optional(changed.then_some(&result.asset))
            .optional(changed.then_some(result.units))
            .end();
    }
}

/// Writes one row per corporate action that comes into force.
pub(crate) fn write_actions(text: &mut String, step: &Step<'_>) {
    for action in step.window.corporate_actions() {
        let (asset, ratio) = match action.effect() {
            ActionEffect::Successor { asset, ratio } | ActionEffect::Grant { asset, ratio } => {
                (Some(asset), ratio.to_string())
            }
            ActionEffect::End { recovery } => (None, recovery.to_string()),
        };
        RowText::new(text)
            .value(step.window.as_of())
            .value(action.as_of())
            .value(action.known_at())
            .asset(action.asset())
            .plain(action.kind().as_str())
            .plain(&ratio)
            .optional(asset.filter(|asset| *asset != action.asset()))
            .end();
    }
}

/// Writes one row per asset of the universe and per held asset, and one for the cash that the target leaves, if the
/// step rebalances the index or the portfolio.
pub(crate) fn write_decisions(text: &mut String, step: &Step<'_>) {
    let planned = match &step.decision.action {
        Action::Rebalance(rebalance) => Some(rebalance.as_ref()),
        Action::Hold(_) => None,
    };
    let index = step.decision.index.rebalance.as_ref();
    let cause = planned.map(|rebalance| rebalance.cause).or(index.map(|rebalance| rebalance.cause));
    let target = planned.map(|rebalance| &rebalance.target).or(index.map(|rebalance| &rebalance.target));
    let (Some(cause), Some(target)) = (cause, target) else { return };
    let crossings = index.map_or(&[][..], |rebalance| &rebalance.crossings);
    let mut table = DecisionTable::new(text, step, cause, planned, crossings);
    match index.map(|rebalance| &rebalance.basis) {
        Some(Basis::Constituents(verdicts)) => verdicts.iter().for_each(|verdict| table.constituent(verdict)),
        Some(Basis::Given { verdicts, .. }) => verdicts.iter().for_each(|verdict| table.given(verdict)),
        None => table.followed(),
    }
    table.held_elsewhere();
    table.cash(target.cash_weight());
}

struct DecisionTable<'a> {
    text: &'a mut String,
    /// The first columns, the same for all rows.
    head: String,
    lines: BTreeMap<&'a AssetId, &'a PlanLine>,
    crossings: &'a [Crossing],
    written: BTreeSet<&'a AssetId>,
}

impl<'a> DecisionTable<'a> {
    fn new(
        text: &'a mut String,
        step: &Step<'_>,
        cause: Cause,
        planned: Option<&'a Rebalance>,
        crossings: &'a [Crossing],
    ) -> Self {
        let regime = step.decision.index.regime.state.regime;
        let head = format!("{},{cause},{regime}", step.window.as_of());
        let lines = planned.iter().flat_map(|rebalance| &rebalance.plan.lines);
        let lines = lines.map(|line| (&line.asset, line)).collect();
        Self { text, head, lines, crossings, written: BTreeSet::new() }
    }

    fn constituent(&mut self, verdict: &'a AssetVerdict) {
        let (name, reason) = match &verdict.verdict {
            Verdict::Selected => {
                let relaxed = verdict.relaxation.as_ref();
                (Standing::Selected, relaxed.map_or_else(String::new, ToString::to_string))
            }
            Verdict::Reserve => (Standing::Reserve, String::new()),
            Verdict::BelowCount => (Standing::BelowCount, String::new()),
            Verdict::GroupFull => (Standing::GroupFull, String::new()),
            Verdict::BelowThreshold => (Standing::BelowThreshold, String::new()),
            Verdict::Excluded(exclusion) => (Standing::Excluded, exclusion.to_string()),
        };
        let crossed = self.crossings.iter().filter(|crossing| crossing.asset == verdict.asset);
        let reasons = std::iter::once(reason).chain(crossed.map(ToString::to_string));
        let reason = reasons.filter(|reason| !reason.is_empty()).collect::<Vec<_>>().join("; ");
        let line = self.lines.get(&verdict.asset).copied();
        if line.is_some() {
            self.written.insert(&verdict.asset);
        }
        let row = RowText::new(self.text)
            .plain(&self.head)
            .asset(&verdict.asset)
            .optional(verdict.rank)
            .optional(verdict.rank_amount)
            .value(name)
            .quoted(&reason)
            .optional(verdict.price)
            .optional(verdict.market_cap)
            .value(verdict.raw_weight)
            .value(verdict.weight);
        trade_columns(row, line).end();
    }

    fn given(&mut self, verdict: &'a GivenVerdict) {
        let line = self.lines.get(&verdict.asset).copied();
        self.written.insert(&verdict.asset);
        let row = RowText::new(self.text)
            .plain(&self.head)
            .asset(&verdict.asset)
            .plain("")
            .plain("")
            .value(if verdict.exclusion.is_some() { Standing::Excluded } else { Standing::Selected })
            .plain(verdict.exclusion.map_or("", |exclusion| exclusion.as_str()))
            .optional(verdict.price)
            .plain("")
            .value(verdict.given_weight)
            .value(verdict.weight);
        trade_columns(row, line).end();
    }

    /// Writes the assets of an index that is followed at its present weights, without a rebalance of its own.
    fn followed(&mut self) {
        let lines: Vec<_> = self.lines.iter().map(|(asset, line)| (*asset, *line)).collect();
        for (asset, line) in lines.into_iter().filter(|(_, line)| !line.target_weight.is_zero()) {
            self.written.insert(asset);
            let row = RowText::new(self.text)
                .plain(&self.head)
                .asset(asset)
                .plain("")
                .plain("")
                .value(Standing::Followed)
                .plain("")
                .plain("")
                .plain("")
                .value(line.target_weight)
                .value(line.target_weight);
            trade_columns(row, Some(line)).end();
        }
    }

    /// Writes the held assets that have no verdict: they are not in the snapshot, or not in the sleeve.
    fn held_elsewhere(&mut self) {
        for (asset, line) in &self.lines {
            if self.written.contains(asset) {
                continue;
            }
            let row = RowText::new(self.text)
                .plain(&self.head)
                .asset(asset)
                .plain("")
                .plain("")
                .value(Standing::Held)
                .plain("not in the target")
                .plain("")
                .plain("")
                .plain("0")
                .value(line.target_weight);
            trade_columns(row, Some(line)).end();
        }
    }

    /// Writes the weight of cash, so that the weights of an instant sum to 1 and no rebalance leaves no row.
    fn cash(&mut self, weight: Weight) {
        if weight.is_zero() {
            return;
        }
        let row =
            RowText::new(self.text).plain(&self.head).plain("").plain("").plain("").value(Standing::Cash);
        trade_columns(row.plain("").plain("").plain("").plain("").value(weight), None).end();
    }
}

fn trade_columns<'a>(row: RowText<'a>, line: Option<&PlanLine>) -> RowText<'a> {
    let Some(line) = line else { return row.plain(",,,,,,") };
    let row = row.value(line.units).value(line.target_units);
    let row = match &line.action {
        Ok(order) => row.plain(order.side.as_str()).value(order.units).plain(order.cause.as_str()),
        Err(skip) => row.plain("none").value(Quantity::ZERO).plain(skip.reason.as_str()),
    };
    let undone = line.undone.as_ref();
    row.optional(undone.map(|undone| undone.units)).plain(undone.map_or("", |undone| undone.reason.as_str()))
}
