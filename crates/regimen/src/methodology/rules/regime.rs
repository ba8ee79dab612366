//! The regime rule of a definition, as objects that decide.

use std::num::NonZeroU32;
use std::sync::Arc;

use regimen_definition::{
    AverageDefinition, CheckedDefinition, CombinedSignals, Evaluation, PriceAboveAverage, RegimeDefinition,
    SeriesDefinition, SignalDefinition, SignalReads,
};
use regimen_regime::{
    AgainstAverage, Average, AverageCrossover, Combination, Drawdown, Hysteresis, Indicator, Input, Level,
    Lookback, MarkovFilter, MarkovSettings, Member, Momentum, MonthEndsAgainstAverage, OutsideSignal,
    PriceSignal, Reading, RegimeRule, RegimeSignal, ScoreScale, Signal, Thresholds, Volatility,
    VolatilityAgainstQuantile,
};
use regimen_types::{HistoryWindow, Ratio, approximate};

use super::sizes::at_least_one;
use crate::methodology::inputs::Inputs;

/// What determines the regime. Without it the regime is always bullish.
#[derive(Debug)]
pub(crate) struct RegimeRules {
    pub(crate) rule: RegimeRule,
    pub(crate) evaluation: Evaluation,
    /// The series that are measured at each snapshot for signals of the rule.
    pub(crate) measures: Vec<MeasuredSignal>,
}

/// A signal whose series is measured snapshot by snapshot.
#[derive(Debug)]
pub(crate) struct MeasuredSignal {
    pub(crate) name: String,
    pub(crate) measure: Measure,
    pub(crate) lookback: Lookback,
}

/// What is measured of the market or the index at a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    TotalMarketCap,
    Breadth(Average),
    IndexLevel,
    ConstituentsLevel,
}

pub(super) fn regime_rules(definition: &RegimeDefinition, inputs: &Inputs) -> Option<RegimeRules> {
    match definition {
        RegimeDefinition::AlwaysBullish => None,
        RegimeDefinition::PriceAboveAverage(rule) => price_above_average(rule),
        RegimeDefinition::Signals(rule) => combined(rule, inputs),
    }
}

/// Builds the rule that determines the regime of a definition; `None` if it is always bullish.
///
/// Signals that read an input never have a reading: the rule shows names, weights, scales and combination
/// alone.
#[must_use]
pub fn regime_rule(definition: &CheckedDefinition) -> Option<RegimeRule> {
    regime_rules(&definition.regime, &Inputs::none()).map(|rules| rules.rule)
}

/// The name of the one signal of the rule `price_above_average`.
const ONLY_SIGNAL: &str = "price_above_average";
/// The distance from the average at which that signal's score is full: a power of two, so that the scale
/// rounds nothing.
const FULL_DISTANCE: f64 = 0.25;

fn price_above_average(rule: &PriceAboveAverage) -> Option<RegimeRules> {
    let [enter, exit] = [rule.enter_above, rule.exit_below].map(|distance| approximate(distance.decimal()));
    let mut full = FULL_DISTANCE;
    while full <= enter.abs().max(exit.abs()) {
        full *= 2.0;
    }
    let average = Average::simple(at_least_one(rule.window_snapshots));
    let signal = PriceSignal::new(rule.asset.clone(), AgainstAverage(average));
    let only = Signal {
        name: ONLY_SIGNAL.to_owned(),
        weight: 1.0,
        scale: ScoreScale::new(0.0, full)?,
        input: Input::Market(Arc::new(signal)),
    };
    let hysteresis = Hysteresis {
        thresholds: Thresholds::new(enter / full, exit / full).ok()?,
        confirm: NonZeroU32::new(rule.confirm_snapshots)?,
        dwell_days_min: 0,
    };
    Some(RegimeRules {
        rule: RegimeRule { combination: Combination::All, members: vec![Member::Signal(only)], hysteresis },
        evaluation: rule.evaluate,
        measures: Vec::new(),
    })
}

fn combined(rule: &CombinedSignals, inputs: &Inputs) -> Option<RegimeRules> {
    let mut builder = Builder { inputs, measures: Vec::new() };
    let mut members = Vec::new();
    for signal in &rule.signals {
        members.push(Member::Signal(builder.signal(signal)?));
    }
    for group in &rule.groups {
        let signals = group.signals.iter().map(|signal| builder.signal(signal)).collect::<Option<_>>()?;
        members.push(Member::Group {
            name: group.name.clone(),
            weight: weight(group.weight),
            combination: group.combine,
            signals,
        });
    }
    let hysteresis = Hysteresis {
        thresholds: Thresholds::new(double(rule.enter_above), double(rule.exit_below)).ok()?,
        confirm: NonZeroU32::new(rule.confirm_snapshots)?,
        dwell_days_min: rule.min_dwell_days,
    };
    Some(RegimeRules {
        rule: RegimeRule { combination: rule.combine, members, hysteresis },
        evaluation: rule.evaluate,
        measures: builder.measures,
    })
}

