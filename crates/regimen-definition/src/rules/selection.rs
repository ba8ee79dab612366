//! Rules about the selection.

use super::sections::{Section, Sections};
use crate::fault::{BUFFER_MISFIT, BUFFER_REVERSED, COUNTS_UNSORTED, DefinitionFault, SELECTION_SIZE};
use crate::selection::{BufferDefinition, Selection};

pub(super) fn size_is_given_once(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(selection) = &sections.selection else { return };
    let given = [
        selection.count.is_some(),
        selection.count_by_date.is_some(),
        selection.coverage.is_some(),
        selection.all,
    ];
    if given.into_iter().filter(|given| *given).count() != 1 {
        let message = "`selection` must have exactly one of `count`, `count_by_date`, `coverage` and `all`";
        faults.push(DefinitionFault::of(SELECTION_SIZE, "selection", message));
    }
}

pub(super) fn counts_ascend(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(Selection { count_by_date: Some(counts), .. }) = &sections.selection else { return };
    let key = "selection.count_by_date";
    if counts.is_empty() {
        faults.push(DefinitionFault::of(COUNTS_UNSORTED, key, format!("`{key}` is empty")));
    }
    for (index, pair) in (1..).zip(counts.windows(2)) {
        if pair[0].from >= pair[1].from {
            let message = format!("{} comes after {} but is not later", pair[1].from, pair[0].from);
            faults.push(DefinitionFault::of(COUNTS_UNSORTED, format!("{key}[{index}].from"), message));
        }
    }
}

pub(super) fn buffer_fits(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(selection) = &sections.selection else { return };
    match &selection.buffer {
        Some(BufferDefinition::Rank { enter, stay }) => rank_buffer_fits(selection, *enter, *stay, faults),
        Some(BufferDefinition::Amount { enter, stay }) if stay > enter => {
            let message = format!("a newcomer would need {enter}, an incumbent {stay}, which is more");
            faults.push(DefinitionFault::of(BUFFER_REVERSED, "selection.buffer.stay", message));
        }
        Some(BufferDefinition::Amount { .. }) | None => {}
    }
}

fn rank_buffer_fits(selection: &Selection, enter: u32, stay: u32, faults: &mut Vec<DefinitionFault>) {
    let by_date = selection.count_by_date.iter().flatten().map(|dated| dated.count);
    let counts: Vec<u32> = selection.count.into_iter().chain(by_date).collect();
    if counts.is_empty() {
        let message = "a buffer by rank needs a count, and the selection has no count";
        faults.push(DefinitionFault::of(BUFFER_MISFIT, "selection.buffer", message));
    }
    for count in counts {
        if enter > count {
            let message =
                format!("assets down to rank {enter} would be selected at once, but only {count} are");
            faults.push(DefinitionFault::of(BUFFER_REVERSED, "selection.buffer.enter", message));
            return;
        }
        if stay < count {
            let message = format!("incumbents are preferred down to rank {stay}, but {count} are selected");
            faults.push(DefinitionFault::of(BUFFER_REVERSED, "selection.buffer.stay", message));
            return;
        }
    }
}
