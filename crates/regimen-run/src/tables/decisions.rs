//! `decisions.csv`: why, at each rebalance.

use std::collections::HashMap;

use regimen::{Action, Basis, Crossing, GivenVerdict, Rebalance};
use regimen_planning::{PlanLine, SkipReason};
use regimen_replay::Step;
use regimen_types::{
    AsOf, AssetId, Cause, Figure, MarketCap, Price, Quantity, Regime, Side, TextHash, Weight,
};
use regimen_weighting::{AssetVerdict, Verdict};
use rust_decimal::Decimal;
use serde::Serialize;

use super::reason::{ReasonCode, VerdictReason};
use super::verdict::DecisionVerdict;
use crate::codes::{Fault, TABLE_SHAPE};
use crate::row_text::RowText;
use crate::table::{Cells, Column, RunTable, StepRecord, TableRow, column};

/// An asset in a decision, or the cash that the target leaves.
pub(crate) struct DecisionRow {
    pub(crate) line: u64,
    pub(crate) as_of: AsOf,
    pub(crate) cause: Cause,
    pub(crate) regime: Regime,
    /// `None` for the row of cash.
    pub(crate) asset: Option<AssetId>,
    pub(crate) rank: Option<u32>,
    pub(crate) rank_amount: Option<Figure>,
    pub(crate) verdict: DecisionVerdict,
    /// Why, where the verdict does not say it.
    pub(crate) reason: Option<VerdictReason>,
    /// The thresholds that the asset crossed, in words; empty unless a cross is the cause.
    pub(crate) crossed: String,
    pub(crate) price: Option<Price>,
    pub(crate) market_cap: Option<MarketCap>,
    pub(crate) raw_weight: Option<Weight>,
    pub(crate) weight: Weight,
    pub(crate) trade: Option<TradeLine>,
}

/// What a decision does with a held or targeted asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TradeLine {
    /// The units held at the decision.
    pub units: Quantity,
    /// The units that the target asks for.
    pub target_units: Quantity,
    /// The side of the order; `None` without an order.
    pub side: Option<Side>,
    /// The units of the order.
    pub trade_units: Quantity,
    /// The cause of the order, or the reason for placing none.
    pub reason: &'static str,
    /// What the order leaves undone of the way to the target, and why.
    pub undone: Option<Undone>,
}

/// The part of a trade that is not ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Undone {
    /// The units.
    pub units: Quantity,
    /// Why they are not ordered.
    pub reason: &'static str,
}

