//! The regime at a snapshot.

use regimen_definition::Evaluation;
use regimen_regime::{RegimeState, breadth, total_market_cap};
use regimen_types::{AsOf, AssetId, HistoryWindow, IndexLevel, Regime, Row, approximate};

use crate::advance::cause::Due;
use crate::decision::RegimeDecision;
use crate::methodology::Methodology;
use crate::methodology::{Measure, RegimeRules};
use crate::state::IndexState;

/// The levels that signals may read; none before the index begins.
#[derive(Clone, Copy, Default)]
pub(super) struct Levels {
    /// The index's own.
    pub(super) index: Option<IndexLevel>,
    /// That of the same index without a regime.
    pub(super) always_bullish: Option<IndexLevel>,
}

/// Evaluates the regime at snapshots before the index begins, of which the state remembers regime and signals alone.
pub(super) fn warm_up(methodology: &Methodology, state: &mut IndexState, windows: &[HistoryWindow<'_>]) {
    let mut begun = IndexState { regime: state.regime, signals: state.signals.clone(), ..IndexState::START };
    for window in windows {
        let scheduled = Due::at(methodology, &mut begun, window).reconstitution.is_some();
        begun.regime = evaluate(methodology, &mut begun, scheduled, window, Levels::default()).state;
    }
    (state.regime, state.signals) = (begun.regime, begun.signals);
}

/// Measures what signals read at the window's reference instant, which is a scheduled one or not, and evaluates the regime.
pub(super) fn evaluate(
    methodology: &Methodology,
    index: &mut IndexState,
    scheduled: bool,
    window: &HistoryWindow<'_>,
    levels: Levels,
) -> RegimeDecision {
    let state = index.regime;
    let as_of = window.as_of();
    if let Some(regimes) = methodology.given_regimes() {
        return given(state, regimes.at(as_of), as_of);
    }
    let since = state.since.or(Some(as_of));
    let Some(rules) = &methodology.rules().regime else {
        let state = RegimeState { regime: Regime::Bullish, since, contender: None };
        return RegimeDecision { before: Regime::Bullish, state, step: None };
    };
    measure(methodology, rules, index, window, levels);
    let evaluated = match rules.evaluation {
        Evaluation::EverySnapshot => true,
        Evaluation::OnSchedule => scheduled,
    };
    if !evaluated {
        return RegimeDecision { before: state.regime, state: RegimeState { since, ..state }, step: None };
    }
    let step = rules.rule.step(state, window, &index.signals.measured);
    RegimeDecision { before: state.regime, state: step.state, step: Some(step) }
}

/// Takes a regime that was given from outside.
fn given(state: RegimeState, regime: Regime, as_of: AsOf) -> RegimeDecision {
    let since = state.since.filter(|_| state.regime == regime).or(Some(as_of));
    let after = RegimeState { regime, since, contender: None };
    RegimeDecision { before: state.regime, state: after, step: None }
}

fn measure(
    methodology: &Methodology,
    rules: &RegimeRules,
    index: &mut IndexState,
    window: &HistoryWindow<'_>,
    levels: Levels,
) {
    let of_universe = |measure: Measure| matches!(measure, Measure::TotalMarketCap | Measure::Breadth(_));
    let eligible: Option<Vec<Row<'_>>> = if rules.measures.iter().any(|each| of_universe(each.measure)) {
        methodology.rules().constituents.eligible(window, &index.membership)
    } else {
        None
    };
    let eligible = eligible.unwrap_or_default();
    let level = |level: Option<IndexLevel>| level.map(|level| approximate(level.decimal()));
    for each in &rules.measures {
        let value = match each.measure {
            Measure::TotalMarketCap => total_market_cap(eligible.iter().filter_map(Row::market_cap)),
            Measure::Breadth(average) => {
                let assets: Vec<&AssetId> = eligible.iter().map(Row::asset).collect();
                breadth(window, assets, average)
            }
            Measure::IndexLevel => level(levels.index),
            Measure::ConstituentsLevel => level(levels.always_bullish),
        };
        index.signals.measured.record(&each.name, window.as_of(), value, each.lookback);
    }
}
