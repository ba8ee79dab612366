//! What picks and weighs the constituents, as objects that decide.

use std::sync::Arc;

use regimen_definition::{
    BufferDefinition, GroupLimits, GroupMax, IndexDefinition, Limits, MeasureDefinition, Selection, Weighting,
};
use regimen_types::{HistoryWindow, Row, Weight};
use regimen_weighting::{
    AttributeTilt, Bounds, Buffer, EqualWeight, FixedWeights, Grouping, HistoryWeighting, IfInfeasible,
    InverseVolatility, LargestCap, LimitRules, MarketCapWeight, Measure, Membership, Occasion, PowerWeight,
    RankSelection, SelectionRules, Size, SquareRootWeight, UniverseScreen, WeighingRules, WeightLimits,
};

use super::measures::{lookback, optional_measure};
use super::screens::screens;
use super::sizes::{at_least_one, count};
use crate::methodology::inputs::Inputs;
use crate::methodology::own_rules::OwnRules;
use crate::methodology::weight_table::WeightTable;

/// What picks and weighs the constituents.
#[derive(Debug)]
pub(crate) enum ConstituentRules {
    Ranked { selecting: SelectionRules, weighing: WeighingRules },
    FromFile(WeightTable),
}

impl ConstituentRules {
    /// Returns the rows of the newest snapshot that pass all screens, or `None` if a screen cannot be
    /// computed. Weights from a file screen nothing and have none.
    pub(crate) fn eligible<'a>(
        &self,
        window: &HistoryWindow<'a>,
        membership: &Membership,
    ) -> Option<Vec<Row<'a>>> {
        let Self::Ranked { selecting, .. } = self else { return Some(Vec::new()) };
        let occasion = Occasion { window: *window, membership, supply: None };
        let mut passed: Vec<Row<'a>> = window.snapshot().rows().collect();
        for screen in &selecting.screens {
            let mut reasons = screen.screen(&passed, &occasion).ok()?.into_iter();
            passed.retain(|_| reasons.next().flatten().is_none());
        }
        Some(passed)
    }
}

pub(super) fn constituent_rules(definition: &IndexDefinition, inputs: &Inputs) -> ConstituentRules {
    if let Weighting::File { .. } = definition.weighting {
        return ConstituentRules::FromFile(inputs.weight_table());
    }
    let own = inputs.rules();
    let all = Selection { all: true, ..Selection::default() };
    let selection = definition.selection.as_ref().unwrap_or(&all);
    let mut screens = definition.universe.as_ref().map_or_else(Vec::new, screens);
    screens.extend(own.screens.iter().map(|screen| Box::new(Arc::clone(screen)) as Box<dyn UniverseScreen>));
    ConstituentRules::Ranked {
        selecting: SelectionRules {
            screens,
            ranking: optional_measure(selection.rank_by.as_ref()),
            grouping: selection.group_max.as_ref().map(|group| match group {
                GroupMax::Category { .. } => Grouping::Category,
                GroupMax::Attribute { name, .. } => Grouping::Attribute(name.clone()),
            }),
            selection: match &own.selection {
                Some(rule) => Box::new(Arc::clone(rule)),
                None => Box::new(selection_rule(selection)),
            },
        },
        weighing: with_own(weighing_rules(definition), own),
    }
}

fn with_own(mut weighing: WeighingRules, own: &OwnRules) -> WeighingRules {
    if let Some(rule) = &own.weighting {
        weighing.rule = Box::new(Arc::clone(rule));
        if weighing.amount == Measure::One {
            weighing.amount = Measure::MarketCap;
        }
    }
    if let Some(cap) = &own.cap {
        let (grouping, if_infeasible) = match weighing.limits.take() {
            Some(limits) => (limits.grouping, limits.if_infeasible),
            None => (None, IfInfeasible::Error),
        };
        weighing.limits = Some(LimitRules { cap: Box::new(Arc::clone(cap)), grouping, if_infeasible });
    }
    weighing
}

/// Builds the rule that a definition selects by.
#[must_use]
pub fn selection_rule(selection: &Selection) -> RankSelection {
    let group_max = selection.group_max.as_ref().map(|group| match group {
        GroupMax::Category { count } | GroupMax::Attribute { count, .. } => at_least_one(*count),
    });
    RankSelection {
        size: match (selection.count, &selection.count_by_date, selection.coverage) {
            (Some(count), ..) => Size::Count(at_least_one(count)),
            (None, Some(counts), _) => Size::CountByDate(
                counts.iter().map(|dated| (dated.from, at_least_one(dated.count))).collect(),
            ),
            (None, None, Some(share)) => Size::Coverage(share),
            (None, None, None) => Size::All,
        },
        buffer: selection.buffer.as_ref().map(|buffer| match buffer {
            BufferDefinition::Rank { enter, stay } => {
                Buffer::Rank { enter: count(*enter), stay: count(*stay) }
            }
            BufferDefinition::Amount { enter, stay } => Buffer::Amount { enter: *enter, stay: *stay },
        }),
        group_max,
        reserve: count(selection.reserve),
    }
}

fn weighing_rules(definition: &IndexDefinition) -> WeighingRules {
    let of_cap = |of: &Option<MeasureDefinition>| optional_measure(of.as_ref());
    let (amount, rule): (Measure, Box<dyn HistoryWeighting>) = match &definition.weighting {
        Weighting::MarketCap { of } => (of_cap(of), Box::new(MarketCapWeight)),
        Weighting::SquareRoot { of } => (of_cap(of), Box::new(SquareRootWeight)),
        Weighting::Power { exponent, of } => {
            (of_cap(of), Box::new(PowerWeight { exponent: exponent.decimal() }))
        }
        Weighting::Equal | Weighting::File { .. } => (Measure::One, Box::new(EqualWeight)),
        Weighting::InverseVolatility { over } => {
            (Measure::One, Box::new(InverseVolatility { lookback: lookback(*over) }))
        }
        Weighting::AttributeTilt { attribute, of } => {
            (of_cap(of), Box::new(AttributeTilt { attribute: attribute.clone() }))
        }
        Weighting::Fixed { weights } => {
            let weights = weights.iter().map(|fixed| (fixed.asset.clone(), fixed.weight));
            (Measure::One, Box::new(FixedWeights::new(weights)))
        }
    };
    let limits = definition.limits.as_ref().map(limit_rules);
    WeighingRules { amount, rule, limits }
}

/// Builds the rules that a definition limits weights by.
#[must_use]
pub fn limit_rules(limits: &Limits) -> LimitRules {
    let (grouping, group) = match &limits.group {
        None => (None, Bounds::NONE),
        Some(GroupLimits::Category { cap, floor }) => (Some(Grouping::Category), bounds(*cap, *floor)),
        Some(GroupLimits::Attribute { name, cap, floor }) => {
            (Some(Grouping::Attribute(name.clone())), bounds(*cap, *floor))
        }
    };
    let largest = limits.largest.as_ref();
    let cap = WeightLimits {
        asset: bounds(limits.cap, limits.floor),
        largest: largest.map(|largest| LargestCap { count: count(largest.count), cap: largest.cap }),
        group,
    };
    LimitRules { cap: Box::new(cap), grouping, if_infeasible: limits.if_infeasible }
}

fn bounds(cap: Option<Weight>, floor: Option<Weight>) -> Bounds {
    Bounds { floor: floor.unwrap_or(Weight::ZERO), cap: cap.unwrap_or(Weight::ONE) }
}
