//! What picks and weighs the constituents, as objects that decide.

use std::num::NonZeroUsize;

use regimen_weighting::{
    EqualWeight, ExcludedCategories, HistoryWeighting, KnownMarketCap, MarketCapWeight, Measure,
    MinimumHistory, RankSelection, SelectionRules, UniverseScreen, WeighingRules,
};

use crate::definition::{IndexDefinition, Weighting};
use crate::weight_table::WeightTable;

/// What picks and weighs the constituents.
#[derive(Debug)]
pub(crate) enum ConstituentRules {
    Ranked { selecting: SelectionRules, weighing: WeighingRules },
    FromFile(WeightTable),
}

pub(super) fn constituent_rules(definition: &IndexDefinition, weights: WeightTable) -> ConstituentRules {
    match definition.weighting {
        Weighting::MarketCap => ranked(definition, Box::new(MarketCapWeight)),
        Weighting::Equal => ranked(definition, Box::new(EqualWeight)),
        Weighting::File { .. } => ConstituentRules::FromFile(weights),
    }
}

fn ranked(definition: &IndexDefinition, rule: Box<dyn HistoryWeighting>) -> ConstituentRules {
    let mut screens: Vec<Box<dyn UniverseScreen>> = Vec::new();
    if let Some(universe) = &definition.universe {
        screens.push(Box::new(ExcludedCategories::new(universe.exclude_categories.iter().cloned())));
        screens.push(Box::new(KnownMarketCap));
        screens.push(Box::new(MinimumHistory::new(at_least_one(universe.history_snapshots_min))));
    }
    let count = definition.selection.as_ref().map_or(u32::MAX, |selection| selection.count);
    let selection = Box::new(RankSelection::first(at_least_one(count)));
    ConstituentRules::Ranked {
        selecting: SelectionRules { screens, ranking: Measure::MarketCap, grouping: None, selection },
        weighing: WeighingRules { amount: Measure::MarketCap, rule, limits: None },
    }
}

/// Converts a count that the definition's check keeps above zero.
fn at_least_one(count: u32) -> NonZeroUsize {
    usize::try_from(count).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN)
}