impl RunTable for DecisionRow {
    const FILE: &'static str = "decisions.csv";
    const ONE_ROW_PER: &'static str = "asset at each rebalance";
    const COLUMNS: &'static [Column] = &[
        column("as_of", "the snapshot of the decision"),
        column(
            "cause",
            "`inception`, `schedule`, `threshold_cross`, `rebalance`, `deletion`, `regime_switch` or \
             `off_peg`",
        ),
        column("regime", "the regime in force"),
        column("asset", "the asset; empty in the row of the cash"),
        column(
            "rank",
            "the place among the eligible, from 1, by `rank_amount`; empty for the others, and for \
             given weights",
        ),
        column(
            "rank_amount",
            "the amount that ranks: the market cap, or what `selection.rank_by` says; empty without a \
             rank",
        ),
        column(
            "verdict",
            "`selected`; `reserve`: next in line; `below_count`: eligible, but not among the first; \
             `group_full`: its group has all the constituents that it may have; `below_threshold`: its \
             amount is too low to enter, or to stay; `excluded`; `followed`: in the index, which the \
             portfolio follows at its present weights without a rebalance of the index; `held`: held \
             and not in the target; `cash`",
        ),
        column(
            "reason_code",
            "why an asset is excluded or only held, or, for a constituent, that the limits on weights were \
             relaxed, as a code: see below; empty where the verdict says enough",
        ),
        column(
            "reason_bound",
            "the bound that the asset's figure does not keep: snapshots, days or periods, or an amount in \
             the unit of the figure; empty if the reason has none",
        ),
        column("reason", "the reason in words, with the asset's own figures"),
        column("crossed", "where a cross of a threshold is the cause: the thresholds that the asset crossed"),
        column(
            "price",
            "the snapshot's price; empty if unknown, and for `held`. An asset that is selected now has \
             one; after a deletion, or in a basket that was announced earlier, one may lack it",
        ),
        column("market_cap", "the snapshot's market cap; empty if unknown, and for given weights"),
        column(
            "raw_weight",
            "the weight by the weighting rule, before caps and floors; or the weight given, before \
             anything is done to it",
        ),
        column("weight", "the weight in the target, at most 18 decimal places unless it is given"),
        column("units", "the units held at the decision"),
        column("target_units", "the units that the target asks for"),
        column("action", "`buy`, `sell` or `none`"),
        column("trade_units", "the units ordered"),
        column("trade_reason", "the cause of the order; without one, why: see below"),
        column(
            "undone_units",
            "what the order leaves of the way from `units` to `target_units`; empty if nothing",
        ),
        column("undone_reason", "why"),
    ];

    /// Writes one row per asset of the universe and per held asset, and one for the cash that the target
    /// leaves, if the step rebalances the index or the portfolio.
    fn write_step(text: &mut Vec<u8>, record: &StepRecord<'_>) {
        let step = record.step;
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
            Some(Basis::Constituents(verdicts)) => {
                verdicts.iter().for_each(|verdict| table.constituent(verdict))
            }
            Some(Basis::Given { verdicts, .. }) => verdicts.iter().for_each(|verdict| table.given(verdict)),
            None => table.followed(),
        }
        table.held_elsewhere();
        table.cash(target.cash_weight());
    }
}

impl TableRow<'_> for DecisionRow {
    fn line(&self) -> u64 {
        self.line
    }

    fn read(cells: &mut Cells<'_, '_>) -> Result<Self, Fault> {
        Ok(Self {
            line: cells.line(),
            as_of: cells.instant()?,
            cause: cells.named(Cause::from_name)?,
            regime: cells.named(Regime::from_name)?,
            asset: cells.optional()?,
            rank: cells.optional()?,
            rank_amount: cells.optional()?,
            verdict: cells
                .named(|name| DecisionVerdict::ALL.into_iter().find(|each| each.as_str() == name))?,
            reason: reason(cells)?,
            crossed: cells.quoted_text()?,
            price: cells.optional()?,
            market_cap: cells.optional()?,
            raw_weight: cells.optional()?,
            weight: cells.value()?,
            trade: trade_line(cells)?,
        })
    }
}

fn reason(cells: &mut Cells<'_, '_>) -> Result<Option<VerdictReason>, Fault> {
    let code = cells.optional_name(ReasonCode::from_name)?;
    let bound = cells.optional::<Figure>()?;
    let words = cells.quoted_text()?;
    match code {
        Some(code) if !words.is_empty() => Ok(Some(VerdictReason { code, bound, words })),
        None if words.is_empty() && bound.is_none() => Ok(None),
        _ => Err(cells.fault(TABLE_SHAPE, "a reason stands in words where, and only where, it has a code")),
    }
}

fn trade_line(cells: &mut Cells<'_, '_>) -> Result<Option<TradeLine>, Fault> {
    let (units, target_units) = (cells.optional()?, cells.optional()?);
    let side = cells.optional_name(|name| match name {
        "none" => Some(None),
        name => Side::from_name(name).map(Some),
    })?;
    let trade_units = cells.optional()?;
    let reason = cells.optional_name(|name| match side {
        Some(None) => skip_reason(name),
        _ => Cause::from_name(name).map(Cause::as_str),
    })?;
    let (undone_units, undone_reason) = (cells.optional()?, cells.optional_name(skip_reason)?);
    let undone = match (undone_units, undone_reason) {
        (Some(units), Some(reason)) => Some(Undone { units, reason }),
        (None, None) => None,
        _ => return Err(cells.fault(TABLE_SHAPE, "undone units and their reason go together")),
    };
    match (units, target_units, side, trade_units, reason) {
        (Some(units), Some(target_units), Some(side), Some(trade_units), Some(reason)) => {
            Ok(Some(TradeLine { units, target_units, side, trade_units, reason, undone }))
        }
        (None, None, None, None, None) => Ok(None),
        _ => Err(cells.fault(TABLE_SHAPE, "the columns from units to trade_reason go together")),
    }
}

