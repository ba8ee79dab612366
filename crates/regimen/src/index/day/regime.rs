//! The regime of the day: what its signals read is measured, and the rule is evaluated.

use regimen_regime::{RegimeState, breadth, total_market_cap};
use regimen_types::{AssetId, HistoryWindow, IndexLevel, Regime, Row, approximate};

use super::Day;
use crate::index::decision::RegimeDecision;
use crate::index::state::IndexState;
use crate::methodology::Methodology;
use crate::methodology::{Measure, RegimeRules};
use regimen_definition::Evaluation;

/// The levels that signals may read; `None` before the index begins.
#[derive(Clone, Copy, Default)]
pub(in crate::index) struct Levels {
    /// The index's own.
    pub(in crate::index) index: Option<IndexLevel>,
    /// That of the same index without a regime.
    pub(in crate::index) always_bullish: Option<IndexLevel>,
}

impl<'m, 'w> Day<'m, 'w> {
    /// Returns the same index without a regime, with its state before today and today's window, if a signal
    /// reads its level. The state is taken: hand the new one to [`Day::remember_always_bullish`].
    pub(in crate::index) fn always_bullish(
        &mut self,
    ) -> Option<(&'m Methodology, IndexState, HistoryWindow<'w>)> {
        let always_bullish = self.methodology.always_bullish()?;
        let state = match self.state.signals.always_bullish.take() {
            Some(state) => *state,
            // It begins with the supplies that the index itself has.
            None => IndexState { supply: self.state.supply.clone(), ..IndexState::START },
        };
        Some((always_bullish, state, self.window))
    }

    /// Takes the state of the same index without a regime after today.
    pub(in crate::index) fn remember_always_bullish(&mut self, state: IndexState) {
        self.state.signals.always_bullish = Some(Box::new(state));
    }

    /// Measures what signals read today, and evaluates the regime.
    pub(in crate::index) fn evaluate_regime(&mut self, levels: Levels) {
        self.regime = self.regime_now(levels);
        self.state.regime = self.regime.state;
    }

    fn regime_now(&mut self, levels: Levels) -> RegimeDecision {
        let (state, as_of) = (self.state.regime, self.window.as_of());
        if let Some(regimes) = self.methodology.given_regimes() {
            let regime = regimes.at(as_of);
            let since = state.since.filter(|_| state.regime == regime).or(Some(as_of));
            let after = RegimeState { regime, since, contender: None };
            return RegimeDecision { before: state.regime, state: after, step: None };
        }
        let since = state.since.or(Some(as_of));
        let Some(rules) = &self.methodology.rules().regime else {
            let state = RegimeState { regime: Regime::Bullish, since, contender: None };
            return RegimeDecision { before: Regime::Bullish, state, step: None };
        };
        self.measure(rules, levels);
        let evaluated = match rules.evaluation {
            Evaluation::EverySnapshot => true,
            Evaluation::OnSchedule => self.due.reconstitution.any(),
        };
        if !evaluated {
            let after = RegimeState { since, ..state };
            return RegimeDecision { before: state.regime, state: after, step: None };
        }
        let step = rules.rule.step(state, &self.window, &self.state.signals.measured);
        RegimeDecision { before: state.regime, state: step.state, step: Some(step) }
    }

    fn measure(&mut self, rules: &RegimeRules, levels: Levels) {
        let window = &self.window;
        let of_universe = |measure: Measure| matches!(measure, Measure::TotalMarketCap | Measure::Breadth(_));
        let eligible: Option<Vec<Row<'_>>> = if rules.measures.iter().any(|each| of_universe(each.measure)) {
            self.methodology.rules().constituents.eligible(window, &self.state.membership)
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
            self.state.signals.measured.record(&each.name, window.as_of(), value, each.lookback);
        }
    }
}
