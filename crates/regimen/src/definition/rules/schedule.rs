//! Rules about the schedule.

use super::{Section, Sections};
use crate::definition::fault::{DefinitionFault, NO_WEIGHTS_FILE, TWO_DELAYS};
use crate::definition::{Timing, Weighting};

pub(super) fn schedule_fits_weighting(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let (Section::Sound(schedule), Section::Sound(weighting)) = (&sections.schedule, &sections.weighting)
    else {
        return;
    };
    if matches!(weighting, Weighting::File { .. }) {
        return;
    }
    let timings = [
        ("schedule.every", Some(&schedule.reconstitution)),
        ("schedule.rebalance.every", schedule.rebalance.as_ref()),
    ];
    for (key, _) in timings.into_iter().filter(|(_, timing)| *timing == Some(&Timing::WeightsFile)) {
        let message = "the schedule follows a file of weights, but the weights come from a rule";
        faults.push(DefinitionFault::of(NO_WEIGHTS_FILE, key, message));
    }
}

pub(super) fn delay_is_one(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(schedule) = &sections.schedule else { return };
    if let (Some(_), Some(days)) = (schedule.effective_after_snapshots, schedule.effective_after_days) {
        let message = "a new basket takes effect after a number of snapshots or of days, not both";
        let fault = DefinitionFault::of(TWO_DELAYS, "schedule.effective_after_days", message);
        faults.push(fault.quoting(days.to_string()));
    }
}
