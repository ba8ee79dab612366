//! One asset's part in a decision, and how it came into the target or left it.

use regimen_ledger::Transaction;
use regimen_types::{AsOf, AssetId, Cause, MarketCap, Money, Price, Quantity, Side, TradeCosts, Weight};
use serde::Serialize;

use super::decision_log::DecisionLog;
use crate::tables::{DecisionRow, DecisionVerdict, OrderRow, ReasonCode, TradeLine};

/// An asset at a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetExplanation {
    /// The asset.
    pub asset: AssetId,
    /// The units held after the snapshot.
    pub units: Quantity,
    /// The transaction that last moved its units, up to the snapshot.
    pub last_transaction: Option<AssetTransaction>,
    /// Its row in the decision; `None` if the decision has none, because the asset was neither in the
    /// snapshot nor held, or is not in the sleeve.
    pub verdict: Option<AssetVerdictRow>,
    /// The order that the decision placed.
    pub order: Option<AssetOrder>,
    /// When it last came into the target or left it, up to the snapshot; `None` if it was never in it.
    pub last_change: Option<TargetChange>,
}

/// An asset's row in a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetVerdictRow {
    /// Its verdict.
    #[serde(rename = "standing")]
    pub verdict: DecisionVerdict,
    /// Why it is not selected, as a code; `None` if it is, or if its rank says enough.
    pub reason_code: Option<ReasonCode>,
    /// The same in words, and the thresholds that it crossed.
    pub reason: String,
    /// Its place by market cap among the eligible.
    pub rank: Option<u32>,
    /// The number of eligible assets.
    pub eligible: u64,
    /// Its price in the snapshot.
    pub price: Option<Price>,
    /// Its market cap in the snapshot.
    pub market_cap: Option<MarketCap>,
    /// Its share of the selected market caps, or its given weight.
    pub raw_weight: Option<Weight>,
    /// Its weight in the target.
    pub weight: Weight,
    /// What the plan does with it.
    pub trade: Option<TradeLine>,
}

/// An order and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetOrder {
    /// The side.
    pub side: Side,
    /// The units ordered.
    pub units: Quantity,
    /// When it was executed or replaced; `None` if it waits when the run ends.
    pub closed_at: Option<AsOf>,
    /// Why it was not executed in full.
    pub shortfall: Option<&'static str>,
    /// The trade; `None` if there was none.
    pub trade: Option<AssetTransaction>,
}

/// A booked transaction of an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetTransaction {
    /// Its number in the log.
    pub seq: u64,
    /// The snapshot.
    pub as_of: AsOf,
    /// What it does, as the log calls it.
    pub kind: &'static str,
    /// The units that moved.
    pub units: Quantity,
    /// The price.
    pub price: Option<Price>,
    /// Units times price, or what a write-off brought back.
    pub notional: Money,
    /// What it cost, kind by kind.
    pub costs: TradeCosts,
}

/// A decision that took an asset into the target or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TargetChange {
    /// The decision.
    pub as_of: AsOf,
    /// Its cause.
    pub cause: Cause,
    /// True if the asset came in, false if it left.
    pub came_in: bool,
    /// Its rank then.
    pub rank: Option<u32>,
}

pub(super) fn explain(
    asset: &AssetId,
    at: AsOf,
    decisions: &DecisionLog,
    orders: &[OrderRow],
    transactions: &[Transaction],
) -> AssetExplanation {
    let own = || transactions.iter().filter(|each| each.asset.as_ref() == Some(asset));
    let last = own().take_while(|each| each.as_of <= at).last();
    let row = decisions.path.last().and_then(|decision| decision.row.as_ref());
    AssetExplanation {
        asset: asset.clone(),
        units: last.map_or(Quantity::ZERO, |each| each.units_after),
        last_transaction: last.map(AssetTransaction::of),
        verdict: row.map(|row| AssetVerdictRow::of(row, &decisions.rows)),
        order: row.and_then(|row| {
            let placed = |order: &&OrderRow| order.decided_at == row.as_of && order.asset == *asset;
            AssetOrder::of(row, orders.iter().find(placed), own())
        }),
        last_change: last_change(decisions),
    }
}

fn last_change(decisions: &DecisionLog) -> Option<TargetChange> {
    let mut was_in_target = false;
    let mut last_change = None;
    for decision in &decisions.path {
        let came_in = decision.is_in_target();
        if came_in != was_in_target {
            let rank = decision.row.as_ref().and_then(|row| row.rank);
            last_change = Some(TargetChange { as_of: decision.as_of, cause: decision.cause, came_in, rank });
        }
        was_in_target = came_in;
    }
    last_change
}

impl AssetVerdictRow {
    fn of(row: &DecisionRow, rows: &[DecisionRow]) -> Self {
        let words = row.reason.as_ref().map_or("", |reason| &reason.words);
        let in_words = [words, &row.crossed].into_iter().filter(|words| !words.is_empty());
        Self {
            verdict: row.verdict,
            reason_code: row.reason.as_ref().map(|reason| reason.code),
            reason: in_words.collect::<Vec<_>>().join("; "),
            rank: row.rank,
            eligible: rows.iter().filter(|row| row.rank.is_some()).count() as u64,
            price: row.price,
            market_cap: row.market_cap,
            raw_weight: row.raw_weight,
            weight: row.weight,
            trade: row.trade.clone(),
        }
    }
}

impl AssetOrder {
    /// Returns the order of a decision's row, or `None` if it placed none. `own` are the asset's
    /// transactions.
    fn of<'a>(
        row: &DecisionRow,
        closed: Option<&OrderRow>,
        mut own: impl Iterator<Item = &'a Transaction>,
    ) -> Option<Self> {
        let trade = row.trade.as_ref()?;
        let closed_at = closed.map(|order| order.closed_at);
        let fill = own.find(|each| Some(each.as_of) == closed_at && each.cause == row.cause);
        Some(Self {
            side: trade.side?,
            units: trade.trade_units,
            closed_at,
            shortfall: closed.and_then(|order| order.shortfall).map(|reason| reason.as_str()),
            trade: fill.map(AssetTransaction::of),
        })
    }
}

impl AssetTransaction {
    fn of(transaction: &Transaction) -> Self {
        Self {
            seq: transaction.seq,
            as_of: transaction.as_of,
            kind: transaction.kind.as_str(),
            units: transaction.units,
            price: transaction.price,
            notional: transaction.notional,
            costs: transaction.costs,
        }
    }
}
