//! Decisions: at each rebalance weights sum to 1, ranks are complete, and trades lead from units to target.

use std::collections::{HashMap, HashSet};

use regimen::IndexDefinition;
use regimen::definition::Weighting;
use regimen_ledger::HoldingsCursor;
use regimen_planning::SkipReason;
use regimen_types::{
    AsOf, AssetId, Cause, Exact, Figure, Holdings, MarketCap, Price, Quantity, Regime, Side,
};
use regimen_weighting::Purpose;
use rust_decimal::Decimal;

use super::actions::Actions;
use super::faults::{Faults, place};
use super::holds::Decided;
use super::log::Log;
use super::selecting::Selecting;
use super::snapshots::{Snapshots, out_of_order};
use super::supplies::SupplyTable;
use super::weighing;
use crate::codes::{DECISION, POSITION, REGIME, ROWS, SUPPLY};
use crate::table::{RunTable, Table};
use crate::tables::{DecisionRow, DecisionVerdict, ReasonCode, TradeLine};

/// What the decision log holds.
#[derive(Default)]
pub(super) struct Decisions {
    pub(super) rows: u64,
    pub(super) rebalances: u64,
    pub(super) orders: PlannedOrders,
    pub(super) instants: Decided,
}

/// The orders that decisions placed.
#[derive(Default)]
pub(super) struct PlannedOrders {
    pub(super) by_asset: HashMap<(AsOf, AssetId), PlannedOrder>,
    /// The last decision, whose orders may wait when the run ends.
    pub(super) last_decided_at: Option<AsOf>,
}

/// An order in the decision log.
pub(super) struct PlannedOrder {
    pub(super) line: u64,
    pub(super) cause: Cause,
    pub(super) side: Side,
    pub(super) units: Quantity,
    /// The price in the snapshot of the decision, if there was one.
    pub(super) price: Option<Price>,
}

/// What decisions are derived from again.
#[derive(Clone, Copy)]
pub(super) struct DecisionSources<'a> {
    /// The methodology of the manifest.
    pub(super) definition: Option<&'a IndexDefinition>,
    /// The supplies that made amounts, if they were held constant.
    pub(super) supplies: Option<&'a SupplyTable>,
}

/// Checks the table and returns what it holds.
pub(super) fn check(
    bytes: &[u8],
    snapshots: &Snapshots,
    log: &Log,
    actions: &Actions,
    sources: DecisionSources<'_>,
) -> (Decisions, Faults) {
    let mut check = DecisionCheck {
        snapshots,
        log,
        actions,
        definition: sources.definition,
        supplies: sources.supplies,
        selecting: Selecting::by(sources.definition),
        holdings: log.holdings_over_time(),
        decisions: Decisions::default(),
        faults: Faults::of_a_part(),
    };
    let mut rebalance = Rebalance::default();
    let mut after_fault = false;
    for row in Table::<DecisionRow>::new(bytes) {
        match row {
            Ok(row) => {
                if rebalance.rows.last().is_some_and(|last| last.as_of != row.as_of) {
                    check.rebalance(std::mem::take(&mut rebalance));
                    rebalance.unreadable = after_fault;
                }
                after_fault = false;
                rebalance.rows.push(row);
            }
            Err(fault) => {
                // The row may belong to this instant or to the next.
                (rebalance.unreadable, after_fault) = (true, true);
                check.faults.add(fault);
            }
        }
    }
    check.rebalance(rebalance);
    check.index_rebalances();
    (check.decisions, check.faults)
}

struct DecisionCheck<'a> {
    snapshots: &'a Snapshots,
    log: &'a Log,
    actions: &'a Actions,
    /// The methodology of the manifest.
    definition: Option<&'a IndexDefinition>,
    supplies: Option<&'a SupplyTable>,
    selecting: Selecting,
    holdings: HoldingsCursor<'a>,
    decisions: Decisions,
    faults: Faults,
}

/// The rows of one instant.
#[derive(Default)]
struct Rebalance {
    rows: Vec<DecisionRow>,
    /// True if a row could not be read, so that sums cannot be compared.
    unreadable: bool,
}

