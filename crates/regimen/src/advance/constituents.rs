//! What the index holds after a rebalance, and why.

use regimen_planning::{TargetError, TargetPortfolio};
use regimen_types::HistoryWindow;
use regimen_weighting::{Membership, Occasion, Weights, reconstitute};

use crate::advance::given::weights_target;
use crate::advance::sleeve;
use crate::decide::DecideError;
use crate::decision::{Basis, GivenSource};
use crate::methodology::Methodology;
use crate::rules::ConstituentRules;
use crate::state::{Exposure, IndexState};

/// Returns the target of an exposure at the window's reference instant, with what it is made of. The membership becomes
/// that of the new constituents.
pub(super) fn target(
    methodology: &Methodology,
    exposure: Exposure,
    state: &mut IndexState,
    window: &HistoryWindow<'_>,
) -> Result<(Basis, TargetPortfolio), DecideError> {
    let as_of = window.as_of();
    let (basis, target) = match exposure {
        Exposure::Sleeve => {
            let (verdicts, target) =
                sleeve::target(&methodology.definition().defensive, &state.sleeve, window);
            (Basis::Given { source: GivenSource::Sleeve, verdicts }, target)
        }
        Exposure::Constituents => constituents(methodology, &mut state.membership, window)?,
    };
    Ok((basis, target.map_err(|source| DecideError::Target { as_of, source })?))
}

type BasisAndTarget = (Basis, Result<TargetPortfolio, TargetError>);

fn constituents(
    methodology: &Methodology,
    membership: &mut Membership,
    window: &HistoryWindow<'_>,
) -> Result<BasisAndTarget, DecideError> {
    let as_of = window.as_of();
    match &methodology.rules().constituents {
        ConstituentRules::FromFile(table) => {
            let (verdicts, target) = weights_target(table, window);
            Ok((Basis::Given { source: GivenSource::File, verdicts }, target))
        }
        ConstituentRules::Ranked { selecting, weighing } => {
            let occasion = Occasion { window: *window, membership };
            let reconstitution = reconstitute(&occasion, as_of, selecting, weighing)
                .map_err(|source| DecideError::Weighting { as_of, source })?;
            *membership = reconstitution.membership;
            let weights = reconstitution.weights.iter().flat_map(Weights::iter);
            let target = TargetPortfolio::new(weights.map(|(asset, weight)| (asset.clone(), weight)));
            Ok((Basis::Constituents(reconstitution.verdicts), target))
        }
    }
}
