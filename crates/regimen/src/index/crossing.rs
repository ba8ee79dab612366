//! Crosses of a threshold: constituents that no longer keep one, and candidates that reach one.

use std::collections::BTreeSet;
use std::fmt;

use regimen_definition::{Bound, CrossingAssets, OnCross, ScreenDefinition};
use regimen_types::{AssetId, Figure, HistoryWindow};
use serde::{Deserialize, Serialize};

use super::state::IndexState;
use crate::methodology::Methodology;

/// An asset whose attribute lies on another side of its screen's threshold than its last known value did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crossing {
    /// The asset.
    pub asset: AssetId,
    /// The attribute.
    pub attribute: String,
    /// The threshold: what an incumbent must keep, or a newcomer reach.
    pub threshold: Figure,
    /// The last known value before.
    pub before: Figure,
    /// The value now.
    pub now: Figure,
}

impl fmt::Display for Crossing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attribute, threshold, before, now, .. } = self;
        write!(formatter, "{attribute} crossed {threshold}: {now} after {before}")
    }
}

/// A threshold that is watched.
struct Watched<'a> {
    attribute: &'a str,
    bound: Bound,
    enter: Figure,
    stay: Figure,
}

impl Watched<'_> {
    fn passes(&self, value: Figure, threshold: Figure) -> bool {
        match self.bound {
            Bound::AtLeast => value >= threshold,
            Bound::AtMost => value <= threshold,
        }
    }

    /// Returns the cross of an asset at the window's newest snapshot, if it has a value there and had one
    /// before.
    fn crossing(&self, asset: &AssetId, incumbent: bool, window: &HistoryWindow<'_>) -> Option<Crossing> {
        let value = |row: &regimen_types::Row<'_>| Figure::new(row.attribute(self.attribute)?).ok();
        let now = value(&window.row(asset)?)?;
        let threshold = if incumbent { self.stay } else { self.enter };
        // Constituents cross by falling out, all others by coming up: most values need no look back.
        if self.passes(now, threshold) == incumbent {
            return None;
        }
        let mut earlier = window.rows(asset).filter(|row| row.as_of < window.as_of());
        let before = earlier.find_map(|row| value(&row.value))?;
        let attribute = self.attribute.to_owned();
        (self.passes(before, threshold) == incumbent).then(|| Crossing {
            asset: asset.clone(),
            attribute,
            threshold,
            before,
            now,
        })
    }
}

/// Returns the crosses at the window's newest snapshot that the schedule makes a cause, by asset.
pub(super) fn crossings(
    methodology: &Methodology,
    state: &IndexState,
    window: &HistoryWindow<'_>,
) -> Vec<Crossing> {
    let definition = methodology.definition();
    let Some(on_cross) = &definition.schedule.on_cross else { return Vec::new() };
    let screens = definition.universe.iter().flat_map(|universe| &universe.screens);
    let watched: Vec<Watched<'_>> = screens.filter_map(|screen| watched(screen, on_cross)).collect();
    let members = &state.membership.constituents;
    let mut assets: Vec<(AssetId, bool)> = Vec::new();
    if on_cross.of != CrossingAssets::Candidates {
        assets.extend(members.iter().map(|asset| (asset.clone(), true)));
    }
    if on_cross.of != CrossingAssets::Members {
        let eligible = methodology.rules().constituents.eligible(window, &state.membership);
        let others = eligible.unwrap_or_default().into_iter().filter(|row| !members.contains(row.asset()));
        assets.extend(others.map(|row| (row.asset().clone(), false)));
    }
    let crossed = |(asset, incumbent): &(AssetId, bool)| -> Vec<Crossing> {
        watched.iter().filter_map(|each| each.crossing(asset, *incumbent, window)).collect()
    };
    let mut found: Vec<Crossing> = assets.iter().flat_map(crossed).collect();
    found.sort_by(|left, right| left.asset.cmp(&right.asset));
    found
}

fn watched<'a>(screen: &'a ScreenDefinition, on_cross: &OnCross) -> Option<Watched<'a>> {
    let names: BTreeSet<&str> = on_cross.attributes.iter().map(String::as_str).collect();
    match screen {
        ScreenDefinition::Attribute { name, bound, enter, stay, .. } if names.contains(name.as_str()) => {
            Some(Watched { attribute: name, bound: *bound, enter: *enter, stay: stay.unwrap_or(*enter) })
        }
        _ => None,
    }
}
