//! A regime by several signals: how they combine, and what the combined score must do to change it.

use regimen_regime::Combination;
use regimen_types::Ratio;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evaluation::Evaluation;
use super::reads::SignalReads;
use crate::leaf;

/// The regime by one or more signals. Each has a score from -1 (bearish) to 1 (bullish); the scores combine
/// to one, and the regime follows it with an enter and exit threshold, confirmation and a least duration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CombinedSignals {
    /// How the scores become one.
    #[schemars(schema_with = "leaf::named::<Combination>")]
    pub combine: Combination,
    /// The combined score above which a bullish regime begins, from -1 to below 1. On the gauge, 0 stands at
    /// 50.
    #[schemars(schema_with = "leaf::score")]
    pub enter_above: Ratio,
    /// The combined score at or below which a bullish regime ends; at most `enter_above`.
    #[schemars(schema_with = "leaf::score")]
    pub exit_below: Ratio,
    /// How many evaluations in a row must agree before the regime changes; 1 changes at once.
    #[schemars(range(min = 1))]
    pub confirm_snapshots: u32,
    /// The days of 24 hours that a regime lasts at least; 0 for none.
    pub min_dwell_days: u32,
    /// When the rule is evaluated.
    pub evaluate: Evaluation,
    /// The signals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<SignalDefinition>,
    /// Groups of signals; each group counts as one signal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<SignalGroup>,
}

/// A signal with its score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalDefinition {
    /// The signal's name, as logs and gauge print it; no two have the same.
    #[schemars(schema_with = "leaf::signal_name")]
    pub name: String,
    /// What is read.
    pub reads: SignalReads,
    /// The reading at which the score is 0.
    #[schemars(schema_with = "leaf::number")]
    pub neutral: Ratio,
    /// The reading from which on the score is 1. Below `neutral` for a signal that is bullish when its
    /// reading is low.
    #[schemars(schema_with = "leaf::number")]
    pub full: Ratio,
    /// The weight, above zero; required where scores combine by weight, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_number")]
    pub weight: Option<Ratio>,
}

/// Several signals that count as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalGroup {
    /// The group's name, as logs and gauge print it; no two have the same.
    #[schemars(schema_with = "leaf::signal_name")]
    pub name: String,
    /// How the group's scores become one.
    #[schemars(schema_with = "leaf::named::<Combination>")]
    pub combine: Combination,
    /// The group's signals.
    pub signals: Vec<SignalDefinition>,
    /// The group's weight, above zero; required where scores combine by weight, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "leaf::positive_number")]
    pub weight: Option<Ratio>,
}

impl CombinedSignals {
    /// Iterates over all signals, those of groups included, each with its key in the definition.
    pub fn all_signals(&self) -> impl Iterator<Item = (String, &SignalDefinition)> {
        let signals = self.signals.iter().enumerate();
        let direct = signals.map(|(index, signal)| (format!("regime.signals[{index}]"), signal));
        let grouped = self.groups.iter().enumerate().flat_map(|(group, each)| {
            let signals = each.signals.iter().enumerate();
            signals.map(move |(index, signal)| (format!("regime.groups[{group}].signals[{index}]"), signal))
        });
        direct.chain(grouped)
    }
}
