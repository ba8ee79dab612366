//! Targets whose weights are given, and those from a file.

use regimen_planning::{TargetError, TargetPortfolio};
use regimen_types::{AssetId, HistoryWindow, Price, Weight};

use super::basis::{GivenExclusion, GivenVerdict};
use crate::methodology::WeightTable;

type VerdictsAndTarget = (Vec<GivenVerdict>, Result<TargetPortfolio, TargetError>);

/// Builds the target of the table's newest weights at the window's reference instant; before the first, cash.
///
/// What was meant for an asset without a price stays in cash.
pub(super) fn weights_target(table: &WeightTable, window: &HistoryWindow<'_>) -> VerdictsAndTarget {
    let weights = table.at(window.as_of()).map_or(&[][..], |(_, weights)| weights);
    let verdicts = verdicts(weights.iter().map(|(asset, weight)| (asset, *weight)), window, |_, _| None);
    let target = target(&verdicts);
    (verdicts, target)
}

pub(super) fn verdicts<'a>(
    given: impl Iterator<Item = (&'a AssetId, Weight)>,
    window: &HistoryWindow<'_>,
    exclude: impl Fn(&AssetId, Price) -> Option<GivenExclusion>,
) -> Vec<GivenVerdict> {
    given
        .map(|(asset, given_weight)| {
            let price = window.row(asset).and_then(|row| row.price());
            let exclusion = price.map_or(Some(GivenExclusion::NoPrice), |price| exclude(asset, price));
            let weight = if exclusion.is_some() { Weight::ZERO } else { given_weight };
            GivenVerdict { asset: asset.clone(), price, given_weight, weight, exclusion }
        })
        .collect()
}

pub(super) fn target(verdicts: &[GivenVerdict]) -> Result<TargetPortfolio, TargetError> {
    let bought = verdicts.iter().filter(|each| !each.weight.is_zero());
    TargetPortfolio::new(bought.map(|each| (each.asset.clone(), each.weight)))
}
