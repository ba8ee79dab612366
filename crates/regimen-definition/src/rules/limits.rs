//! Rules about caps and floors.

use regimen_types::Weight;

use super::sections::{Section, Sections};
use crate::fault::{DefinitionFault, IGNORED_TABLE, LIMITS_REVERSED, NO_LIMITS};
use crate::limits::GroupLimits;
use crate::weighting::Weighting;

pub(super) fn limits_fit(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(limits) = &sections.limits else { return };
    if let Section::Sound(Weighting::File { .. }) = &sections.weighting {
        let message = "`limits` would be ignored: the weights come from a file";
        faults.push(DefinitionFault::of(IGNORED_TABLE, "limits", message));
    }
    let nothing = limits.cap.is_none() && limits.floor.is_none() && limits.group.is_none();
    if nothing && limits.largest.is_none() {
        faults.push(DefinitionFault::of(NO_LIMITS, "limits", "`limits` names no cap and no floor"));
    }
    ordered(limits.floor, limits.cap, "limits.floor", faults);
    if let Some(largest) = &limits.largest {
        let cap = limits.cap.unwrap_or(Weight::ONE);
        if largest.cap < cap {
            let message = format!("the largest are capped at {}, the others at {cap}", largest.cap);
            faults.push(DefinitionFault::of(LIMITS_REVERSED, "limits.largest.cap", message));
        }
    }
    match &limits.group {
        Some(
            GroupLimits::Category { cap: None, floor: None }
            | GroupLimits::Attribute { cap: None, floor: None, .. },
        ) => {
            let message = "`limits.group` names no cap and no floor";
            faults.push(DefinitionFault::of(NO_LIMITS, "limits.group", message));
        }
        Some(GroupLimits::Category { cap, floor } | GroupLimits::Attribute { cap, floor, .. }) => {
            ordered(*floor, *cap, "limits.group.floor", faults);
        }
        None => {}
    }
}

fn ordered(floor: Option<Weight>, cap: Option<Weight>, key: &str, faults: &mut Vec<DefinitionFault>) {
    if let (Some(floor), Some(cap)) = (floor, cap)
        && floor > cap
    {
        let message = format!("the floor {floor} is above the cap {cap}");
        faults.push(DefinitionFault::of(LIMITS_REVERSED, key, message));
    }
}
