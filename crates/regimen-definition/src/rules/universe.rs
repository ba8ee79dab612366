//! Rules about universe, selection and weighting.

use super::sections::{Section, Sections};
use crate::fault::{DefinitionFault, IGNORED_TABLE, MISSING_KEY, NO_ASSET_LIST};
use crate::limits::GroupLimits;
use crate::screens::ScreenDefinition;
use crate::selection::GroupMax;
use crate::weighting::Weighting;

pub(super) fn selection_fits_weighting(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(weighting) = &sections.weighting else { return };
    let from_file = matches!(weighting, Weighting::File { .. });
    let tables = [
        ("universe", matches!(sections.universe, Section::Absent), "which assets may be selected"),
        (
            "selection",
            matches!(sections.selection, Section::Absent),
            "which of the eligible assets are selected",
        ),
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
    let asset_list = match &sections.snapshots {
        Section::Absent => None,
        Section::Faulty => return,
        Section::Sound(snapshots) => snapshots.asset_list.as_ref(),
    };
    if asset_list.is_some() {
        return;
    }
    for (key, use_of_them) in uses_of_categories(sections) {
        let message = format!(
            "categories are {use_of_them}, but there is no asset list that gives assets their categories"
        );
        faults.push(DefinitionFault::of(NO_ASSET_LIST, key, message));
    }
}

/// Returns the keys that need categories, and what for.
fn uses_of_categories(sections: &Sections) -> Vec<(String, &'static str)> {
    let mut uses = Vec::new();
    if let Section::Sound(universe) = &sections.universe {
        if !universe.exclude_categories.is_empty() {
            uses.push(("universe.exclude_categories".to_owned(), "excluded"));
        }
        for (index, screen) in universe.screens.iter().enumerate() {
            let used = match screen {
                ScreenDefinition::ExcludeCategories { categories } if !categories.is_empty() => "excluded",
                ScreenDefinition::RequireCategories { .. } => "required",
                _ => continue,
            };
            uses.push((format!("universe.screens[{index}].categories"), used));
        }
    }
    if let Section::Sound(selection) = &sections.selection
        && matches!(selection.group_max, Some(GroupMax::Category { .. }))
    {
        uses.push(("selection.group_max".to_owned(), "limited"));
    }
    if let Section::Sound(limits) = &sections.limits
        && matches!(limits.group, Some(GroupLimits::Category { .. }))
    {
        uses.push(("limits.group".to_owned(), "limited"));
    }
    uses
}
