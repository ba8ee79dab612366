//! Targets whose weights are given: the defensive sleeve, and weights from a file.

use regimen_planning::{TargetError, TargetPortfolio};
use regimen_types::{AssetId, HistoryWindow, Price, Weight};
use regimen_weighting::Weights;
use rust_decimal::Decimal;

use crate::decision::{GivenExclusion, GivenVerdict};
use crate::definition::Defensive;
use crate::weight_table::WeightTable;

type VerdictsAndTarget = (Vec<GivenVerdict>, Result<TargetPortfolio, TargetError>);

/// Builds the target of the defensive sleeve.
///
/// What was meant for an asset that is off its peg or has no price goes to the others in proportion to their
/// weights; if none is left, to cash.
pub(super) fn sleeve_target(defensive: &Defensive, window: &HistoryWindow<'_>) -> VerdictsAndTarget {
    let tolerance = defensive.peg_tolerance.unwrap_or(Weight::ONE).decimal();
    let members = defensive.sleeve.iter().map(|member| (&member.asset, member.weight));
    let mut verdicts = verdicts(members, window, |price| {
        let distance = price.decimal().saturating_sub(Decimal::ONE).abs();
        (distance > tolerance).then_some(GivenExclusion::OffPeg)
    });
    hand_over(&mut verdicts);
    let target = target(&verdicts);
    (verdicts, target)
}

/// Builds the target of the table's newest weights at the window's reference instant; before the first, cash.
///
/// What was meant for an asset without a price stays in cash.
pub(super) fn weights_target(table: &WeightTable, window: &HistoryWindow<'_>) -> VerdictsAndTarget {
    let weights = table.at(window.as_of()).map_or(&[][..], |(_, weights)| weights);
    let verdicts = verdicts(weights.iter().map(|(asset, weight)| (asset, *weight)), window, |_| None);
    let target = target(&verdicts);
    (verdicts, target)
}

fn verdicts<'a>(
    given: impl Iterator<Item = (&'a AssetId, Weight)>,
    window: &HistoryWindow<'_>,
    exclude: impl Fn(Price) -> Option<GivenExclusion>,
) -> Vec<GivenVerdict> {
    given
        .map(|(asset, given_weight)| {
            let price = window.row(asset).and_then(|row| row.price());
            let exclusion = price.map_or(Some(GivenExclusion::NoPrice), &exclude);
            let weight = if exclusion.is_some() { Weight::ZERO } else { given_weight };
            GivenVerdict { asset: asset.clone(), price, given_weight, weight, exclusion }
        })
        .collect()
}

/// Spreads the weights of the excluded over the others in proportion.
fn hand_over(verdicts: &mut [GivenVerdict]) {
    if verdicts.iter().all(|each| each.exclusion.is_none()) {
        return;
    }
    let given: Decimal = verdicts.iter().map(|each| each.given_weight.decimal()).sum();
    let kept: Vec<_> = verdicts.iter().map(|each| (each.asset.clone(), each.weight.decimal())).collect();
    // Nothing is left to hand over to.
    let Ok(shares) = Weights::proportional_to(&kept) else { return };
    for verdict in verdicts.iter_mut().filter(|each| each.exclusion.is_none()) {
        let raised = shares.of(&verdict.asset).decimal().saturating_mul(given);
        // Rounding down keeps the sum at or below what was given; the rest is cash.
        verdict.weight = Weight::new(raised.trunc_with_scale(Weights::SCALE)).unwrap_or(verdict.weight);
    }
}

fn target(verdicts: &[GivenVerdict]) -> Result<TargetPortfolio, TargetError> {
    let bought = verdicts.iter().filter(|each| !each.weight.is_zero());
    TargetPortfolio::new(bought.map(|each| (each.asset.clone(), each.weight)))
}
