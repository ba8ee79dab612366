//! What picks and weighs the constituents, as objects that decide.

use std::num::NonZeroUsize;

use regimen_weighting::{
    EligibilityFilter, EqualWeight, ExcludedCategories, KnownMarketCap, MarketCapWeight, MinimumHistory,
    WeightingRule,
};

use crate::definition::{IndexDefinition, Weighting};
use crate::weight_table::WeightTable;

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

pub(super) fn constituent_rules(definition: &IndexDefinition, weights: WeightTable) -> ConstituentRules {
    match definition.weighting {
        Weighting::MarketCap => ranked(definition, Box::new(MarketCapWeight)),
        Weighting::Equal => ranked(definition, Box::new(EqualWeight)),
        Weighting::File { .. } => ConstituentRules::FromFile(weights),
    }
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
