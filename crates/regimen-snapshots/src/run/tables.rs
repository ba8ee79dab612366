//! The tables of a run: which rows a step adds to each.

use std::collections::HashMap;

use regimen::{Action, Basis, Crossing, GivenVerdict, Rebalance};
use regimen_analytics::{Attribution, Term};
use regimen_planning::PlanLine;
use regimen_replay::Step;
use regimen_types::{
    ActionEffect, ActionKind, AssetId, Cause, Exact, Figure, MarketCap, Money, Price, PriceJump, Ratio,
    Rounding, TextHash, Weight,
};
use regimen_weighting::{AssetVerdict, Verdict};
use rust_decimal::Decimal;

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

pub(crate) fn write_yields(text: &mut Vec<u8>, step: &Step<'_>) {
    for accrual in &step.accruals {
        RowText::new(text)
            .value(step.window.as_of())
            .value(accrual.from)
            .optional(accrual.asset.as_ref())
            .number(accrual.held.decimal())
            .number(accrual.annual_rate.decimal())
            .number(accrual.accrued.decimal())
            .number(accrual.booked.decimal())
            .end();
    }
}

/// The columns up to the terms, whose names follow in the order of [`Term::ALL`].
pub(crate) const ATTRIBUTION_COLUMNS: &str = "as_of,decided_at,nav,benchmark,difference,benchmark_units,followed_units,\
fee,slippage,spread,impact,gas,platform_fee,management_fee,lag,bands_and_filters,lots_and_rounding,cash_and_sleeve,\
stale_and_write_offs,yield,interest,flows,compounding,rounding";

pub(crate) fn write_attribution(text: &mut Vec<u8>, attribution: &Attribution) {
    let row = RowText::new(text)
        .value(attribution.as_of)
        .optional(attribution.decided_at)
        .number(attribution.nav.decimal())
        .number(attribution.benchmark.decimal())
        .number(attribution.difference.decimal())
        .number(attribution.benchmark_units.decimal())
        .number(attribution.followed_units.decimal());
    Term::ALL.into_iter().fold(row, |row, term| row.number(attribution.terms.of(term).decimal())).end();
}

pub(crate) fn write_suspect(text: &mut Vec<u8>, jump: &PriceJump) {
    RowText::new(text)
        .value(jump.after.as_of)
        .asset(&jump.asset)
        .number(jump.after.value.decimal())
        .number(jump.before.value.decimal())
        .value(jump.before.as_of)
        .optional(jump.redenomination.map(|_| ActionKind::Redenomination))
        .optional(jump.redenomination)
        .end();
}

pub(crate) fn write_nav(text: &mut Vec<u8>, step: &Step<'_>) {
    RowText::new(text)
        .value(step.window.as_of())
        .number(step.nav.total.decimal())
        .number(step.nav.cash.decimal())
        .number(step.nav.invested.decimal())
        .plain(step.decision.index.regime.state.regime.as_str())
        .number(step.decision.index.level.decimal())
        .end();
}

pub(crate) fn write_index(text: &mut Vec<u8>, step: &Step<'_>) {
    RowText::new(text)
        .value(step.window.as_of())
        .number(step.decision.index.level.decimal())
        .number(step.decision.index.divisor.decimal())
        .value(step.decision.index.asset_count)
        .end();
}

pub(crate) fn write_transactions(text: &mut Vec<u8>, step: &Step<'_>) {
    let mut line = String::new();
    for transaction in &step.transactions {
        line.clear();
        transaction.write_line(&mut line);
        line.push('\n');
        text.extend_from_slice(line.as_bytes());
    }
}

/// Writes one row per position. The value is rounded for reading; NAV sums exact values.
pub(crate) fn write_holdings(
    text: &mut Vec<u8>,
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
            .number(units.decimal())
            .number(last.value.decimal())
            .plain(price_instant.of(last.as_of))
            .number(value.decimal())
            .optional_number(weight.ok())
            .end();
    }
}

pub(crate) fn write_orders(text: &mut Vec<u8>, step: &Step<'_>) {
    let [mut decided, mut closed, mut priced] = std::array::from_fn(|_| InstantText::default());
    for result in &step.order_results {
        let order = &result.order;
        let changed = result.asset != order.asset || result.units != order.units;
        RowText::new(text)
            .plain(decided.of(result.decided_at))
            .plain(closed.of(step.window.as_of()))
            .plain(order.cause.as_str())
            .asset(&order.asset)
            .plain(order.side.as_str())
            .number(order.units.decimal())
            .number(result.filled.decimal())
            .number(order.decision_price.decimal())
            .plain(priced.of(order.decision_price_as_of))
            .plain(result.shortfall.map_or("", regimen_planning::ShortfallReason::as_str))
            .optional(changed.then_some(&result.asset))
            .optional_number(changed.then_some(result.units.decimal()))
            .end();
    }
}