impl DecisionCheck<'_> {
    fn rebalance(&mut self, rebalance: Rebalance) {
        let Some(first) = rebalance.rows.first() else { return };
        self.check_instant(first);
        let held = self.holdings.advance_to(first.as_of).clone();
        // Where the index is rebalanced and the portfolio does not follow, nothing is planned.
        let is_planned = rebalance.rows.iter().any(|row| row.trade.is_some());
        let mut seen = HashSet::with_capacity(rebalance.rows.len());
        for row in &rebalance.rows {
            let at = |column| place(row, column);
            self.faults.expect(
                at("cause"),
                DECISION,
                &row.cause,
                &first.cause,
                "as in the first row of the instant",
            );
            self.faults.expect(
                at("regime"),
                REGIME,
                &row.regime,
                &first.regime,
                "as in the first row of the instant",
            );
            if !seen.insert(&row.asset) {
                self.faults.add(at("asset").fault(ROWS, "the asset has two rows at one instant"));
            }
            self.check_verdict(row, is_planned);
            if let (Some(asset), Some(trade)) = (&row.asset, &row.trade) {
                self.check_trade(row, asset, trade, &held);
            }
        }
        if !rebalance.unreadable {
            self.check_ranks(&rebalance.rows);
            self.check_crossings(&rebalance.rows);
            self.selecting.check(&rebalance.rows, self.actions, &mut self.faults);
            self.check_weights(&rebalance.rows);
        }
        if is_planned {
            self.decisions.instants.planned.insert(first.as_of);
        }
        self.decisions.rows += rebalance.rows.len() as u64;
        self.decisions.rebalances += 1;
        self.note_orders(rebalance.rows);
    }

    fn check_instant(&mut self, first: &DecisionRow) {
        if self.decisions.orders.last_decided_at.is_some_and(|last| first.as_of <= last) {
            self.faults.add(out_of_order(DecisionRow::FILE, first.line, first.as_of));
        }
        match self.snapshots.at(first.as_of) {
            Some(nav) => {
                self.faults.expect(place(first, "regime"), REGIME, &first.regime, &nav.regime, "by nav.csv")
            }
            None => {
                self.faults.add(place(first, "as_of").fault(ROWS, "nav.csv has no snapshot at this instant"))
            }
        }
        self.decisions.orders.last_decided_at = Some(first.as_of);
        self.decisions.instants.any.insert(first.as_of);
    }

    /// Checks the columns that depend on the verdict.
    fn check_verdict(&mut self, row: &DecisionRow, is_planned: bool) {
        let in_target = matches!(
            row.verdict,
            DecisionVerdict::Selected | DecisionVerdict::Followed | DecisionVerdict::Cash
        );
        let rules = [
            (
                "asset",
                row.asset.is_none() == (row.verdict == DecisionVerdict::Cash),
                "only the row of cash names no asset",
            ),
            ("rank", row.rank.is_none() || row.verdict.is_eligible(), "only eligible assets have a rank"),
            (
                "rank_amount",
                row.rank.is_some() == row.rank_amount.is_some_and(|amount| amount > Figure::ZERO),
                "ranked assets alone have an amount, above zero",
            ),
            ("reason_code", self.has_its_reason(row), "the reason is not one of this verdict"),
            (
                "crossed",
                row.crossed.is_empty() || row.cause == Cause::ThresholdCross,
                "a cross of a threshold is not the cause",
            ),
            (
                "price",
                row.price.is_some() || row.verdict != DecisionVerdict::Selected || self.selected_earlier(row),
                "an asset that is selected now has a price",
            ),
            ("market_cap", row.market_cap.is_some() || row.rank.is_none(), "a ranked asset has a market cap"),
            ("weight", row.weight.is_zero() || in_target, "an asset that is not selected has no weight"),
            (
                "units",
                row.trade.is_some()
                    || !is_planned
                    || !in_target
                    || row.asset.is_none()
                    || row.weight.is_zero(),
                "a weighted asset has target units",
            ),
        ];
        for (column, holds, rule) in rules {
            if !holds {
                self.faults.add(place(row, column).fault(DECISION, rule));
            }
        }
    }

    /// Returns true if a row has a reason where its verdict needs one, and of a kind that fits it.
    fn has_its_reason(&self, row: &DecisionRow) -> bool {
        let code = row.reason.as_ref().map(|reason| reason.code);
        match row.verdict {
            DecisionVerdict::Excluded => {
                matches!(code, Some(ReasonCode::Excluded(_) | ReasonCode::LeftOut(_)))
            }
            DecisionVerdict::Held => code == Some(ReasonCode::NotInTarget),
            DecisionVerdict::Selected => match code {
                Some(ReasonCode::LimitsRelaxed) => self.definition.is_none_or(has_limits),
                other => other.is_none(),
            },
            _ => code.is_none(),
        }
    }

    /// Checks that units plus or minus the trade give the target, and that the units are those of the log.
    fn check_trade(&mut self, row: &DecisionRow, asset: &AssetId, trade: &TradeLine, held: &Holdings) {
        let at = |column| place(row, column);
        let undone = trade.undone.as_ref().map_or(Quantity::ZERO, |undone| undone.units);
        let wanted = trade.trade_units.plus(undone).ok();
        let target = wanted.and_then(|wanted| match trade.side {
            Some(Side::Buy) => trade.units.plus(wanted).ok(),
            Some(Side::Sell) => trade.units.minus(wanted).ok(),
            None if trade.reason == SkipReason::NotTradable.as_str() => Some(trade.units),
            // The reason explains the distance to the target.
            None => Some(trade.target_units),
        });
        if target != Some(trade.target_units) || trade.side.is_some() == trade.trade_units.is_zero() {
            let message = "units and trade do not lead to the target";
            self.faults
                .add(at("target_units").fault(DECISION, message).quoting(&trade.target_units.to_string()));
        }
        if trade.side.is_some() && trade.reason != row.cause.as_str() {
            let message = "an order has the cause of its decision";
            self.faults.add(at("trade_reason").fault(DECISION, message).quoting(trade.reason));
        }
        // An asset that moves at this very instant may do so before or after the decision.
        let moves = self.log.at(row.as_of).iter().any(|each| each.asset.as_ref() == Some(asset));
        if self.log.covers(row.as_of) && !moves {
            let units = held.units(asset);
            self.faults.expect(at("units"), POSITION, &trade.units, &units, "by the transaction log");
        }
    }

    fn check_ranks(&mut self, rows: &[DecisionRow]) {
        let mut below = false;
        let mut last: Option<&DecisionRow> = None;
        for (expected, row) in (1_u32..).zip(rows.iter().filter(|row| row.rank.is_some())) {
            self.faults.expect(
                place(row, "rank"),
                DECISION,
                &row.rank.unwrap_or_default(),
                &expected,
                "ranks have no gap",
            );
            if last.is_some_and(|last| last.rank_amount < row.rank_amount) {
                self.faults
                    .add(place(row, "rank_amount").fault(DECISION, "the asset ranks below a smaller one"));
            }
            self.check_rank_amount(row);
            below |= matches!(row.verdict, DecisionVerdict::BelowCount | DecisionVerdict::Reserve);
            if below && self.selects_by_rank_alone() && row.verdict == DecisionVerdict::Selected {
                self.faults.add(
                    place(row, "verdict").fault(DECISION, "the asset is selected below one that is not"),
                );
            }
            last = Some(row);
        }
    }

    /// Checks that the amount that ranks is the market cap, or the price times the supply in force.
    fn check_rank_amount(&mut self, row: &DecisionRow) {
        let definition = self.definition.filter(|definition| weighing::ranks_by_supply(definition));
        let (Some(definition), Some(amount), Some(asset)) = (definition, row.rank_amount, &row.asset) else {
            return;
        };
        let at = place(row, "rank_amount");
        if definition.schedule.supply.is_some() {
            let supply = self.supplies.and_then(|supplies| supplies.of(row.as_of, asset));
            match supply.and_then(|row| row.market_cap(Purpose::Ranking)) {
                Some(cap) => self.faults.expect(at, SUPPLY, &amount, &cap, "the price times the supply"),
                None => self.faults.add(at.fault(SUPPLY, "supplies.csv has no supply that makes the amount")),
            }
            let supply = supply.filter(|supply| supply.reference == row.as_of);
            if let (Some(supply), Some(price)) = (supply, row.price) {
                self.faults.expect(place(row, "price"), SUPPLY, &price, &supply.price, "by supplies.csv");
            }
        } else if ranks_by_reported_cap(definition) {
            let market_cap = row.market_cap.map_or(Decimal::ZERO, MarketCap::decimal);
            if amount.decimal() != market_cap {
                self.faults.add(at.fault(DECISION, "the amount that ranks is the market cap"));
            }
        }
    }

    fn check_weights(&mut self, rows: &[DecisionRow]) {
        let sum = rows.iter().try_fold(Exact::ZERO, |sum, row| sum.plus(Exact::from(row.weight.decimal())));
        let Some(last) = rows.last() else { return };
        let one = Exact::from(Decimal::ONE);
        if !sum.and_then(|sum| sum.compare(one)).is_ok_and(std::cmp::Ordering::is_eq) {
            let message = format!("the weights of {} do not sum to 1", last.as_of);
            self.faults.add(place(last, "weight").fault(DECISION, message));
        }
        let Some(definition) = self.definition else { return };
        // A rebalance of the weights alone ranks nothing; the sleeve and a file have weights that are given.
        let by_rule = !matches!(definition.weighting, Weighting::File { .. });
        let weighed = |row: &&DecisionRow| {
            let alone = row.cause == Cause::Rebalance && row.regime == Regime::Bullish;
            row.rank.is_some() || (by_rule && alone)
        };
        let selected = rows.iter().filter(|row| row.verdict == DecisionVerdict::Selected);
        let constituents: Vec<&DecisionRow> = selected.filter(weighed).collect();
        weighing::check(&constituents, definition, self.supplies, &mut self.faults);
    }

    /// Returns true if the methodology selects the first in rank and no others.
    fn selects_by_rank_alone(&self) -> bool {
        let selection = self.definition.and_then(|definition| definition.selection.as_ref());
        selection.is_some_and(|selection| selection.buffer.is_none() && selection.group_max.is_none())
    }

    /// Checks that an asset crossed a threshold where that is the cause.
    fn check_crossings(&mut self, rows: &[DecisionRow]) {
        let Some(first) = rows.first().filter(|row| row.cause == Cause::ThresholdCross) else { return };
        if rows.iter().all(|row| row.crossed.is_empty()) {
            let message = "the cause is a cross of a threshold, but no asset crossed one";
            self.faults.add(place(first, "cause").fault(DECISION, message));
        }
    }

    /// Returns true if a row's basket may have been selected at an earlier snapshot, at which its assets had
    /// their prices.
    fn selected_earlier(&self, row: &DecisionRow) -> bool {
        row.cause == Cause::Deletion
            || self.definition.is_some_and(|definition| definition.schedule.may_take_effect_later())
    }

    fn note_orders(&mut self, rows: Vec<DecisionRow>) {
        for row in rows {
            let DecisionRow { line, as_of, cause, price, asset: Some(asset), trade: Some(trade), .. } = row
            else {
                continue;
            };
            if let Some(side) = trade.side {
                let order = PlannedOrder { line, cause, side, units: trade.trade_units, price };
                self.decisions.orders.by_asset.insert((as_of, asset), order);
            }
        }
    }

    /// Checks that the index changes at instants with a decision only.
    fn index_rebalances(&mut self) {
        let acts = |as_of| self.actions.at(as_of).next().is_some();
        // What constituents distribute moves the divisor, and stands in no table.
        let distributes = self.definition.is_some_and(|definition| definition.index.distributions.is_some());
        if distributes {
            return;
        }
        for row in self
            .snapshots
            .index_rebalances(acts)
            .filter(|row| !self.decisions.instants.any.contains(&row.as_of))
        {
            let place = place(row, "divisor");
            let fault = place.fault(REGIME, "the index changed at an instant without a decision");
            self.faults.add(fault.quoting(&row.divisor.to_string()));
        }
    }
}

/// Returns true if the methodology ranks by the market cap of the snapshot.
fn ranks_by_reported_cap(definition: &IndexDefinition) -> bool {
    definition.selection.as_ref().is_some_and(|selection| selection.rank_by.is_none())
}

fn has_limits(definition: &IndexDefinition) -> bool {
    definition.limits.is_some()
}
