//! Rules about the columns of the snapshots.

use std::collections::BTreeMap;

use super::sections::{Section, Sections};
use crate::fault::{DefinitionFault, LISTED_TWICE};

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