/// Writes one row per corporate action that comes into force.
pub(crate) fn write_actions(text: &mut Vec<u8>, step: &Step<'_>) {
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
pub(crate) fn write_decisions(text: &mut Vec<u8>, step: &Step<'_>) {
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
    text: &'a mut Vec<u8>,
    /// The first columns, the same for all rows.
    head: String,
    /// What the plan does with each asset that has no row yet.
    lines: HashMap<&'a AssetId, &'a PlanLine, TextHash>,
    crossings: &'a [Crossing],
}

impl<'a> DecisionTable<'a> {
    fn new(
        text: &'a mut Vec<u8>,
        step: &Step<'_>,
        cause: Cause,
        planned: Option<&'a Rebalance>,
        crossings: &'a [Crossing],
    ) -> Self {
        let regime = step.decision.index.regime.state.regime;
        let head = format!("{},{cause},{regime}", step.window.as_of());
        let lines = planned.iter().flat_map(|rebalance| &rebalance.plan.lines);
        let lines = lines.map(|line| (&line.asset, line)).collect();
        Self { text, head, lines, crossings }
    }

    fn constituent(&mut self, verdict: &AssetVerdict) {
        let standing = match &verdict.verdict {
            Verdict::Selected => Standing::Selected,
            Verdict::Reserve => Standing::Reserve,
            Verdict::BelowCount => Standing::BelowCount,
            Verdict::GroupFull => Standing::GroupFull,
            Verdict::BelowThreshold => Standing::BelowThreshold,
            Verdict::Excluded(_) => Standing::Excluded,
        };
        let line = self.lines.remove(&verdict.asset);
        let row = RowText::new(self.text)
            .plain(&self.head)
            .asset(&verdict.asset)
            .optional_number(verdict.rank.map(Decimal::from))
            .optional_number(verdict.rank_amount.map(Figure::decimal))
            .plain(standing.as_str())
            .quoted(&reason(verdict, self.crossings))
            .optional_number(verdict.price.map(Price::decimal))
            .optional_number(verdict.market_cap.map(MarketCap::decimal))
            .number(verdict.raw_weight.decimal())
            .number(verdict.weight.decimal());
        trade_columns(row, line).end();
    }

    fn given(&mut self, verdict: &GivenVerdict) {
        let line = self.lines.remove(&verdict.asset);
        let standing = if verdict.exclusion.is_some() { Standing::Excluded } else { Standing::Selected };
        let row = RowText::new(self.text)
            .plain(&self.head)
            .asset(&verdict.asset)
            .plain("")
            .plain("")
            .plain(standing.as_str())
            .plain(verdict.exclusion.map_or("", |exclusion| exclusion.as_str()))
            .optional_number(verdict.price.map(Price::decimal))
            .plain("")
            .number(verdict.given_weight.decimal())
            .number(verdict.weight.decimal());
        trade_columns(row, line).end();
    }

    /// Writes the assets of an index that is followed at its present weights, without a rebalance of its own.
    fn followed(&mut self) {
        for line in self.lines_by_asset().into_iter().filter(|line| !line.target_weight.is_zero()) {
            self.lines.remove(&line.asset);
            let row = RowText::new(self.text)
                .plain(&self.head)
                .asset(&line.asset)
                .plain("")
                .plain("")
                .plain(Standing::Followed.as_str())
                .plain("")
                .plain("")
                .plain("")
                .number(line.target_weight.decimal())
                .number(line.target_weight.decimal());
            trade_columns(row, Some(line)).end();
        }
    }

    /// Writes the held assets that have no verdict: they are not in the snapshot, or not in the sleeve.
    fn held_elsewhere(&mut self) {
        for line in self.lines_by_asset() {
            let row = RowText::new(self.text)
                .plain(&self.head)
                .asset(&line.asset)
                .plain("")
                .plain("")
                .plain(Standing::Held.as_str())
                .plain("not in the target")
                .plain("")
                .plain("")
                .plain("0")
                .number(line.target_weight.decimal());
            trade_columns(row, Some(line)).end();
        }
    }

    /// Returns the lines of assets without a row in the order of identifiers.
    fn lines_by_asset(&self) -> Vec<&'a PlanLine> {
        let mut lines: Vec<_> = self.lines.values().copied().collect();
        lines.sort_unstable_by(|left, right| left.asset.cmp(&right.asset));
        lines
    }

    /// Writes the weight of cash, so that the weights of an instant sum to 1 and no rebalance leaves no row.
    fn cash(&mut self, weight: Weight) {
        if weight.is_zero() {
            return;
        }
        let row = RowText::new(self.text).plain(&self.head).plain("").plain("").plain("");
        let row = row.plain(Standing::Cash.as_str()).plain("").plain("").plain("").plain("");
        trade_columns(row.number(weight.decimal()), None).end();
    }
}

/// Returns why an asset stands as it does, where the standing does not say it, and which thresholds it crossed.
fn reason(verdict: &AssetVerdict, crossings: &[Crossing]) -> String {
    let own = match &verdict.verdict {
        Verdict::Selected => verdict.relaxation.as_ref().map(ToString::to_string),
        Verdict::Excluded(exclusion) => Some(exclusion.to_string()),
        _ => None,
    };
    let crossed = crossings.iter().filter(|crossing| crossing.asset == verdict.asset);
    let reasons = own.into_iter().chain(crossed.map(ToString::to_string));
    reasons.filter(|reason| !reason.is_empty()).collect::<Vec<_>>().join("; ")
}

fn trade_columns<'a>(row: RowText<'a>, line: Option<&PlanLine>) -> RowText<'a> {
    let Some(line) = line else { return row.plain(",,,,,,") };
    let row = row.number(line.units.decimal()).number(line.target_units.decimal());
    let row = match &line.action {
        Ok(order) => row.plain(order.side.as_str()).number(order.units.decimal()).plain(order.cause.as_str()),
        Err(skip) => row.plain("none").plain("0").plain(skip.reason.as_str()),
    };
    let undone = line.undone.as_ref();
    row.optional_number(undone.map(|undone| undone.units.decimal()))
        .plain(undone.map_or("", |undone| undone.reason.as_str()))
}
