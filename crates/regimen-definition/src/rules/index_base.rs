//! Rules about the index level.

use super::sections::{Section, Sections};
use crate::fault::{DefinitionFault, NO_DISTRIBUTIONS, NO_RESERVE};
use crate::index_base::SuccessorName;

pub(super) fn successor_is_named(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(index) = &sections.index else { return };
    let next_ranked = index.deletion.as_ref().is_some_and(|rule| rule.then == SuccessorName::NextRanked);
    let reserve = match &sections.selection {
        Section::Sound(selection) => selection.reserve,
        Section::Absent => 0,
        Section::Faulty => return,
    };
    if next_ranked && reserve == 0 {
        let message = "a deleted constituent is replaced by the next in rank, but `selection.reserve` is 0";
        faults.push(DefinitionFault::of(NO_RESERVE, "index.deletion.then", message));
    }
}

pub(super) fn distributions_are_read(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let (Section::Sound(index), Section::Sound(snapshots)) = (&sections.index, &sections.snapshots) else {
        return;
    };
    let Some(distributions) = &index.distributions else { return };
    if snapshots.attributes.as_ref().is_some_and(|names| !names.contains(&distributions.column)) {
        let message = format!("`{}` is not among `snapshots.attributes`", distributions.column);
        let fault = DefinitionFault::of(NO_DISTRIBUTIONS, "index.distributions.column", message);
        faults.push(fault.quoting(distributions.column.clone()));
    }
}
