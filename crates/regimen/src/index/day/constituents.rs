//! The target of a new basket: the sleeve, constituents that are selected, or constituents that are weighed
//! again.

use regimen_planning::TargetPortfolio;
use regimen_types::{AsOf, AssetId, HistoryWindow};
use regimen_weighting::{
    AssetVerdict, Membership, Occasion, SupplyUse, Verdict, WeighedAsset, Weights, reconstitute, weigh,
};

use super::Day;
use crate::index::basis::{Basis, GivenSource};
use crate::index::error::IndexError;
use crate::index::given::weights_target;
use crate::index::sleeve;
use crate::methodology::ConstituentRules;
use crate::methodology::WeightTable;

/// What a target is made of, the target, and the members that it leaves; `None` for given weights.
type Chosen = Result<(Basis, TargetPortfolio, Option<Membership>), IndexError>;

impl Day<'_, '_> {
    /// Returns the target of the defensive sleeve at the window's newest snapshot.
    pub(super) fn sleeve(&self, window: &HistoryWindow<'_>) -> Chosen {
        let defensive = &self.methodology.definition().defensive;
        let (verdicts, target) = sleeve::target(defensive, &self.state.sleeve, window);
        let target = target.map_err(|source| IndexError::Target { as_of: window.as_of(), source })?;
        Ok((Basis::Given { source: GivenSource::Sleeve, verdicts }, target, None))
    }

    /// Selects and weighs constituents by the window's newest snapshot. `in_force` is the instant from which
    /// they count.
    pub(super) fn reconstituted(&self, in_force: AsOf, window: &HistoryWindow<'_>) -> Chosen {
        let as_of = window.as_of();
        let (selecting, weighing) = match &self.methodology.rules().constituents {
            ConstituentRules::FromFile(table) => return from_file(table, window),
            ConstituentRules::Ranked { selecting, weighing } => (selecting, weighing),
        };
        let reconstitution = reconstitute(&self.occasion(window), in_force, selecting, weighing)
            .map_err(|source| IndexError::Weighting { as_of, source })?;
        let target = target_of(reconstitution.weights.as_ref(), as_of)?;
        Ok((Basis::Constituents(reconstitution.verdicts), target, Some(reconstitution.membership)))
    }

    /// Weighs the present constituents again by the window's newest snapshot. One without a known price or
    /// amount there weighs nothing, and stays a constituent for the next time. Given weights are taken as on
    /// a reconstitution.
    pub(super) fn weighed_again(&self, window: &HistoryWindow<'_>) -> Chosen {
        let as_of = window.as_of();
        let weighing = match &self.methodology.rules().constituents {
            ConstituentRules::FromFile(table) => return from_file(table, window),
            ConstituentRules::Ranked { weighing, .. } => weighing,
        };
        let constituents: Vec<AssetId> = self.state.membership.constituents.iter().cloned().collect();
        let occasion = self.occasion(window);
        let weighed = weigh(&occasion, &constituents, weighing)
            .map_err(|source| IndexError::Weighting { as_of, source })?;
        let verdict =
            |each| AssetVerdict { relaxation: weighed.relaxation.clone(), ..verdict_on(each, &occasion) };
        let verdicts = weighed.assets.iter().map(verdict).collect();
        let target = target_of(weighed.weights.as_ref(), as_of)?;
        Ok((Basis::Constituents(verdicts), target, Some(self.state.membership.clone())))
    }

    /// Returns what a reconstitution or rebalance sees.
    fn occasion<'a>(&'a self, window: &HistoryWindow<'a>) -> Occasion<'a> {
        let supply = self.state.supply.in_force.as_ref();
        Occasion { window: *window, membership: &self.state.membership, supply }
    }
}

/// Returns the target of the newest weights of a file.
fn from_file(table: &WeightTable, window: &HistoryWindow<'_>) -> Chosen {
    let (verdicts, target) = weights_target(table, window);
    let target = target.map_err(|source| IndexError::Target { as_of: window.as_of(), source })?;
    Ok((Basis::Given { source: GivenSource::File, verdicts }, target, None))
}

fn target_of(weights: Option<&Weights>, as_of: AsOf) -> Result<TargetPortfolio, IndexError> {
    let weights = weights.into_iter().flat_map(Weights::iter);
    TargetPortfolio::new(weights.map(|(asset, weight)| (asset.clone(), weight)))
        .map_err(|source| IndexError::Target { as_of, source })
}

/// Builds the verdict on a constituent that was weighed again.
fn verdict_on(weighed: &WeighedAsset, occasion: &Occasion<'_>) -> AssetVerdict {
    let row = occasion.window.row(&weighed.asset);
    let verdict = weighed.exclusion.clone().map_or(Verdict::Selected, Verdict::Excluded);
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
