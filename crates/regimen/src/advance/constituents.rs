//! What the index holds after a rebalance, and why.

use regimen_planning::{TargetError, TargetPortfolio};
use regimen_types::{AsOf, AssetId, HistoryWindow};
use regimen_weighting::{
    AssetVerdict, Exclusion, Occasion, SupplySnapshot, SupplyUse, Verdict, WeighedAsset, Weights,
    reconstitute, weigh,
};

use crate::advance::given::weights_target;
use crate::advance::sleeve;
use crate::decide::DecideError;
use crate::decision::{Basis, GivenSource};
use crate::methodology::ConstituentRules;
use crate::methodology::Methodology;
use crate::state::{Exposure, IndexState};

/// Returns the target of an exposure at the window's reference instant, with what it is made of. The membership becomes
/// that of the new constituents; `in_force` is the first instant at which levels show them.
pub(super) fn target(
    methodology: &Methodology,
    exposure: Exposure,
    state: &mut IndexState,
    in_force: AsOf,
    window: &HistoryWindow<'_>,
) -> Result<(Basis, TargetPortfolio), DecideError> {
    let as_of = window.as_of();
    let (basis, target) = match exposure {
        Exposure::Sleeve => {
            let (verdicts, target) =
                sleeve::target(&methodology.definition().defensive, &state.sleeve, window);
            (Basis::Given { source: GivenSource::Sleeve, verdicts }, target)
        }
        Exposure::Constituents => constituents(methodology, state, in_force, window)?,
    };
    Ok((basis, target.map_err(|source| DecideError::Target { as_of, source })?))
}

type BasisAndTarget = (Basis, Result<TargetPortfolio, TargetError>);

fn constituents(
    methodology: &Methodology,
    state: &mut IndexState,
    in_force: AsOf,
    window: &HistoryWindow<'_>,
) -> Result<BasisAndTarget, DecideError> {
    let as_of = window.as_of();
    match &methodology.rules().constituents {
        ConstituentRules::FromFile(table) => {
            let (verdicts, target) = weights_target(table, window);
            Ok((Basis::Given { source: GivenSource::File, verdicts }, target))
        }
        ConstituentRules::Ranked { selecting, weighing } => {
            let occasion = occasion(state, window);
            let reconstitution = reconstitute(&occasion, in_force, selecting, weighing)
                .map_err(|source| DecideError::Weighting { as_of, source })?;
            state.membership = reconstitution.membership;
            let weights = reconstitution.weights.iter().flat_map(Weights::iter);
            let target = TargetPortfolio::new(weights.map(|(asset, weight)| (asset.clone(), weight)));
            Ok((Basis::Constituents(reconstitution.verdicts), target))
        }
    }
}

/// Weighs the present constituents again by the window's newest snapshot. One without a known amount there weighs nothing,
/// and stays a constituent for the next time. Given weights are taken as on a reconstitution.
pub(super) fn weighed_again(
    methodology: &Methodology,
    state: &IndexState,
    window: &HistoryWindow<'_>,
) -> Result<(Basis, TargetPortfolio), DecideError> {
    let as_of = window.as_of();
    let refused = |source: TargetError| DecideError::Target { as_of, source };
    let weighing = match &methodology.rules().constituents {
        ConstituentRules::FromFile(table) => {
            let (verdicts, target) = weights_target(table, window);
            return Ok((Basis::Given { source: GivenSource::File, verdicts }, target.map_err(refused)?));
        }
        ConstituentRules::Ranked { weighing, .. } => weighing,
    };
    let constituents: Vec<AssetId> = state.membership.constituents.iter().cloned().collect();
    let occasion = occasion(state, window);
    let weighed = weigh(&occasion, &constituents, weighing)
        .map_err(|source| DecideError::Weighting { as_of, source })?;
    let supplies = occasion.supply.filter(|_| weighing.amount.reads_supply());
    let verdicts = weighed
        .assets
        .iter()
        .map(|each| AssetVerdict {
            relaxation: weighed.relaxation.clone(),
            ..verdict_on(each, &occasion, supplies)
        })
        .collect();
    let weights = weighed.weights.iter().flat_map(Weights::iter);
    let target = TargetPortfolio::new(weights.map(|(asset, weight)| (asset.clone(), weight)));
    Ok((Basis::Constituents(verdicts), target.map_err(refused)?))
}

/// Says what became of a constituent that was weighed again.
fn verdict_on(
    weighed: &WeighedAsset,
    occasion: &Occasion<'_>,
    supplies: Option<&SupplySnapshot>,
) -> AssetVerdict {
    let row = occasion.window.row(&weighed.asset);
    let verdict = match (weighed.amount, row.and_then(|row| row.price()), supplies) {
        (Some(_), Some(_), _) => Verdict::Selected,
        (_, None, _) => Verdict::Excluded(Exclusion::NoPrice),
        (None, Some(_), Some(supplies)) => Verdict::Excluded(Exclusion::NoSupply { as_of: supplies.as_of }),
        (None, Some(_), None) => Verdict::Excluded(Exclusion::NoMarketCap),
    };
    AssetVerdict {
        asset: weighed.asset.clone(),
        price: row.and_then(|row| row.price()),
        market_cap: row.and_then(|row| row.market_cap()),
        rank_amount: None,
        rank: None,
        verdict,
        raw_weight: weighed.raw_weight,
        weight: weighed.weight,
        relaxation: None,
        supply: weighed.amount.and(row).and_then(|row| SupplyUse::of(occasion, &row)),
    }
}

/// Returns what a reconstitution or rebalance sees.
fn occasion<'a>(state: &'a IndexState, window: &HistoryWindow<'a>) -> Occasion<'a> {
    Occasion { window: *window, membership: &state.membership, supply: state.supply.in_force.as_ref() }
}
