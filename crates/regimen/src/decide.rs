//! The one pure function: what to do at a snapshot, and why.

use regimen_planning::{PlanError, TargetError, TargetPortfolio, TradingTerms, plan};
use regimen_regime::RegimeState;
use regimen_types::{AsOf, Cause, HistoryWindow, Holdings, Regime};
use regimen_weighting::{WeightingError, reconstitute};

use crate::decision::{Action, Basis, Decision, GivenSource, Rebalance, RegimeDecision};
use crate::definition::Evaluation;
use crate::given::{sleeve_target, weights_target};
use crate::market::WindowMarket;
use crate::methodology::Methodology;
use crate::rules::ConstituentRules;
use crate::schedule::is_due;
use crate::state::{Exposure, LastRebalance, PendingOrders, State};

/// Says why there is no decision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecideError {
    /// The window ends where the last decision was made, or before it.
    #[error("the newest snapshot is of {newest}, but the state has decided at {decided_at} already")]
    NothingNew {
        /// The window's reference instant.
        newest: AsOf,
        /// The instant of the last decision.
        decided_at: AsOf,
    },
    /// The weighting rule failed.
    #[error("weighting at {as_of}: {source}")]
    Weighting {
        /// The reference instant.
        as_of: AsOf,
        /// What failed.
        source: WeightingError,
    },
    /// The target is none.
    #[error("target at {as_of}: {source}")]
    Target {
        /// The reference instant.
        as_of: AsOf,
        /// What failed.
        source: TargetError,
    },
    /// Planning failed.
    #[error("plan at {as_of}: {source}")]
    Plan {
        /// The reference instant.
        as_of: AsOf,
        /// What failed.
        source: PlanError,
    },
}

/// Decides at the window's reference instant.
///
/// The result depends on the arguments alone, and the window reaches no later row. Snapshots between the state's last
/// decision and the reference instant are evaluated for the regime, so a service that skips snapshots sees the same
/// regime as one that does not. The new state carries the plan's orders as pending.
///
/// # Errors
/// [`DecideError`] if the window has nothing new, or weighting or planning fails.
pub fn decide(
    methodology: &Methodology,
    state: &State,
    window: &HistoryWindow<'_>,
    holdings: &Holdings,
) -> Result<(Decision, State), DecideError> {
    let as_of = window.as_of();
    if let Some(decided_at) = state.decided_at.filter(|decided_at| *decided_at >= as_of) {
        return Err(DecideError::NothingNew { newest: as_of, decided_at });
    }
    let regime = evaluate_regime(methodology, state, window);
    let exposure = Exposure::of(regime.state.regime);
    let mut next = State { decided_at: Some(as_of), regime: regime.state, ..state.clone() };
    let Some(cause) = cause(methodology, state, window, exposure) else {
        return Ok((Decision { as_of, regime, action: Action::Hold, replaced: None }, next));
    };
    let rebalance = rebalance(methodology, cause, exposure, window, holdings)?;
    next.last_rebalance = Some(LastRebalance { as_of, exposure });
    let replaced = next.pending.replace(PendingOrders {
        decided_at: as_of,
        cause,
        due_in_snapshots: methodology.definition().portfolio.lag_snapshots,
        orders: rebalance.plan.orders().cloned().collect(),
    });
    Ok((Decision { as_of, regime, action: Action::Rebalance(Box::new(rebalance)), replaced }, next))
}

/// Evaluates the regime at every snapshot that the state has not seen; the result is that of the newest.
fn evaluate_regime(methodology: &Methodology, state: &State, window: &HistoryWindow<'_>) -> RegimeDecision {
    let unseen = std::iter::successors(Some(*window), HistoryWindow::previous)
        .take_while(|each| state.decided_at.is_none_or(|decided_at| each.as_of() > decided_at));
    let mut unseen: Vec<HistoryWindow<'_>> = unseen.collect();
    unseen.reverse();
    let start = RegimeDecision { before: state.regime.regime, state: state.regime, step: None };
    unseen.iter().fold(start, |earlier, each| evaluate_regime_at(methodology, earlier.state, each))
}

