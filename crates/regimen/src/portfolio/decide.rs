//! The one pure function: what to do at a snapshot, and why.

use std::collections::BTreeSet;

use regimen_planning::{PlanRequest, RebalancePlan, TargetPortfolio};
use regimen_types::{AssetId, Cause, HistoryWindow, Holdings};

use super::decision::{Action, Decision, Rebalance};
use super::error::DecideError;
use super::follow::{Following, following};
use super::market::WindowMarket;
use super::orders::{ExecutionTerms, PendingOrders};
use super::state::State;
use crate::index::{IndexDecision, IndexState, advance};
use crate::methodology::{Methodology, PortfolioRules};

/// Decides at the window's reference instant: first the index, then the portfolio that follows it.
///
/// The result depends on the arguments alone, and the window reaches no later row. The index is advanced over
/// every snapshot since the state's last decision, so a service that skips snapshots sees the same index as
/// one that does not, and makes up for a rebalance that it missed. The new state carries the plan's orders as
/// pending.
///
/// # Errors
/// [`DecideError`] if the methodology has no portfolio, the window has nothing new, or weighting, index or
/// planning fails.
pub fn decide(
    methodology: &Methodology,
    state: &State,
    window: &HistoryWindow<'_>,
    holdings: &Holdings,
) -> Result<(Decision, State), DecideError> {
    decide_next(methodology, state.clone(), window, holdings)
}

/// Decides as [`decide`] does, and makes the new state of the old one: for a caller who has no use for that
/// any more.
///
/// # Errors
/// As [`decide`]; the old state is then gone.
pub fn decide_next(
    methodology: &Methodology,
    state: State,
    window: &HistoryWindow<'_>,
    holdings: &Holdings,
) -> Result<(Decision, State), DecideError> {
    let rules = methodology.portfolio().ok_or(DecideError::NoPortfolio)?;
    let State { index, pending, carried } = state;
    let (decision, index) = advance(methodology, index, window)?;
    follow(&rules, decision, State { index, pending, carried }, window, holdings)
}

/// Decides for one of several portfolios what to do about a decision of the index that they all follow.
///
/// `index` and `advanced` come from [`advance_index`](crate::advance_index) at the same window: one call of
/// that serves any number of portfolios, each with a state, holdings and, as far as its terms of trade and
/// its cash flows are its own, a methodology of its own. The index in its state is replaced by `advanced`, so
/// it needs to have seen no earlier snapshot.
///
/// # Errors
/// [`DecideError`] if the methodology has no portfolio, the index was advanced to another instant than the
/// window's, the portfolio has decided there already, or planning fails.
pub fn follow_index(
    methodology: &Methodology,
    index: &IndexDecision,
    advanced: IndexState,
    state: &State,
    window: &HistoryWindow<'_>,
    holdings: &Holdings,
) -> Result<(Decision, State), DecideError> {
    let rules = methodology.portfolio().ok_or(DecideError::NoPortfolio)?;
    let newest = window.as_of();
    if index.as_of != newest {
        return Err(DecideError::OtherInstant { newest, index: index.as_of });
    }
    if let Some(decided_at) = state.index.decided_at.filter(|decided_at| *decided_at >= newest) {
        return Err(DecideError::NothingNew { newest, decided_at });
    }
    let next = State { index: advanced, pending: state.pending.clone(), carried: state.carried.clone() };
    follow(&rules, index.clone(), next, window, holdings)
}

/// Decides for a portfolio whose state has the index as it is after its decision.
fn follow(
    rules: &PortfolioRules<'_>,
    index: IndexDecision,
    mut next: State,
    window: &HistoryWindow<'_>,
    holdings: &Holdings,
) -> Result<(Decision, State), DecideError> {
    next.carry_over_orders(window);
    let rebalance = match following(rules, &index, &next, window, holdings)? {
        Following::Hold(reason) => {
            return Ok((Decision { index, action: Action::Hold(reason), replaced: None }, next));
        }
        Following::Rebalance { cause, target, readings } => {
            let planned = planned(rules, None, cause, &target, window, holdings)?;
            Rebalance { cause, readings, target, plan: planned }
        }
        Following::Carry { target } => {
            let assets = Some(&next.carried);
            let planned = planned(rules, assets, Cause::Carried, &target, window, holdings)?;
            Rebalance { cause: Cause::Carried, readings: Vec::new(), target, plan: planned }
        }
    };
    next.carried = rebalance.plan.carried().cloned().collect();
    let terms = ExecutionTerms::of(rules);
    let orders = PendingOrders::new(window.as_of(), rebalance.cause, terms, rebalance.plan.orders());
    let replaced = next.pending.replace(orders);
    Ok((Decision { index, action: Action::Rebalance(Box::new(rebalance)), replaced }, next))
}

/// Plans the trades that take the portfolio to a target, of some assets only if a set is given.
fn planned(
    rules: &PortfolioRules<'_>,
    only: Option<&BTreeSet<AssetId>>,
    cause: Cause,
    target: &TargetPortfolio,
    window: &HistoryWindow<'_>,
    holdings: &Holdings,
) -> Result<RebalancePlan, DecideError> {
    let as_of = window.as_of();
    let (market, terms) = (WindowMarket::of(rules, *window), rules.trading_terms());
    let held = holdings.positions().map(|(asset, _)| asset);
    let traded = target.weights().map(|(asset, _)| asset).chain(held);
    rules.check_gas(as_of, traded).map_err(|source| DecideError::Gas { as_of, source })?;
    let request = PlanRequest { as_of, cause, holdings, target, market: &market, terms: &terms, only };
    request.plan().map_err(|source| DecideError::Plan { as_of, source })
}
