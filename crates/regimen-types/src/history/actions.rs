//! Corporate actions in a history: when each comes into force, and what an asset's prices were on the present basis.

use std::collections::BTreeMap;

use super::History;
use super::columns::{HistoryColumns, RowsOfAsset};
use super::window::{HistoryWindow, Observation};
use crate::action::CorporateAction;
use crate::asset::AssetId;
use crate::exact::Exact;
use crate::quantities::{Price, UnitRatio};

/// The most decimal places of a price on another basis.
const PRICE_SCALE: u32 = 28;

/// The corporate actions of a history, in the order in which they come into force.
///
/// An action comes into force at the first snapshot at or after its own instant, and not before it is known, in which
/// the asset that comes in has a price. Until then nothing changes: the old asset keeps its last price. So whatever is
/// booked has a price of its own in the snapshot that books it, and when an action comes into force follows from rows
/// that are known then.
#[derive(Debug, Default)]
pub(super) struct Actions {
    in_force: Vec<ActionInForce>,
    /// For the index of an asset, its actions with a successor: positions in `in_force` by the index of the successor.
    into: BTreeMap<u32, Vec<usize>>,
    /// For the index of an asset that left, the snapshot at which it did.
    retired: BTreeMap<u32, usize>,
}

#[derive(Debug)]
struct ActionInForce {
    action: CorporateAction,
    /// The snapshot at which it comes into force.
    snapshot: usize,
    /// The first snapshot whose prices count on the new basis.
    basis_from: usize,
    /// The index of the asset.
    asset: u32,
}

impl Actions {
    pub(super) fn new(history: &History, actions: Vec<CorporateAction>) -> (Self, Vec<CorporateAction>) {
        let mut in_force = Vec::new();
        let mut without_effect = Vec::new();
        for action in actions {
            match ActionInForce::of(history, &action) {
                Some((snapshot, basis_from, asset)) => {
                    in_force.push(ActionInForce { action, snapshot, basis_from, asset });
                }
                None => without_effect.push(action),
            }
        }
        // A stable sort: actions of one instant keep the order in which they are given.
        in_force.sort_by_key(|each| (each.snapshot, each.action.as_of()));
        let mut all = Self { in_force, ..Self::default() };
        for (position, each) in all.in_force.iter().enumerate() {
            let successor = each.action.successor();
            let successor = successor.and_then(|(asset, _)| history.index_of_asset.get(asset));
            if let Some(successor) = successor {
                all.into.entry(*successor).or_default().push(position);
            }
            if each.action.retires_asset() {
                all.retired.entry(each.asset).or_insert(each.snapshot);
            }
        }
        (all, without_effect)
    }

    /// Says whether an asset has left the universe by a snapshot.
    pub(super) fn retired(&self, asset: u32, snapshot: usize) -> bool {
        !self.retired.is_empty() && self.retired.get(&asset).is_some_and(|from| *from <= snapshot)
    }

    /// Returns the actions that come into force at a snapshot.
    pub(super) fn at(&self, snapshot: usize) -> impl Iterator<Item = &CorporateAction> {
        let start = self.in_force.partition_point(|each| each.snapshot < snapshot);
        let from_here = self.in_force.get(start..).unwrap_or_default();
        from_here.iter().take_while(move |each| each.snapshot == snapshot).map(|each| &each.action)
    }

    /// Says whether a price of `asset` at snapshot `before` and one at snapshot `after` stand on different bases, as was
    /// known at `after`.
    pub(super) fn basis_changes(&self, asset: u32, before: usize, after: usize) -> bool {
        self.changes_of(asset, after).any(|each| before < each.basis_from && each.basis_from <= after)
    }

    /// Returns the changes of an asset's own basis that are in force at a snapshot, newest first.
    fn changes_of(&self, asset: u32, snapshot: usize) -> impl Iterator<Item = &ActionInForce> {
        self.leading_to(asset, snapshot).filter(move |each| each.asset == asset)
    }