fn skip_reason(name: &str) -> Option<&'static str> {
    SkipReason::from_name(name).map(SkipReason::as_str)
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
        let given_verdict = match &verdict.verdict {
            Verdict::Selected => DecisionVerdict::Selected,
            Verdict::Reserve => DecisionVerdict::Reserve,
            Verdict::BelowCount => DecisionVerdict::BelowCount,
            Verdict::GroupFull => DecisionVerdict::GroupFull,
            Verdict::BelowThreshold => DecisionVerdict::BelowThreshold,
            Verdict::Excluded(_) => DecisionVerdict::Excluded,
        };
        let line = self.lines.remove(&verdict.asset);
        let row = RowText::new(self.text)
            .plain(&self.head)
            .asset(&verdict.asset)
            .optional_number(verdict.rank.map(Decimal::from))
            .optional_number(verdict.rank_amount.map(Figure::decimal))
            .plain(given_verdict.as_str())
            .reason(VerdictReason::of(verdict).as_ref())
            .quoted(&crossed(&verdict.asset, self.crossings))
            .optional_number(verdict.price.map(Price::decimal))
            .optional_number(verdict.market_cap.map(MarketCap::decimal))
            .number(verdict.raw_weight.decimal())
            .number(verdict.weight.decimal());
        trade_columns(row, line).end();
    }

    fn given(&mut self, verdict: &GivenVerdict) {
        let line = self.lines.remove(&verdict.asset);
        let left_out = verdict.exclusion.map(|exclusion| VerdictReason {
            code: ReasonCode::of_given(exclusion),
            bound: None,
            words: exclusion.words().to_owned(),
        });
        let given_verdict =
            if left_out.is_some() { DecisionVerdict::Excluded } else { DecisionVerdict::Selected };
        let row = RowText::new(self.text)
            .plain(&self.head)
            .asset(&verdict.asset)
            .plain("")
            .plain("")
            .plain(given_verdict.as_str())
            .reason(left_out.as_ref())
            .plain("")
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
                .plain(DecisionVerdict::Followed.as_str())
                .reason(None)
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
        let held = VerdictReason {
            code: ReasonCode::NotInTarget,
            bound: None,
            words: "not in the target".to_owned(),
        };
        for line in self.lines_by_asset() {
            let row = RowText::new(self.text)
                .plain(&self.head)
                .asset(&line.asset)
                .plain("")
                .plain("")
                .plain(DecisionVerdict::Held.as_str())
                .reason(Some(&held))
                .plain("")
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
        let row = row.plain(DecisionVerdict::Cash.as_str()).reason(None);
        let row = row.plain("").plain("").plain("").plain("");
        trade_columns(row.number(weight.decimal()), None).end();
    }
}

/// Returns the thresholds that an asset crossed, in words.
fn crossed(asset: &AssetId, crossings: &[Crossing]) -> String {
    let own = crossings.iter().filter(|crossing| crossing.asset == *asset);
    own.map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl RowText<'_> {
    /// Appends a reason: its code, its bound and its words.
    fn reason(self, reason: Option<&VerdictReason>) -> Self {
        let Some(VerdictReason { code, bound, words }) = reason else { return self.plain(",,") };
        self.plain(code.as_str()).optional_number(bound.map(Figure::decimal)).quoted(words)
    }
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
