//! The regime at a snapshot.

use regimen_regime::RegimeState;
use regimen_types::{AsOf, HistoryWindow, Regime};

use crate::advance::cause::Due;
use crate::decision::RegimeDecision;
use crate::definition::Evaluation;
use crate::methodology::Methodology;
use crate::state::IndexState;

/// Evaluates the regime at snapshots before the index begins, and returns the state after the last.
pub(super) fn warm_up(
    methodology: &Methodology,
    state: RegimeState,
    windows: &[HistoryWindow<'_>],
) -> RegimeState {
    let mut begun = IndexState { regime: state, ..IndexState::START };
    for window in windows {
        let due = Due::at(methodology, &mut begun, window);
        begun.regime = evaluate(methodology, begun.regime, due.reconstitution.is_some(), window).state;
    }
    begun.regime
}

/// Evaluates the regime at the window's reference instant, which is a scheduled one or not.
pub(super) fn evaluate(
    methodology: &Methodology,
    state: RegimeState,
    scheduled: bool,
    window: &HistoryWindow<'_>,
) -> RegimeDecision {
    let as_of = window.as_of();
    if let Some(regimes) = methodology.given_regimes() {
        return given(state, regimes.at(as_of), as_of);
    }
    let since = state.since.or(Some(as_of));
    let Some(rules) = &methodology.rules().regime else {
        let state = RegimeState { regime: Regime::Bullish, since, contender: None };
        return RegimeDecision { before: Regime::Bullish, state, step: None };
    };
    let evaluated = match rules.evaluation {
        Evaluation::EverySnapshot => true,
        Evaluation::OnSchedule => scheduled,
    };
    if !evaluated {
        return RegimeDecision { before: state.regime, state: RegimeState { since, ..state }, step: None };
    }
    let step = rules.rule.step(state, rules.signal.read(window), as_of);
    RegimeDecision { before: state.regime, state: step.state, step: Some(step) }
}

/// Takes a regime that was given from outside.
fn given(state: RegimeState, regime: Regime, as_of: AsOf) -> RegimeDecision {
    let since = state.since.filter(|_| state.regime == regime).or(Some(as_of));
    let after = RegimeState { regime, since, contender: None };
    RegimeDecision { before: state.regime, state: after, step: None }
}
