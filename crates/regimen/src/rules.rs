//! The methodology's rules as objects that decide: built once, shared by all decisions.

use std::num::{NonZeroU32, NonZeroUsize};

use regimen_regime::{PriceAboveAverage, RegimeRule, RegimeSignal, Thresholds};
use regimen_types::approximate;
use regimen_weighting::{
    EligibilityFilter, EqualWeight, ExcludedCategories, KnownMarketCap, MarketCapWeight, MinimumHistory,
    WeightingRule,
};

use crate::definition::{Evaluation, IndexDefinition, RegimeDefinition, Weighting};
use crate::weight_table::WeightTable;

/// What tells the regime. Without it the regime is always bullish.
#[derive(Debug)]
pub(crate) struct RegimeRules {
    pub(crate) signal: Box<dyn RegimeSignal>,
    pub(crate) rule: RegimeRule,
    pub(crate) evaluation: Evaluation,
}

/// What picks and weighs the constituents.
#[derive(Debug)]
pub(crate) enum ConstituentRules {
    Ranked {
        screens: Vec<Box<dyn EligibilityFilter>>,
        count: NonZeroUsize,
        weighting: Box<dyn WeightingRule>,
    },
    FromFile(WeightTable),
}

#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) regime: Option<RegimeRules>,
    pub(crate) constituents: ConstituentRules,
}

impl Rules {
    /// Builds the rules of a checked definition; `weights` serve a definition whose weights come from a file.
    pub(crate) fn new(definition: &IndexDefinition, weights: WeightTable) -> Self {
        Self {
            regime: regime_rules(&definition.regime),
            constituents: match definition.weighting {
                Weighting::MarketCap => ranked(definition, Box::new(MarketCapWeight)),
                Weighting::Equal => ranked(definition, Box::new(EqualWeight)),
                Weighting::File { .. } => ConstituentRules::FromFile(weights),
            },
        }
    }
}

impl Rules {
    /// Returns the weights from a file, if that is where they come from.
    pub(crate) fn weights(&self) -> Option<&WeightTable> {
        match &self.constituents {
            ConstituentRules::FromFile(weights) => Some(weights),
            ConstituentRules::Ranked { .. } => None,
        }
    }
}

fn regime_rules(definition: &RegimeDefinition) -> Option<RegimeRules> {
    let RegimeDefinition::PriceAboveAverage(rule) = definition else { return None };
    let window = usize::try_from(rule.window_snapshots).ok().and_then(NonZeroUsize::new)?;
    let threshold = |distance: regimen_types::RelativeDistance| approximate(distance.decimal());
    let thresholds = Thresholds::new(threshold(rule.enter_above), threshold(rule.exit_below)).ok()?;
    Some(RegimeRules {
        signal: Box::new(PriceAboveAverage::new(rule.asset.clone(), window)),
        rule: RegimeRule { thresholds, confirm_snapshots: NonZeroU32::new(rule.confirm_snapshots)? },
        evaluation: rule.evaluate,
    })
}

fn ranked(definition: &IndexDefinition, weighting: Box<dyn WeightingRule>) -> ConstituentRules {
    let mut screens: Vec<Box<dyn EligibilityFilter>> = Vec::new();
    if let Some(universe) = &definition.universe {
        screens.push(Box::new(ExcludedCategories::new(universe.exclude_categories.iter().cloned())));
        screens.push(Box::new(KnownMarketCap));
        screens.push(Box::new(MinimumHistory::new(at_least_one(universe.history_snapshots_min))));
    }
    let count = definition.selection.as_ref().map_or(u32::MAX, |selection| selection.count);
    ConstituentRules::Ranked { screens, count: at_least_one(count), weighting }
}

/// Converts a count that the definition's check keeps above zero.
fn at_least_one(count: u32) -> NonZeroUsize {
    usize::try_from(count).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN)
}
