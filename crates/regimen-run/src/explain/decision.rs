//! One decision in numbers: who was selected and why not the others, the orders, and what became of them.

use std::collections::BTreeMap;

use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{AsOf, AssetId, Cause, Exact, Money, Regime, Rounding, Side, TradeCosts, Weight};
use serde::Serialize;

use crate::tables::{DecisionRow, DecisionVerdict, OrderRow};

/// The number of weights that an explanation lists.
const TOP_WEIGHTS: usize = 10;

/// A decision to rebalance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecisionExplanation {
    /// The snapshot.
    pub as_of: AsOf,
    /// Why the portfolio was rebalanced.
    pub cause: Cause,
    /// The regime then.
    pub regime: Regime,
    /// The supply snapshot whose supplies ranked and weighed; `None` if each snapshot has its own, or nothing
    /// was ranked or weighed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supply_as_of: Option<AsOf>,
    /// The crosses of thresholds that caused it, each with its asset.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub crossed: Vec<Crossed>,
    /// The assets in the target.
    pub selected: u64,
    /// The eligible assets that are next in line.
    pub reserve: u64,
    /// The eligible assets that ranked below the last place.
    pub below_count: u64,
    /// The eligible assets whose group was full.
    pub group_full: u64,
    /// The eligible assets whose amount was too low to enter, or to stay.
    pub below_threshold: u64,
    /// The assets that were excluded, by reason, the most frequent first.
    pub excluded: Vec<NamedCount>,
    /// The held assets that are neither in the target nor excluded.
    pub held: u64,
    /// The weight of cash in the target.
    pub cash_weight: Weight,
    /// The ten largest weights.
    pub top_weights: Vec<TargetWeight>,
    /// The orders to sell, at the decision's prices.
    pub sells: SideTotal,
    /// The orders to buy, at the decision's prices.
    pub buys: SideTotal,
    /// Trades that were not ordered, by reason.
    pub skipped: Vec<NamedCount>,
    /// When the orders were executed or replaced; `None` if there were none, or they wait when the run ends.
    pub closed_at: Option<AsOf>,
    /// What was traded then; `None` if nothing was.
    pub traded: Option<TradeTotals>,
    /// Orders that were not executed in full, by reason.
    pub shortfalls: Vec<NamedCount>,
}

/// An asset that crossed a threshold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Crossed {
    /// The asset.
    pub asset: AssetId,
    /// Which thresholds, and from which value to which.
    pub how: String,
}

/// The assets that share a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedCount {
    /// The reason.
    pub reason: String,
    /// Their number.
    pub count: u64,
    /// The assets by identifier.
    pub assets: Vec<AssetId>,
}

/// A weight of the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetWeight {
    /// The asset.
    pub asset: AssetId,
    /// Its weight.
    pub weight: Weight,
}

/// Trades of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SideTotal {
    /// Their number.
    pub count: u64,
    /// Their value; `None` if a price is not in the log or the sum does not fit.
    pub notional: Option<Money>,
}

/// What was booked at one snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TradeTotals {
    /// The snapshot.
    pub as_of: AsOf,
    /// The sales.
    pub sells: SideTotal,
    /// The purchases.
    pub buys: SideTotal,
    /// The positions that were written off, with what came back.
    pub write_offs: SideTotal,
    /// The money that came in.
    pub deposits: SideTotal,
    /// What the sleeve and the cash earned, units at the snapshot's prices.
    pub interest: SideTotal,
    /// The costs of all trades, kind by kind; `None` if a sum does not fit.
    pub costs: Option<TradeCosts>,
}

/// Explains the decision whose rows are given.
pub(super) fn explain(
    rows: &[DecisionRow],
    supply_as_of: Option<AsOf>,
    orders: &[OrderRow],
    transactions: &[Transaction],
) -> Option<DecisionExplanation> {
    let first = rows.first()?;
    let orders: Vec<&OrderRow> = orders.iter().filter(|order| order.decided_at == first.as_of).collect();
    let count = |verdict| rows.iter().filter(|row| row.verdict == verdict).count() as u64;
    let closed_at = orders.first().map(|order| order.closed_at);
    let of_decision = |transaction: &&Transaction| {
        Some(transaction.as_of) == closed_at
            && transaction.cause == first.cause
            && transaction.asset.is_some()
    };
    let cash = rows.iter().find(|row| row.verdict == DecisionVerdict::Cash);
    Some(DecisionExplanation {
        as_of: first.as_of,
        cause: first.cause,
        regime: first.regime,
        supply_as_of,
        crossed: crossed(rows),
        selected: count(DecisionVerdict::Selected) + count(DecisionVerdict::Followed),
        reserve: count(DecisionVerdict::Reserve),
        below_count: count(DecisionVerdict::BelowCount),
        group_full: count(DecisionVerdict::GroupFull),
        below_threshold: count(DecisionVerdict::BelowThreshold),
        excluded: by_reason(
            rows.iter()
                .filter(|row| row.verdict == DecisionVerdict::Excluded)
                .filter_map(|row| Some((row.reason.as_ref()?.general(), row.asset.clone()?))),
        ),
        held: count(DecisionVerdict::Held),
        cash_weight: cash.map_or(Weight::ZERO, |row| row.weight),
        top_weights: top_weights(rows),
        sells: planned(rows, &orders, Side::Sell),
        buys: planned(rows, &orders, Side::Buy),
        skipped: by_reason(rows.iter().filter_map(|row| {
            let trade = row.trade.as_ref().filter(|trade| trade.side.is_none())?;
            Some((trade.reason.to_owned(), row.asset.clone()?))
        })),
        closed_at,
        traded: totals(closed_at.unwrap_or(first.as_of), transactions.iter().filter(of_decision)),
        shortfalls: by_reason(
            orders
                .iter()
                .filter_map(|order| Some((order.shortfall?.as_str().to_owned(), order.asset.clone()))),
        ),
    })
}

