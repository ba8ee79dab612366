//! Rules about the schedule.

use super::sections::{Section, Sections};
use crate::delayed::DelayedTiming;
use crate::fault::{DefinitionFault, NO_CROSSED_SCREEN, NO_WEIGHTS_FILE, TWO_DELAYS, UNREAD_SUPPLY};
use crate::lookback::MeasureDefinition;
use crate::schedule::Schedule;
use crate::screens::ScreenDefinition;
use crate::timing::Timing;
use crate::weighting::Weighting;

pub(super) fn schedule_fits_weighting(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let (Section::Sound(schedule), Section::Sound(weighting)) = (&sections.schedule, &sections.weighting)
    else {
        return;
    };
    let from_file = matches!(weighting, Weighting::File { .. });
    let (no_file, no_supply) = ("the weights come from a rule", "a file of weights has no supplies");
    let timings = [
        ("schedule.every", Some(&schedule.reconstitution).filter(|_| !from_file), no_file),
        ("schedule.rebalance.every", timing(schedule.rebalance.as_ref()).filter(|_| !from_file), no_file),
        ("schedule.supply.every", timing(schedule.supply.as_ref()), no_supply),
    ];
    for (key, _, why) in timings.into_iter().filter(|(_, timing, _)| *timing == Some(&Timing::WeightsFile)) {
        let message = format!("the schedule follows a file of weights, but {why}");
        faults.push(DefinitionFault::of(NO_WEIGHTS_FILE, key, message));
    }
}

fn timing(delayed: Option<&DelayedTiming>) -> Option<&Timing> {
    delayed.map(|delayed| &delayed.timing)
}

pub(super) fn delay_is_one(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(schedule) = &sections.schedule else { return };
    let Schedule { rebalance, supply, effective_after_snapshots, effective_after_days, .. } = schedule;
    let own = |delayed: &Option<DelayedTiming>| {
        delayed
            .as_ref()
            .map_or((None, None), |each| (each.effective_after_snapshots, each.effective_after_days))
    };
    let delays = [
        ("schedule", (*effective_after_snapshots, *effective_after_days)),
        ("schedule.rebalance", own(rebalance)),
        ("schedule.supply", own(supply)),
    ];
    for (key, delay) in delays {
        if let (Some(_), Some(days)) = delay {
            let message = "it takes effect after a number of snapshots or of days, not both";
            let fault = DefinitionFault::of(TWO_DELAYS, format!("{key}.effective_after_days"), message);
            faults.push(fault.quoting(days.to_string()));
        }
    }
}

/// Supply snapshots state market caps; where nothing reads one they would be ignored.
pub(super) fn supply_is_read(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let (Section::Sound(schedule), Section::Sound(weighting)) = (&sections.schedule, &sections.weighting)
    else {
        return;
    };
    if schedule.supply.is_none() {
        return;
    }
    let reads = |measure: Option<&MeasureDefinition>| {
        matches!(measure, None | Some(MeasureDefinition::MarketCap | MeasureDefinition::FloatAdjusted { .. }))
    };
    let ranking = match &sections.selection {
        Section::Sound(selection) => reads(selection.rank_by.as_ref()),
        Section::Absent => false,
        Section::Faulty => return,
    };
    let weighing = match weighting {
        Weighting::MarketCap { of }
        | Weighting::SquareRoot { of }
        | Weighting::Power { of, .. }
        | Weighting::AttributeTilt { of, .. } => reads(of.as_ref()),
        Weighting::Equal
        | Weighting::InverseVolatility { .. }
        | Weighting::Fixed { .. }
        | Weighting::File { .. } => false,
    };
    if !ranking && !weighing {
        let message = "nothing is ranked or weighed by a price times a supply";
        faults.push(DefinitionFault::of(UNREAD_SUPPLY, "schedule.supply", message));
    }
}

/// Each attribute whose crosses count has the screen that states its threshold.
pub(super) fn crossed_screens_are_there(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(schedule) = &sections.schedule else { return };
    let Some(on_cross) = &schedule.on_cross else { return };
    let screens = match &sections.universe {
        Section::Sound(universe) => universe.screens.as_slice(),
        Section::Absent => &[],
        Section::Faulty => return,
    };
    for (index, attribute) in on_cross.attributes.iter().enumerate() {
        let has = |screen: &ScreenDefinition| matches!(screen, ScreenDefinition::Attribute { name, .. } if name == attribute);
        if !screens.iter().any(has) {
            let message = format!("no screen has a threshold of `{attribute}`");
            let key = format!("schedule.on_cross.attributes[{index}]");
            faults.push(DefinitionFault::of(NO_CROSSED_SCREEN, key, message).quoting(attribute.clone()));
        }
    }
}
