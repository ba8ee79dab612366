//! Rules about universe, selection and weighting.

use super::{Section, Sections};
use crate::definition::Weighting;
use crate::definition::fault::{DefinitionFault, IGNORED_TABLE, MISSING_KEY, NO_ASSET_LIST};

pub(super) fn selection_fits_weighting(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(weighting) = &sections.weighting else { return };
    let from_file = matches!(weighting, Weighting::File { .. });
    let tables = [
        ("universe", matches!(sections.universe, Section::Absent), "which assets may be selected"),
        ("selection", matches!(sections.selection, Section::Absent), "how many assets are selected"),
    ];
    for (key, absent, meaning) in tables {
        if from_file && !absent {
            let message = format!("`{key}` would be ignored: the weights come from a file");
            faults.push(DefinitionFault::of(IGNORED_TABLE, key, message));
        }
        if !from_file && absent {
            let help = format!("add the table `[{key}]`: {meaning}");
            faults.push(DefinitionFault::new(MISSING_KEY, key, format!("`{key}` is missing"), help));
        }
    }
}

pub(super) fn categories_are_known(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(universe) = &sections.universe else { return };
    let asset_list = match &sections.snapshots {
        Section::Absent => None,
        Section::Faulty => return,
        Section::Sound(snapshots) => snapshots.asset_list.as_ref(),
    };
    if asset_list.is_none() && !universe.exclude_categories.is_empty() {
        let message =
            "categories are excluded, but there is no asset list that gives assets their categories";
        faults.push(DefinitionFault::of(NO_ASSET_LIST, "universe.exclude_categories", message));
    }
}
