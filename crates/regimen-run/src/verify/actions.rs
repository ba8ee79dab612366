//! Corporate actions: each is booked where its asset is held, and nothing else is booked as one.

use regimen_ledger::{Transaction, TransactionKind};
use regimen_types::{ActionEffect, ActionKind, AsOf, AssetId, Cause, CorporateAction, Quantity};

use super::faults::{Faults, place};
use super::log::{self, Log};
use super::snapshots::{Snapshots, out_of_order};
use crate::codes::{ACTION, fault};
use crate::table::{RunTable, Table};
use crate::tables::{ActionRow, Transactions};

/// The corporate actions of a run, in the order in which they came into force.
#[derive(Default)]
pub(super) struct Actions {
    rows: Vec<ActionRow>,
}

impl Actions {
    /// Reads the table and compares it with the log.
    pub(super) fn check(bytes: &[u8], snapshots: &Snapshots, log: &Log) -> (Self, Faults) {
        let (mut actions, mut faults) = (Self::default(), Faults::of_a_part());
        for row in Table::<ActionRow>::new(bytes) {
            match row {
                Ok(row) => {
                    actions.check_place(&row, snapshots, &mut faults);
                    actions.rows.push(row);
                }
                Err(fault) => faults.add(fault),
            }
        }
        actions.rows.sort_by_key(|row| row.as_of);
        actions.check_bookings(log, &mut faults);
        actions.check_holders(snapshots, log, &mut faults);
        (actions, faults)
    }

    fn check_place(&self, row: &ActionRow, snapshots: &Snapshots, faults: &mut Faults) {
        let place = place(row, "as_of");
        if self.rows.last().is_some_and(|last| row.as_of < last.as_of) {
            faults.add(out_of_order(ActionRow::FILE, row.line, row.as_of));
        }
        if snapshots.at(row.as_of).is_none() {
            faults.add(place.fault(ACTION, "an action comes into force at a snapshot of nav.csv"));
        }
        if row.action.known_at() > row.as_of {
            faults.add(place.fault(ACTION, "an action comes into force once it is known"));
        }
    }

    /// Checks that every booking of a corporate action follows from one.
    fn check_bookings(&self, log: &Log, faults: &mut Faults) {
        for transaction in log.transactions.iter().filter(|each| is_cause_of_action(each.cause)) {
            let mut rows = self.at(transaction.as_of);
            if !rows.any(|row| books(&row.action, transaction)) {
                let message = format!("no action in {} leads to this booking", ActionRow::FILE);
                faults.add(fault(ACTION, Transactions::FILE, message).at_line(log::line_of(transaction)));
            }
        }
    }

    /// Checks that every action is booked if its asset was held at the end of the snapshot before, and no
    /// earlier action of the snapshot took it away.
    fn check_holders(&self, snapshots: &Snapshots, log: &Log, faults: &mut Faults) {
        let mut holdings = log.holdings_over_time();
        for row in self.rows.iter().filter(|row| log.covers(row.as_of)) {
            let before = snapshots.nav.partition_point(|nav| nav.as_of < row.as_of);
            let Some(before) = before.checked_sub(1).and_then(|index| snapshots.nav.get(index)) else {
                continue;
            };
            let held = holdings.advance_to(before.as_of).units(row.action.asset());
            let booked = || log.at(row.as_of).iter().any(|each| books(&row.action, each));
            // Less than the smallest unit of what is granted is no booking.
            let gone = || {
                let mut earlier = self.at(row.as_of).take_while(|earlier| earlier.line < row.line);
                earlier.any(|earlier| takes_away(&earlier.action, row.action.asset()))
            };
            if !held.is_zero() && !grants_nothing(&row.action, held) && !booked() && !gone() {
                let place = place(row, "asset");
                let message =
                    format!("{held} units were held, but {} has no booking of it", Transactions::FILE);
                faults.add(place.fault(ACTION, message));
            }
        }
    }

    /// Returns the actions that came into force at a snapshot.
    pub(super) fn at(&self, as_of: AsOf) -> impl Iterator<Item = &ActionRow> {
        let start = self.rows.partition_point(|row| row.as_of < as_of);
        self.rows[start..].iter().take_while(move |row| row.as_of == as_of)
    }

    /// Returns the name of an asset at an instant, after the actions in force by then.
    pub(super) fn present_name<'a>(&'a self, asset: &'a AssetId, at: AsOf) -> &'a AssetId {
        let in_force = self.rows.iter().take_while(|row| row.as_of <= at);
        in_force.fold(asset, |name, row| match row.action.successor() {
            Some((successor, _)) if row.action.asset() == name => successor,
            _ => name,
        })
    }

    /// Returns the swaps and delistings after an instant, up to another, in order.
    pub(super) fn between(&self, after: AsOf, until: AsOf) -> impl Iterator<Item = (AsOf, &CorporateAction)> {
        let start = self.rows.partition_point(|row| row.as_of <= after);
        let later = self.rows[start..].iter().take_while(move |row| row.as_of <= until);
        later.map(|row| (row.as_of, &row.action))
    }
}

fn is_cause_of_action(cause: Cause) -> bool {
    ActionKind::ALL.into_iter().any(|kind| kind.cause() == cause)
}

/// Returns true if no holder of an asset has any of it after an action.
fn takes_away(action: &CorporateAction, asset: &AssetId) -> bool {
    action.asset() == asset
        && match action.effect() {
            ActionEffect::Successor { asset: successor, .. } => successor != asset,
            ActionEffect::End { .. } => true,
            ActionEffect::Grant { .. } => false,
        }
}

fn grants_nothing(action: &CorporateAction, held: Quantity) -> bool {
    match action.effect() {
        ActionEffect::Grant { ratio, .. } => held.at_ratio(*ratio).is_ok_and(Quantity::is_zero),
        ActionEffect::Successor { .. } | ActionEffect::End { .. } => false,
    }
}

/// Returns true if an action leads to a transaction.
fn books(action: &CorporateAction, transaction: &Transaction) -> bool {
    let from = |asset: Option<&AssetId>| asset == Some(action.asset());
    let at_ratio = |asset: &AssetId, ratio| {
        let units = transaction.source.as_ref().and_then(|source| source.units.at_ratio(ratio).ok());
        from(transaction.source.as_ref().map(|source| &source.asset))
            && transaction.asset.as_ref() == Some(asset)
            && units == Some(transaction.units)
    };
    let ends = transaction.kind == TransactionKind::WriteOff && from(transaction.asset.as_ref());
    match (action.effect(), transaction.kind) {
        (ActionEffect::End { .. }, _) => ends && transaction.cause == Cause::Delisting,
        (ActionEffect::Successor { ratio, .. }, TransactionKind::WriteOff) => {
            ends && transaction.cause == Cause::Delisting
                && transaction.units.at_ratio(*ratio).is_ok_and(Quantity::is_zero)
        }
        (ActionEffect::Successor { asset, ratio }, TransactionKind::Migration)
        | (ActionEffect::Grant { asset, ratio }, TransactionKind::Distribution | TransactionKind::Yield) => {
            transaction.cause == action.kind().cause() && at_ratio(asset, *ratio)
        }
        _ => false,
    }
}
