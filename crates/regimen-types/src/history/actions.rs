//! Corporate actions in a history: the order in which they take effect, and the assets that they lead to.

use std::collections::BTreeMap;

use super::asset_rows::RowsOfAsset;
use super::indexed::IndexedColumns;
use crate::action::CorporateAction;
use crate::asset::AssetId;

/// The corporate actions of a history, in the order in which they take effect.
///
/// An action takes effect at the first snapshot at or after its `known_at` in which the asset that comes in,
/// if any, has a price. Until then nothing changes, and the old asset keeps its last price. Every booked
/// asset therefore has a price in the snapshot that books it, and the snapshot at which an action takes
/// effect follows from rows known then.
#[derive(Debug, Default)]
pub(super) struct Actions {
    in_force: Vec<ActionInForce>,
    /// For the index of a successor, the positions in `in_force` of the actions that lead to it.
    into: BTreeMap<u32, Vec<usize>>,
    /// For the index of an asset that left, the snapshot at which it left.
    retired: BTreeMap<u32, usize>,
}

#[derive(Debug)]
pub(super) struct ActionInForce {
    pub(super) action: CorporateAction,
    /// The snapshot at which the action takes effect.
    pub(super) snapshot: usize,
    /// The first snapshot whose prices are on the new basis.
    pub(super) basis_from: usize,
    /// The index of the asset.
    pub(super) asset: u32,
}

impl Actions {
    pub(super) fn new(
        indexed: &IndexedColumns,
        actions: Vec<CorporateAction>,
    ) -> (Self, Vec<CorporateAction>) {
        let mut in_force = Vec::new();
        let mut without_effect = Vec::new();
        for action in actions {
            match ActionInForce::of(indexed, &action) {
                Some((snapshot, basis_from, asset)) => {
                    in_force.push(ActionInForce { action, snapshot, basis_from, asset });
                }
                None => without_effect.push(action),
            }
        }
        // The sort is stable: actions of one instant keep their given order.
        in_force.sort_by_key(|each| (each.snapshot, each.action.as_of()));
        let mut all = Self { in_force, ..Self::default() };
        for (position, each) in all.in_force.iter().enumerate() {
            let successor = each.action.successor().and_then(|(asset, _)| indexed.index_of(asset));
            if let Some(successor) = successor {
                all.into.entry(successor).or_default().push(position);
            }
            if each.action.retires_asset() {
                all.retired.entry(each.asset).or_insert(each.snapshot);
            }
        }
        (all, without_effect)
    }

    /// Returns true if an asset has left the universe by a snapshot.
    pub(super) fn retired(&self, asset: u32, snapshot: usize) -> bool {
        !self.retired.is_empty() && self.retired.get(&asset).is_some_and(|from| *from <= snapshot)
    }

    /// Iterates over the actions in the order in which they take effect.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &ActionInForce> {
        self.in_force.iter()
    }

    /// Returns true if any action leads to an asset: it succeeds another asset, or itself on another basis.
    pub(super) fn has_successor(&self, asset: u32) -> bool {
        self.into.contains_key(&asset)
    }

    /// Returns the actions that take effect at a snapshot.
    pub(super) fn at(&self, snapshot: usize) -> impl Iterator<Item = &CorporateAction> {
        let start = self.in_force.partition_point(|each| each.snapshot < snapshot);
        let from_here = self.in_force.get(start..).unwrap_or_default();
        from_here.iter().take_while(move |each| each.snapshot == snapshot).map(|each| &each.action)
    }

    /// Returns true if prices of `asset` at the snapshots `before` and `after` are on different bases, as
    /// known at `after`.
    pub(super) fn basis_changes(&self, asset: u32, before: usize, after: usize) -> bool {
        self.changes_of(asset, after).any(|each| before < each.basis_from && each.basis_from <= after)
    }

    /// Returns the changes of an asset's own basis in effect at a snapshot, newest first.
    pub(super) fn changes_of(&self, asset: u32, snapshot: usize) -> impl Iterator<Item = &ActionInForce> {
        self.leading_to(asset, snapshot).filter(move |each| each.asset == asset)
    }

    /// Returns the identifier of an asset at a snapshot: its own, or that of the last asset that succeeded
    /// it.
    pub(super) fn present_name<'a>(&'a self, asset: &'a AssetId, snapshot: usize) -> &'a AssetId {
        let end = self.in_force.partition_point(|each| each.snapshot <= snapshot);
        let in_force = self.in_force.get(..end).unwrap_or_default();
        in_force.iter().fold(asset, |name, each| match each.action.successor() {
            Some((successor, _)) if each.action.asset() == name => successor,
            _ => name,
        })
    }

    /// Returns the actions in effect at a snapshot that lead to an asset, newest first.
    pub(super) fn leading_to(&self, asset: u32, snapshot: usize) -> impl Iterator<Item = &ActionInForce> {
        let positions = self.into.get(&asset).map_or(&[][..], Vec::as_slice);
        let actions = positions.iter().rev().filter_map(|position| self.in_force.get(*position));
        actions.filter(move |each| each.snapshot <= snapshot)
    }
}

impl ActionInForce {
    /// Finds the snapshot at which an action takes effect, the first snapshot on the new basis, and the
    /// asset's index.
    fn of(indexed: &IndexedColumns, action: &CorporateAction) -> Option<(usize, usize, u32)> {
        let instants = &indexed.columns.instants;
        let asset = indexed.index_of(action.asset())?;
        let basis_from = instants.partition_point(|instant| *instant < action.as_of());
        let known_from = instants.partition_point(|instant| *instant < action.known_at());
        let snapshot = match action.priced_asset() {
            None => Some(known_from).filter(|snapshot| *snapshot < instants.len()),
            Some(priced) => {
                let rows = indexed.rows_of(indexed.index_of(priced)?, instants.len());
                first_priced(indexed, rows, known_from)
            }
        };
        Some((snapshot?, basis_from, asset))
    }
}

/// Returns the first snapshot from `start` on in which the rows' asset has a price that is known then.
fn first_priced(indexed: &IndexedColumns, rows: RowsOfAsset<'_>, start: usize) -> Option<usize> {
    rows.iter().find_map(|(row, snapshot)| {
        let known = indexed.is_known(row, *indexed.columns.instants.get(snapshot)?);
        let priced = indexed.columns.price.get(row).is_some_and(|price| !price.is_zero());
        (snapshot >= start && known && priced).then_some(snapshot)
    })
}
