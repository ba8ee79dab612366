//! What tells the regime, as objects that decide.

use std::num::{NonZeroU32, NonZeroUsize};

use regimen_regime::{PriceAboveAverage, RegimeRule, RegimeSignal, Thresholds};
use regimen_types::approximate;

use crate::definition::{Evaluation, RegimeDefinition};

/// What tells the regime. Without it the regime is always bullish.
#[derive(Debug)]
pub(crate) struct RegimeRules {
    pub(crate) signal: Box<dyn RegimeSignal>,
    pub(crate) rule: RegimeRule,
    pub(crate) evaluation: Evaluation,
}

pub(super) fn regime_rules(definition: &RegimeDefinition) -> Option<RegimeRules> {
    let RegimeDefinition::PriceAboveAverage(rule) = definition else { return None };
    let window = usize::try_from(rule.window_snapshots).ok().and_then(NonZeroUsize::new)?;
    let threshold = |distance: regimen_types::RelativeDistance| approximate(distance.decimal());
    let thresholds = Thresholds::new(threshold(rule.enter_above), threshold(rule.exit_below)).ok()?;
    Some(RegimeRules {
        signal: Box::new(PriceAboveAverage::new(rule.asset.clone(), window)),
        rule: RegimeRule { thresholds, confirm_snapshots: NonZeroU32::new(rule.confirm_snapshots)? },
        evaluation: rule.evaluate,
    })
}
