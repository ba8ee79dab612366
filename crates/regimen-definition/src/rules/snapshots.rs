//! Rules about the columns of the snapshots and the marks in their cells.

use std::collections::BTreeMap;

use regimen_types::{DecimalMark, NamePattern, SnapshotLayout, ThousandsMark};

use super::sections::{Section, Sections};
use crate::fault::{DefinitionFault, LISTED_TWICE, MARK_TWICE, UNREAD_PATTERN};

pub(super) fn columns_differ(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(snapshots) = &sections.snapshots else { return };
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    let mapped = snapshots.columns.named().map(|(key, column)| (format!("snapshots.columns.{key}"), column));
    let attributes =
        snapshots.attributes.iter().flatten().map(|name| ("snapshots.attributes".to_owned(), name.as_str()));
    for (key, column) in mapped.chain(attributes) {
        match seen.get(column) {
            None => {
                seen.insert(column, key);
            }
            Some(first) => {
                let message = format!("`{key}` names the column of `{first}`");
                faults.push(DefinitionFault::of(LISTED_TWICE, key, message).quoting(column));
            }
        }
    }
}

/// Checks that each mark within numbers means one thing.
pub(super) fn marks_differ(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(snapshots) = &sections.snapshots else { return };
    let is_decimal = match snapshots.thousands_mark {
        Some(ThousandsMark::Comma) => snapshots.decimal_mark == DecimalMark::Comma,
        Some(ThousandsMark::Point) => snapshots.decimal_mark == DecimalMark::Point,
        _ => false,
    };
    if is_decimal {
        let message = "`snapshots.thousands_mark` is the mark of decimals, too";
        faults.push(DefinitionFault::of(MARK_TWICE, "snapshots.thousands_mark", message));
    }
}

/// Checks that a pattern of names is read.
pub(super) fn pattern_is_read(sections: &Sections, faults: &mut Vec<DefinitionFault>) {
    let Section::Sound(snapshots) = &sections.snapshots else { return };
    if snapshots.layout == SnapshotLayout::Long && snapshots.asset_pattern != NamePattern::default() {
        let message = "`snapshots.asset_pattern` is not read where a column names the asset";
        faults.push(DefinitionFault::of(UNREAD_PATTERN, "snapshots.asset_pattern", message));
    }
    if snapshots.layout == SnapshotLayout::OneFilePerAsset && snapshots.asset_pattern.has_measure() {
        let message = "`snapshots.asset_pattern` has a measure, which no file's name states";
        faults.push(DefinitionFault::of(UNREAD_PATTERN, "snapshots.asset_pattern", message));
    }
}
