//! What the index holds after a rebalance, and why.

use regimen_planning::{TargetError, TargetPortfolio};
use regimen_types::HistoryWindow;
use regimen_weighting::{Weights, reconstitute};

use crate::advance::given::{sleeve_target, weights_target};
use crate::decide::DecideError;
use crate::decision::{Basis, GivenSource};
use crate::methodology::Methodology;
use crate::rules::ConstituentRules;
use crate::state::Exposure;

/// Returns the target of an exposure at the window's reference instant, with what it is made of.
pub(super) fn target(
    methodology: &Methodology,
    exposure: Exposure,
    window: &HistoryWindow<'_>,
) -> Result<(Basis, TargetPortfolio), DecideError> {
    let as_of = window.as_of();
    let (basis, target) = match exposure {
        Exposure::Sleeve => {
            let (verdicts, target) = sleeve_target(&methodology.definition().defensive, window);
            (Basis::Given { source: GivenSource::Sleeve, verdicts }, target)
        }
        Exposure::Constituents => constituents(methodology, window)?,
    };
    Ok((basis, target.map_err(|source| DecideError::Target { as_of, source })?))
}

type BasisAndTarget = (Basis, Result<TargetPortfolio, TargetError>);

fn constituents(
    methodology: &Methodology,
    window: &HistoryWindow<'_>,
) -> Result<BasisAndTarget, DecideError> {
    let as_of = window.as_of();
    match &methodology.rules().constituents {
        ConstituentRules::FromFile(table) => {
            let (verdicts, target) = weights_target(table, window);
            Ok((Basis::Given { source: GivenSource::File, verdicts }, target))
        }
        ConstituentRules::Ranked { screens, count, weighting } => {
            let reconstitution = reconstitute(window, screens, *count, weighting.as_ref())
                .map_err(|source| DecideError::Weighting { as_of, source })?;
            let weights = reconstitution.weights.iter().flat_map(Weights::iter);
            let target = TargetPortfolio::new(weights.map(|(asset, weight)| (asset.clone(), weight)));
            Ok((Basis::Constituents(reconstitution.verdicts), target))
        }
    }
}