struct Builder<'a> {
    inputs: &'a Inputs,
    measures: Vec<MeasuredSignal>,
}

impl Builder<'_> {
    fn signal(&mut self, definition: &SignalDefinition) -> Option<Signal> {
        Some(Signal {
            name: definition.name.clone(),
            weight: weight(definition.weight),
            scale: ScoreScale::new(double(definition.neutral), double(definition.full))?,
            input: self.input(definition),
        })
    }

    fn input(&mut self, definition: &SignalDefinition) -> Input {
        let name = &definition.name;
        let (Some(series), Some(indicator)) = (definition.reads.series(), indicator(&definition.reads))
        else {
            let own = self.inputs.own_signal(name);
            return Input::Market(own.unwrap_or_else(|| Arc::new(WithoutInput)));
        };
        let measure = match series {
            SeriesDefinition::Asset { asset } => {
                return Input::Market(Arc::new(PriceSignal::new(asset.clone(), indicator)));
            }
            SeriesDefinition::File { max_stale_days, when_stale, .. } => {
                return Input::Market(Arc::new(OutsideSignal {
                    series: self.inputs.series_of(name).unwrap_or_default(),
                    indicator,
                    max_stale_days: *max_stale_days,
                    when_stale: *when_stale,
                }));
            }
            SeriesDefinition::TotalMarketCap => Measure::TotalMarketCap,
            SeriesDefinition::Breadth { average } => Measure::Breadth(average_of(average)),
            SeriesDefinition::IndexLevel => Measure::IndexLevel,
            SeriesDefinition::ConstituentsLevel => Measure::ConstituentsLevel,
        };
        let lookback = indicator.lookback();
        self.measures.push(MeasuredSignal { name: name.clone(), measure, lookback });
        Input::Measured(indicator)
    }
}

/// Builds the indicator that reads a series, unless the signal is the user's own.
fn indicator(reads: &SignalReads) -> Option<Arc<dyn Indicator>> {
    Some(match reads {
        SignalReads::AgainstAverage { average, .. } => Arc::new(AgainstAverage(average_of(average))),
        SignalReads::Crossover { fast, slow, .. } => {
            Arc::new(AverageCrossover { fast: average_of(fast), slow: average_of(slow) })
        }
        SignalReads::Momentum { back_snapshots, .. } => {
            Arc::new(Momentum { back: at_least_one(*back_snapshots) })
        }
        SignalReads::MonthEnds { months, .. } => {
            Arc::new(MonthEndsAgainstAverage { months: NonZeroU32::new(*months)? })
        }
        SignalReads::Drawdown { window_snapshots, .. } => {
            Arc::new(Drawdown { window: at_least_one(*window_snapshots) })
        }
        SignalReads::Volatility { returns, returns_per_year, .. } => {
            Arc::new(Volatility { returns: at_least_one(*returns), per_year: f64::from(*returns_per_year) })
        }
        SignalReads::VolatilityQuantile { returns, window_snapshots, quantile, .. } => {
            Arc::new(VolatilityAgainstQuantile {
                returns: at_least_one(*returns),
                window: at_least_one(*window_snapshots),
                quantile: approximate(quantile.decimal()),
            })
        }
        SignalReads::MarkovSwitching { fit_returns, refit_every, bullish, .. } => {
            Arc::new(MarkovFilter::new(MarkovSettings {
                fit_returns: at_least_one(*fit_returns),
                refit: *refit_every,
                bullish: *bullish,
            }))
        }
        SignalReads::Level { .. } => Arc::new(Level),
        SignalReads::Own => return None,
    })
}

/// The place of a user's own signal in a rule that is built without inputs: it never has a reading.
#[derive(Debug)]
struct WithoutInput;

impl RegimeSignal for WithoutInput {
    fn lookback(&self) -> Lookback {
        Lookback::observations(1)
    }

    fn read(&self, _: &HistoryWindow<'_>) -> Reading {
        self.lookback().warming_up(0)
    }
}

fn average_of(definition: &AverageDefinition) -> Average {
    let window = at_least_one(definition.window_snapshots());
    match definition {
        AverageDefinition::Simple { .. } => Average::Simple { window },
        AverageDefinition::Exponential { span_snapshots, .. } => {
            Average::Exponential { span: at_least_one(*span_snapshots), window }
        }
    }
}

fn double(ratio: Ratio) -> f64 {
    approximate(ratio.decimal())
}

/// Returns the weight of a member; where none is asked for, all weigh the same.
fn weight(weight: Option<Ratio>) -> f64 {
    weight.map_or(1.0, double)
}
