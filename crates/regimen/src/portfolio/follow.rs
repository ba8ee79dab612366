//! The portfolio's side of a decision: whether it trades now, and to which weights.
//!
//! ```text
//! index rebalanced? → orders waiting? → triggers on the index's present weights → carried trades
//! ```

use regimen_ledger::Index;
use regimen_planning::{Drift, Market, TargetPortfolio, TriggerReading};
use regimen_types::{AsOf, AssetId, Cause, Exact, HistoryWindow, Holdings, Rounding, Weight};

use super::decision::HoldReason;
use super::error::DecideError;
use super::market::WindowMarket;
use super::state::State;
use crate::index::IndexDecision;
use crate::methodology::PortfolioRules;

/// What the portfolio does at a snapshot.
pub(super) enum Following {
    /// It holds.
    Hold(HoldReason),
    /// It goes to a target.
    Rebalance { cause: Cause, target: TargetPortfolio, readings: Vec<TriggerReading> },
    /// It goes on with trades that an earlier rebalance could not make at once.
    Carry { target: TargetPortfolio },
}

/// Decides what the portfolio does.
pub(super) fn following(
    rules: &PortfolioRules<'_>,
    decision: &IndexDecision,
    state: &State,
    window: &HistoryWindow<'_>,
    holdings: &Holdings,
) -> Result<Following, DecideError> {
    if let Some(followed) = &decision.rebalance
        && (rules.follows_calendar() || !matches!(followed.cause, Cause::Schedule | Cause::Rebalance))
    {
        let (cause, target) = (followed.cause, followed.target.clone());
        return Ok(Following::Rebalance { cause, target, readings: Vec::new() });
    }
    let triggers = rules.triggers();
    let has_flow = rules.follows_cash_flow(window);
    if triggers.is_empty() && state.carried.is_empty() && !has_flow {
        let not_followed = decision.rebalance.is_some();
        return Ok(Following::Hold(if not_followed { HoldReason::NotFollowed } else { HoldReason::NotDue }));
    }
    if state.pending.is_some() && !has_flow {
        return Ok(Following::Hold(HoldReason::OrdersPending));
    }
    let as_of = window.as_of();
    let market = WindowMarket::of(rules, *window);
    let target = match &decision.rebalance {
        Some(followed) => followed.target.clone(),
        None => present_weights(as_of, state.index.index.as_ref(), &market)?,
    };
    let failed = |source| DecideError::Plan { as_of, source };
    if has_flow {
        return Ok(Following::Rebalance { cause: Cause::CashFlow, target, readings: Vec::new() });
    }
    let mut readings = Vec::with_capacity(triggers.len());
    if !triggers.is_empty() {
        let drift = Drift::measure(as_of, holdings, &target, &market).map_err(failed)?;
        for trigger in triggers {
            readings.push(trigger.read(&drift).map_err(|source| failed(source.into()))?);
        }
    }
    if let Some(fired) = readings.iter().find(|reading| reading.fires) {
        return Ok(Following::Rebalance { cause: fired.cause, target, readings });
    }
    if !state.carried.is_empty() {
        return Ok(Following::Carry { target });
    }
    Ok(Following::Hold(HoldReason::WithinLimits { readings }))
}

/// The decimal places of a present weight.
const WEIGHT_SCALE: u32 = 18;

/// Returns the weights that the index has now: those of its last rebalance, as prices have moved them since.
/// What rounding down leaves is cash.
fn present_weights(
    as_of: AsOf,
    index: Option<&Index>,
    market: &dyn Market,
) -> Result<TargetPortfolio, DecideError> {
    let Some(index) = index else { return Ok(TargetPortfolio::of_cash()) };
    let failed = |source: regimen_types::ArithmeticError| DecideError::Plan { as_of, source: source.into() };
    let mut values: Vec<(AssetId, Exact)> = Vec::with_capacity(index.basket().len());
    let mut total = Exact::from(index.cash().decimal());
    for (asset, position) in index.basket() {
        let price = market.mark(asset).map_or(position.last_price, |mark| mark.price);
        let value = position.units.value_at(price);
        total = total.plus(value).map_err(failed)?;
        values.push((asset.clone(), value));
    }
    if total.is_zero() {
        return Ok(TargetPortfolio::of_cash());
    }
    let mut weights = Vec::with_capacity(values.len());
    for (asset, value) in values {
        let weight = value.ratio(total, WEIGHT_SCALE, Rounding::Down).map_err(failed)?;
        weights.extend(
            Weight::new(weight).ok().filter(|weight| !weight.is_zero()).map(|weight| (asset, weight)),
        );
    }
    TargetPortfolio::new(weights).map_err(|source| DecideError::Target { as_of, source })
}
