//! The history of an asset in parts, each on one basis, including the assets that it succeeds.

use std::cmp::Reverse;

use super::actions::ActionInForce;
use super::asset_rows::RowsOfAsset;
use super::market::History;
use crate::as_of::AsOf;
use crate::exact::Exact;
use crate::quantities::{Price, UnitRatio};

/// The most decimal places of a price on another basis.
const PRICE_SCALE: u32 = 28;

/// A part of an asset's history: rows between two changes of basis.
pub(super) struct Segment<'a> {
    pub(super) rows: RowsOfAsset<'a>,
    /// The ratios that convert these prices to the present basis.
    ratios: Vec<UnitRatio>,
}

impl Segment<'_> {
    /// Returns a price on the present basis, rounded down at 28 digits for each ratio, so it only serves
    /// statistics.
    pub(super) fn rebased(&self, price: Price) -> Option<Price> {
        self.ratios.iter().try_fold(price, |price, ratio| {
            let rebased =
                Exact::from(price.decimal()).ratio_to_fit(Exact::from(ratio.decimal()), PRICE_SCALE);
            Price::new(rebased.ok()?).ok()
        })
    }
}

/// A history as of one of its snapshots, without the actions that take effect later.
#[derive(Clone, Copy)]
pub(super) struct Tracing<'a> {
    pub(super) history: &'a History,
    /// The index of the newest snapshot.
    pub(super) newest: usize,
    /// The instant of that snapshot.
    pub(super) as_of: AsOf,
}

impl<'a> Tracing<'a> {
    /// Returns the newest part of an asset's history, and the earlier parts, newest first: its rows between
    /// changes of its basis and, before its own first row, those of the asset that it succeeds.
    pub(super) fn segments(self, asset: u32) -> (Segment<'a>, Vec<Segment<'a>>) {
        let (indexed, actions) = (&self.history.indexed, &self.history.actions);
        let mut limit = self.newest.saturating_add(1);
        let rows = indexed.rows_of(asset, limit);
        if !actions.has_successor(asset) {
            return (Segment { rows, ratios: Vec::new() }, Vec::new());
        }
        let mut segments = Vec::new();
        let (mut asset, mut ratios) = (asset, Vec::new());
        // Each iteration after the first goes back over one action.
        for _ in 0..=actions.iter().len() {
            let changes = self.own_segments(asset, limit, &ratios, &mut segments);
            let Some(swap) = self.predecessor(asset) else { break };
            // The swap converted units to the successor's basis then, so later changes of that basis apply
            // too.
            let later = changes.iter().filter(|change| change.basis_from > swap.basis_from);
            ratios.extend(
                later.chain([&swap]).filter_map(|each| each.action.successor()).map(|(_, ratio)| ratio),
            );
            limit = limit.min(self.first_known_snapshot(asset).unwrap_or(limit));
            asset = swap.asset;
        }
        let earlier = segments.split_off(segments.len().min(1));
        let newest = segments.pop().unwrap_or(Segment { rows, ratios: Vec::new() });
        (newest, earlier)
    }

    /// Adds an asset's own rows before a snapshot, split at each change of its basis, and returns the
    /// changes.
    fn own_segments(
        self,
        asset: u32,
        limit: usize,
        ratios: &[UnitRatio],
        segments: &mut Vec<Segment<'a>>,
    ) -> Vec<&'a ActionInForce> {
        let mut changes: Vec<_> = self.history.actions.changes_of(asset, self.newest).collect();
        changes.sort_by_key(|change| Reverse(change.basis_from));
        let (mut rest, mut ratios) = (self.history.indexed.rows_of(asset, limit), ratios.to_vec());
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
    fn predecessor(self, asset: u32) -> Option<&'a ActionInForce> {
        let swaps = self.history.actions.leading_to(asset, self.newest);
        swaps.filter(|each| each.asset != asset).last()
    }

    fn first_known_snapshot(self, asset: u32) -> Option<usize> {
        let indexed = &self.history.indexed;
        let mut rows = indexed.rows_of(asset, self.newest.saturating_add(1)).iter();
        rows.find(|(row, _)| indexed.is_known(*row, self.as_of)).map(|(_, snapshot)| snapshot)
    }
}