    /// Returns what an asset is called at a snapshot: its own identifier, or that of the last asset that succeeded it.
    fn present_name<'a>(&'a self, asset: &'a AssetId, snapshot: usize) -> &'a AssetId {
        let end = self.in_force.partition_point(|each| each.snapshot <= snapshot);
        let in_force = self.in_force.get(..end).unwrap_or_default();
        in_force.iter().fold(asset, |name, each| match each.action.successor() {
            Some((successor, _)) if each.action.asset() == name => successor,
            _ => name,
        })
    }

    /// Returns the actions in force at a snapshot that lead to an asset, newest first.
    fn leading_to(&self, asset: u32, snapshot: usize) -> impl Iterator<Item = &ActionInForce> {
        let positions = self.into.get(&asset).map_or(&[][..], Vec::as_slice);
        let actions = positions.iter().rev().filter_map(|position| self.in_force.get(*position));
        actions.filter(move |each| each.snapshot <= snapshot)
    }
}

impl ActionInForce {
    /// Finds the snapshot at which an action comes into force, the first one on the new basis, and the asset's index.
    fn of(history: &History, action: &CorporateAction) -> Option<(usize, usize, u32)> {
        let instants = &history.columns.instants;
        let asset = *history.index_of_asset.get(action.asset())?;
        let basis_from = instants.partition_point(|instant| *instant < action.as_of());
        let known_from = instants.partition_point(|instant| *instant < action.known_at());
        let snapshot = match action.priced_asset() {
            None => Some(known_from).filter(|snapshot| *snapshot < instants.len()),
            Some(priced) => {
                let index = *history.index_of_asset.get(priced)?;
                let rows = history.rows_of_asset.of(&history.columns, index, instants.len());
                first_priced(&history.columns, rows, known_from)
            }
        };
        Some((snapshot?, basis_from, asset))
    }
}

/// Returns the first snapshot from `start` on in which the asset of the rows has a price that is known then.
fn first_priced(columns: &HistoryColumns, rows: RowsOfAsset<'_>, start: usize) -> Option<usize> {
    rows.iter().find_map(|(row, snapshot)| {
        let instant = columns.instants.get(snapshot)?;
        let known = columns.known_at.get(row).is_none_or(|known_at| known_at <= instant);
        let priced = columns.price.get(row).is_some_and(|price| !price.is_zero());
        (snapshot >= start && known && priced).then_some(snapshot)
    })
}

/// Part of the history of one line: rows of an asset between two changes of basis.
pub(super) struct Segment<'a> {
    pub(super) rows: RowsOfAsset<'a>,
    /// The ratios that lead from these prices to the present basis.
    ratios: Vec<UnitRatio>,
}

impl Segment<'_> {
    /// Returns a price on the present basis: rounded down at 28 digits for each ratio, so it serves statistics alone.
    pub(super) fn rebased(&self, price: Price) -> Option<Price> {
        self.ratios.iter().try_fold(price, |price, ratio| {
            let rebased =
                Exact::from(price.decimal()).ratio_to_fit(Exact::from(ratio.decimal()), PRICE_SCALE);
            Price::new(rebased.ok()?).ok()
        })
    }
}

impl<'a> HistoryWindow<'a> {
    /// Iterates over the corporate actions that come into force at the newest snapshot, in the order in which they are
    /// booked.
    pub fn corporate_actions(&self) -> impl Iterator<Item = &'a CorporateAction> + use<'a> {
        self.history.actions.at(self.newest)
    }

