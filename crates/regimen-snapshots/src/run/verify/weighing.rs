//! The weights of constituents: those that the weighting rule gives to the amounts of the table.

use regimen::IndexDefinition;
use regimen::definition::Weighting;
use regimen_types::{AssetId, Exact, Weight};
use regimen_weighting::{Candidate, EqualWeight, MarketCapWeight, WeightingRule, Weights};
use rust_decimal::Decimal;

use super::decisions::place;
use super::faults::Faults;
use crate::run::codes::DECISION;
use crate::run::rows::DecisionRow;

/// Checks the raw weights and the weights of the constituents of one instant.
pub(super) fn check(constituents: &[&DecisionRow], definition: &IndexDefinition, faults: &mut Faults) {
    let Some(last) = constituents.last() else { return };
    let raw: Vec<Weight> = constituents.iter().map(|row| row.raw_weight.unwrap_or(Weight::ZERO)).collect();
    let mut exact = raw.iter().map(|weight| Exact::from(weight.decimal()));
    let sum = exact.try_fold(Exact::ZERO, Exact::plus);
    if !sum.and_then(|sum| sum.compare(Exact::from(Decimal::ONE))).is_ok_and(std::cmp::Ordering::is_eq) {
        let message = format!("the raw weights of {} do not sum to 1", last.as_of);
        faults.add(place(last, "raw_weight").fault(DECISION, message));
    }
    if let Some(expected) = weights_by_rule(constituents, definition) {
        for (row, raw) in constituents.iter().zip(&raw) {
            let weight = row.asset.as_ref().map_or(Weight::ZERO, |asset| expected.of(asset));
            faults.expect(place(row, "raw_weight"), DECISION, raw, &weight, "by the weighting rule");
        }
    }
    // Weights of a basket that takes effect after its reference instant have drifted from what was decided.
    if definition.schedule.may_take_effect_later() {
        return;
    }
    for (row, raw) in constituents.iter().zip(&raw) {
        faults.expect(place(row, "weight"), DECISION, &row.weight, raw, "the raw weight");
    }
}

/// Weighs the constituents again, if the table has all that the rule needs.
fn weights_by_rule(constituents: &[&DecisionRow], definition: &IndexDefinition) -> Option<Weights> {
    let candidate = |row: &&DecisionRow| -> Option<Candidate> {
        let asset: AssetId = row.asset.clone()?;
        Some(Candidate { asset, market_cap: row.market_cap? })
    };
    let candidates: Vec<Candidate> = constituents.iter().map(candidate).collect::<Option<_>>()?;
    let rule: &dyn WeightingRule = match definition.weighting {
        Weighting::MarketCap => &MarketCapWeight,
        Weighting::Equal => &EqualWeight,
        _ => return None,
    };
    rule.weigh(&candidates).ok()
}
