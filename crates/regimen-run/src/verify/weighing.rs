//! The weights of constituents: those that the weighting rule gives to the amounts of the table.

use regimen::IndexDefinition;
use regimen::definition::{MeasureDefinition, Weighting};
use regimen_types::{Exact, MarketCap, Weight};
use regimen_weighting::{
    Candidate, EqualWeight, FixedWeights, IfInfeasible, MarketCapWeight, PowerWeight, Purpose, RawWeight,
    SquareRootWeight, WeightingRule, Weights,
};
use rust_decimal::Decimal;

use super::faults::{Faults, place};
use super::supplies::SupplyTable;
use crate::codes::DECISION;
use crate::tables::DecisionRow;

/// Checks the raw weights and the weights of the constituents of one instant.
pub(super) fn check(
    constituents: &[&DecisionRow],
    definition: &IndexDefinition,
    supplies: Option<&SupplyTable>,
    faults: &mut Faults,
) {
    let Some(last) = constituents.last() else { return };
    let raw: Vec<Weight> = constituents.iter().map(|row| row.raw_weight.unwrap_or(Weight::ZERO)).collect();
    let mut exact = raw.iter().map(|weight| Exact::from(weight.decimal()));
    let sum = exact.try_fold(Exact::ZERO, Exact::plus);
    if !sum.and_then(|sum| sum.compare(Exact::from(Decimal::ONE))).is_ok_and(std::cmp::Ordering::is_eq) {
        let message = format!("the raw weights of {} do not sum to 1", last.as_of);
        faults.add(place(*last, "raw_weight").fault(DECISION, message));
    }
    if let Some(expected) = weights_by_rule(constituents, definition, supplies) {
        for (row, raw) in constituents.iter().zip(&raw) {
            let weight = row.asset.as_ref().map_or(Weight::ZERO, |asset| expected.of(asset));
            faults.expect(place(*row, "raw_weight"), DECISION, raw, &weight, "by the weighting rule");
        }
    }
    // Weights of a basket that takes effect after its reference instant have drifted from what was decided.
    if definition.schedule.may_take_effect_later() {
        return;
    }
    let Some(limited) = limited(constituents, &raw, definition) else { return };
    for (row, weight) in constituents.iter().zip(limited) {
        faults.expect(place(*row, "weight"), DECISION, &row.weight, &weight, "by the limits");
    }
}

/// Limits the raw weights again, unless limits look at groups, which the table does not name.
fn limited(
    constituents: &[&DecisionRow],
    raw: &[Weight],
    definition: &IndexDefinition,
) -> Option<Vec<Weight>> {
    let Some(limits) = &definition.limits else { return Some(raw.to_vec()) };
    if limits.group.is_some() {
        return None;
    }
    let raw_weight = |(row, weight): (&&DecisionRow, &Weight)| {
        Some(RawWeight { asset: row.asset.clone()?, weight: *weight, group: None })
    };
    let raw: Vec<RawWeight> = constituents.iter().zip(raw).map(raw_weight).collect::<Option<_>>()?;
    let rules = regimen::limit_rules(limits);
    let weights = match (rules.cap.limit(&raw), rules.if_infeasible) {
        (Ok(weights), _) => weights,
        (Err(_), IfInfeasible::EqualWeights) => {
            let ones: Vec<_> = raw.iter().map(|each| (each.asset.clone(), Decimal::ONE)).collect();
            Weights::proportional_to(&ones).ok()?
        }
        (Err(_), IfInfeasible::Unlimited) => return Some(raw.iter().map(|each| each.weight).collect()),
        (Err(_), IfInfeasible::Error) => return None,
    };
    Some(raw.iter().map(|each| weights.of(&each.asset)).collect())
}

/// Returns true if a measure is a price times a supply.
fn reads_supply(measure: Option<&MeasureDefinition>) -> bool {
    matches!(measure, None | Some(MeasureDefinition::MarketCap | MeasureDefinition::FloatAdjusted { .. }))
}

/// Returns true if the methodology ranks by a price times a supply.
pub(super) fn ranks_by_supply(definition: &IndexDefinition) -> bool {
    definition.selection.as_ref().is_some_and(|selection| reads_supply(selection.rank_by.as_ref()))
}

/// Weighs the constituents again, if the table has all that the rule needs.
fn weights_by_rule(
    constituents: &[&DecisionRow],
    definition: &IndexDefinition,
    supplies: Option<&SupplyTable>,
) -> Option<Weights> {
    let ranking = definition.selection.as_ref().and_then(|selection| selection.rank_by.as_ref());
    let held =
        |row: &DecisionRow| supplies?.of(row.as_of, row.asset.as_ref()?)?.market_cap(Purpose::Weighing);
    let candidate = |row: &&DecisionRow, of: Option<&MeasureDefinition>| -> Option<Candidate> {
        let amount = match of {
            _ if definition.schedule.supply.is_some() && reads_supply(of) => {
                MarketCap::new(held(row)?.decimal()).ok()?
            }
            None | Some(MeasureDefinition::MarketCap) => row.market_cap?,
            // The amount that ranks is the one that weighs.
            Some(_) if of == ranking => MarketCap::new(row.rank_amount?.decimal()).ok()?,
            Some(_) => return None,
        };
        Some(Candidate { asset: row.asset.clone()?, market_cap: amount })
    };
    let (of, rule): (_, Box<dyn WeightingRule>) = match &definition.weighting {
        Weighting::MarketCap { of } => (of.as_ref(), Box::new(MarketCapWeight)),
        Weighting::SquareRoot { of } => (of.as_ref(), Box::new(SquareRootWeight)),
        Weighting::Power { exponent, of } => {
            (of.as_ref(), Box::new(PowerWeight { exponent: exponent.decimal() }))
        }
        Weighting::Equal => (None, Box::new(EqualWeight)),
        Weighting::Fixed { weights } => {
            let weights = weights.iter().map(|fixed| (fixed.asset.clone(), fixed.weight));
            (None, Box::new(FixedWeights::new(weights)))
        }
        _ => return None,
    };
    let candidates: Vec<Candidate> =
        constituents.iter().map(|row| candidate(row, of)).collect::<Option<_>>()?;
    rule.weigh(&candidates).ok()
}