/// Returns the assets that crossed a threshold.
fn crossed(rows: &[DecisionRow]) -> Vec<Crossed> {
    let crossed = rows.iter().filter(|row| !row.crossed.is_empty());
    crossed.filter_map(|row| Some(Crossed { asset: row.asset.clone()?, how: row.crossed.clone() })).collect()
}

/// Sums up everything that was booked at a snapshot.
pub(super) fn booked_at(at: AsOf, transactions: &[Transaction]) -> Option<TradeTotals> {
    totals(at, transactions.iter().filter(|transaction| transaction.as_of == at))
}

fn totals<'a>(as_of: AsOf, transactions: impl Iterator<Item = &'a Transaction>) -> Option<TradeTotals> {
    let transactions: Vec<&Transaction> = transactions.collect();
    let of_kind = |kind| {
        let of_kind = transactions.iter().filter(|each| each.kind == kind);
        SideTotal { count: of_kind.clone().count() as u64, notional: sum(of_kind.map(|each| each.notional)) }
    };
    (!transactions.is_empty()).then(|| TradeTotals {
        as_of,
        sells: of_kind(TransactionKind::Sell),
        buys: of_kind(TransactionKind::Buy),
        write_offs: of_kind(TransactionKind::WriteOff),
        deposits: of_kind(TransactionKind::Deposit),
        interest: interest(&transactions),
        costs: transactions.iter().try_fold(TradeCosts::NONE, |sum, each| sum.plus(&each.costs).ok()),
    })
}

fn interest(transactions: &[&Transaction]) -> SideTotal {
    let earned = transactions.iter().filter(|each| each.cause == Cause::Interest);
    let value = |each: &&Transaction| match each.price {
        Some(price) => each.units.value_at(price),
        None => Exact::from(each.notional.decimal()),
    };
    let sum = earned.clone().try_fold(Exact::ZERO, |sum, each| sum.plus(value(each)));
    let sum = sum.and_then(|sum| Money::rounded(sum, 2, Rounding::HalfEven));
    SideTotal { count: earned.count() as u64, notional: sum.ok() }
}

fn sum(mut amounts: impl Iterator<Item = Money>) -> Option<Money> {
    amounts.try_fold(Money::ZERO, |sum, amount| sum.plus(amount).ok())
}

/// Sums up the orders of one side. The price of an asset without one in its row is that of its order, once it
/// is closed.
fn planned(rows: &[DecisionRow], orders: &[&OrderRow], side: Side) -> SideTotal {
    let mut count = 0;
    let mut notional = Some(Exact::ZERO);
    for row in rows {
        let Some(trade) = row.trade.as_ref().filter(|trade| trade.side == Some(side)) else { continue };
        let order = || orders.iter().find(|order| Some(&order.asset) == row.asset.as_ref());
        let price = row.price.or_else(|| Some(order()?.decision_price));
        let value = price.map(|price| trade.trade_units.value_at(price));
        notional = notional.zip(value).and_then(|(sum, value)| sum.plus(value).ok());
        count += 1;
    }
    SideTotal { count, notional: notional.and_then(|sum| Money::rounded(sum, 2, Rounding::HalfEven).ok()) }
}

fn top_weights(rows: &[DecisionRow]) -> Vec<TargetWeight> {
    let weighted = rows.iter().filter(|row| row.verdict.is_in_target() && !row.weight.is_zero());
    let mut weights: Vec<TargetWeight> = weighted
        .filter_map(|row| Some(TargetWeight { asset: row.asset.clone()?, weight: row.weight }))
        .collect();
    weights.sort_by_key(|each| std::cmp::Reverse(each.weight));
    weights.truncate(TOP_WEIGHTS);
    weights
}

/// Counts assets by reason, the most frequent first.
fn by_reason(reasons: impl Iterator<Item = (String, AssetId)>) -> Vec<NamedCount> {
    let mut assets: BTreeMap<String, Vec<AssetId>> = BTreeMap::new();
    for (reason, asset) in reasons {
        assets.entry(reason).or_default().push(asset);
    }
    let counted = assets.into_iter().map(|(reason, mut assets)| {
        assets.sort_unstable();
        NamedCount { reason, count: assets.len() as u64, assets }
    });
    let mut counted: Vec<NamedCount> = counted.collect();
    counted.sort_by_key(|each| std::cmp::Reverse(each.count));
    counted
}