    /// Returns what an asset is called now: its own identifier, or that of its successor by the swaps and changes of ticker that
    /// are in force.
    #[must_use]
    pub fn present_name<'n>(&self, asset: &'n AssetId) -> &'n AssetId
    where
        'a: 'n,
    {
        self.history.actions.present_name(asset, self.newest)
    }

    /// Returns the history of an asset in parts, newest first: its rows between changes of its basis, and before its own
    /// first row those of the asset that it succeeds. Actions that come into force after the window are not seen.
    pub(super) fn segments(&self, asset: u32) -> (Segment<'a>, Vec<Segment<'a>>) {
        let rows = self.rows_of(asset);
        if !self.history.actions.into.contains_key(&asset) {
            return (Segment { rows, ratios: Vec::new() }, Vec::new());
        }
        let mut segments = Vec::new();
        let (mut asset, mut limit, mut ratios) = (asset, self.snapshot_count(), Vec::new());
        // Each turn but the first follows one action back.
        for _ in 0..=self.history.actions.in_force.len() {
            let changes = self.own_segments(asset, limit, &ratios, &mut segments);
            let Some(swap) = self.predecessor(asset) else { break };
            // Units came over on the basis of the swap: later changes of the successor's basis concern them too.
            let later = changes.iter().filter(|change| change.basis_from > swap.basis_from);
            ratios.extend(
                later.chain([&swap]).filter_map(|each| each.action.successor()).map(|(_, ratio)| ratio),
            );
            limit = limit.min(self.first_visible_snapshot(asset).unwrap_or(limit));
            asset = swap.asset;
        }
        let earlier = segments.split_off(segments.len().min(1));
        let newest = segments.pop().unwrap_or(Segment { rows, ratios: Vec::new() });
        (newest, earlier)
    }

    /// Adds an asset's own rows before a snapshot, cut at each change of its basis, and returns the changes.
    fn own_segments(
        &self,
        asset: u32,
        limit: usize,
        ratios: &[UnitRatio],
        segments: &mut Vec<Segment<'a>>,
    ) -> Vec<&'a ActionInForce> {
        let mut changes: Vec<_> = self.history.actions.changes_of(asset, self.newest).collect();
        changes.sort_by_key(|change| std::cmp::Reverse(change.basis_from));
        let (mut rest, mut ratios) =
            (self.history.rows_of_asset.of(&self.history.columns, asset, limit), ratios.to_vec());
        for change in &changes {
            let (older, rows) = rest.split_at(change.basis_from);
            segments.push(Segment { rows, ratios: ratios.clone() });
            ratios.extend(change.action.successor().map(|(_, ratio)| ratio));
            rest = older;
        }
        segments.push(Segment { rows: rest, ratios });
        changes
    }

    /// Returns the swap that made an asset the successor of another one: the first, if there are several.
    fn predecessor(&self, asset: u32) -> Option<&'a ActionInForce> {
        let swaps = self.history.actions.leading_to(asset, self.newest);
        swaps.filter(|each| each.asset != asset).last()
    }

    fn first_visible_snapshot(&self, asset: u32) -> Option<usize> {
        let mut rows = self.rows_of(asset).iter();
        rows.find(|(row, _)| self.visible(*row).is_some()).map(|(_, snapshot)| snapshot)
    }

    /// Iterates over the known prices of a part of a history, newest first.
    pub(super) fn prices_in(
        self,
        segment: Segment<'a>,
    ) -> impl Iterator<Item = Observation<Price>> + use<'a> {
        segment.rows.iter().rev().filter_map(move |(row, snapshot)| {
            let value = segment.rebased(self.visible(row)?.price()?)?;
            let as_of = *self.history.columns.instants.get(snapshot)?;
            Some(Observation { as_of, value })
        })
    }
}

impl History {
    /// Attaches corporate actions, and returns those that never come into force: their asset, or what comes in, has no row
    /// or no price in time.
    ///
    /// From the snapshot at which an action comes into force, a window shows the earlier prices of the asset, or of its
    /// successor, on the new basis, and no longer lists an asset that was swapped for another or delisted. Windows that
    /// end earlier are what they were.
    #[must_use]
    pub fn with_corporate_actions(mut self, actions: Vec<CorporateAction>) -> (Self, Vec<CorporateAction>) {
        let (actions, without_effect) = Actions::new(&self, actions);
        self.actions = actions;
        (self, without_effect)
    }

    /// Returns the actions that come into force, with the snapshot's instant, in order.
    pub fn corporate_actions(&self) -> impl Iterator<Item = Observation<&CorporateAction>> {
        self.actions.in_force.iter().filter_map(|each| {
            let as_of = *self.columns.instants.get(each.snapshot)?;
            Some(Observation { as_of, value: &each.action })
        })
    }
}