fn evaluate_regime_at(
    methodology: &Methodology,
    state: RegimeState,
    window: &HistoryWindow<'_>,
) -> RegimeDecision {
    let as_of = window.as_of();
    let since = state.since.or(Some(as_of));
    let Some(rules) = &methodology.rules().regime else {
        let state = RegimeState { regime: Regime::Bullish, since, contender: None };
        return RegimeDecision { before: Regime::Bullish, state, step: None };
    };
    let schedule = &methodology.definition().schedule;
    let evaluated = match rules.evaluation {
        Evaluation::EverySnapshot => true,
        Evaluation::OnSchedule => is_due(schedule, methodology.rules(), window),
    };
    if !evaluated {
        return RegimeDecision { before: state.regime, state: RegimeState { since, ..state }, step: None };
    }
    let step = rules.rule.step(state, rules.signal.read(window), as_of);
    RegimeDecision { before: state.regime, state: step.state, step: Some(step) }
}

/// Returns why the portfolio is rebalanced now, or `None` if it is not.
fn cause(
    methodology: &Methodology,
    state: &State,
    window: &HistoryWindow<'_>,
    exposure: Exposure,
) -> Option<Cause> {
    let Some(last) = state.last_rebalance else { return Some(Cause::Inception) };
    if last.exposure != exposure {
        return Some(Cause::RegimeSwitch);
    }
    is_due(&methodology.definition().schedule, methodology.rules(), window).then_some(Cause::Schedule)
}

fn rebalance(
    methodology: &Methodology,
    cause: Cause,
    exposure: Exposure,
    window: &HistoryWindow<'_>,
    holdings: &Holdings,
) -> Result<Rebalance, DecideError> {
    let as_of = window.as_of();
    let definition = methodology.definition();
    let (basis, target) = match exposure {
        Exposure::Sleeve => {
            let (verdicts, target) = sleeve_target(&definition.defensive, window);
            (Basis::Given { source: GivenSource::Sleeve, verdicts }, target)
        }
        Exposure::Constituents => constituents(methodology, window)?,
    };
    let target = target.map_err(|source| DecideError::Target { as_of, source })?;
    let market = WindowMarket::new(*window, definition.vanished.sell_while_stale());
    let terms = methodology.trading_terms();
    let plan = plan(as_of, cause, holdings, &target, &market, &terms)
        .map_err(|source| DecideError::Plan { as_of, source })?;
    Ok(Rebalance { cause, basis, target, plan })
}

type BasisAndTarget = (Basis, Result<TargetPortfolio, TargetError>);

fn constituents(
    methodology: &Methodology,
    window: &HistoryWindow<'_>,
) -> Result<BasisAndTarget, DecideError> {
    let as_of = window.as_of();
    match &methodology.rules().constituents {
        ConstituentRules::FromFile(table) => {
            let (verdicts, target) = weights_target(table, window);
            Ok((Basis::Given { source: GivenSource::File, verdicts }, target))
        }
        ConstituentRules::Ranked { screens, count, weighting } => {
            let reconstitution = reconstitute(window, screens, *count, weighting.as_ref())
                .map_err(|source| DecideError::Weighting { as_of, source })?;
            let weights = reconstitution.weights.iter().flat_map(regimen_weighting::Weights::iter);
            let target = TargetPortfolio::new(weights.map(|(asset, weight)| (asset.clone(), weight)));
            Ok((Basis::Constituents(reconstitution.verdicts), target))
        }
    }
}

impl Methodology {
    /// Returns the costs and grids of trading.
    #[must_use]
    pub fn trading_terms(&self) -> TradingTerms {
        let portfolio = &self.definition().portfolio;
        TradingTerms {
            costs: self.definition().costs.rates(),
            money_scale: portfolio.money_scale,
            units_scale: portfolio.units_scale,
        }
    }
}
