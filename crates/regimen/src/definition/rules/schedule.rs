//! Rules about the schedule.

use super::{Section, Sections};
use crate::definition::fault::{DefinitionFault, NO_WEIGHTS_FILE};
use crate::definition::{Schedule, Weighting};

pub(super) fn schedule_fits_weighting(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let (Section::Sound(Schedule::WeightsFile), Section::Sound(weighting)) =
        (&sections.schedule, &sections.weighting)
    else {
        return;
    };
    if !matches!(weighting, Weighting::File { .. }) {
        let message = "the schedule follows a file of weights, but the weights come from a rule";
        faults.push(DefinitionFault::of(NO_WEIGHTS_FILE, "schedule.every", message));
    }
}
