//! Holds: each snapshot is decided on once, and the reason to hold fits the methodology and the other tables.

use std::collections::BTreeSet;

use regimen::HoldReason;
use regimen::definition::{IndexDefinition, Triggers};
use regimen_types::{AsOf, Ratio};

use super::faults::{Faults, place};
use super::snapshots::{Snapshots, out_of_order};
use crate::codes::{HOLD, ROWS, fault};
use crate::table::{RunTable, Table};
use crate::tables::{HoldReading, HoldRow};

/// The snapshots that the decision log has rows of.
#[derive(Clone, Debug, Default)]
pub(super) struct Decided {
    /// The instants with rows: rebalances of the index or of the portfolio.
    pub(super) any: BTreeSet<AsOf>,
    /// The instants at which trades were planned or passed over.
    pub(super) planned: BTreeSet<AsOf>,
}

/// Checks the table. `open` returns true if orders of an earlier decision waited at an instant.
pub(super) fn check(
    bytes: &[u8],
    snapshots: &Snapshots,
    decided: &Decided,
    definition: Option<&IndexDefinition>,
    open: impl Fn(AsOf) -> bool,
    faults: &mut Faults,
) {
    let mut found = Faults::of_a_part();
    let mut rows = Vec::new();
    for row in Table::<HoldRow>::new(bytes) {
        match row {
            Ok(row) => rows.push(row),
            Err(fault) => found.add(fault),
        }
    }
    let is_whole = found.is_empty();
    for pair in rows.windows(2).filter(|pair| pair[1].as_of < pair[0].as_of) {
        found.add(out_of_order(HoldRow::FILE, pair[1].line, pair[1].as_of));
    }
    let triggers = definition.and_then(|definition| definition.trading.as_ref()?.triggers.as_ref());
    for hold in rows.chunk_by(|one, other| one.as_of == other.as_of) {
        check_hold(hold, snapshots, decided, &open, &mut found);
        if definition.is_some() {
            check_readings(hold, triggers, &mut found);
        }
    }
    if is_whole {
        check_missing(&rows, snapshots, decided, &mut found);
    }
    faults.append(found);
}

fn check_hold(
    hold: &[HoldRow],
    snapshots: &Snapshots,
    decided: &Decided,
    open: impl Fn(AsOf) -> bool,
    faults: &mut Faults,
) {
    let Some(first) = hold.first() else { return };
    let reason = first.reason;
    let rules = [
        ("as_of", snapshots.at(first.as_of).is_some(), "nav.csv has no such snapshot"),
        ("as_of", !decided.planned.contains(&first.as_of), "decisions.csv has a plan of this snapshot"),
        ("reason_code", hold.iter().all(|row| row.reason == reason), "a snapshot has one reason"),
        (
            "reason_code",
            reason != "not_followed" || decided.any.contains(&first.as_of),
            "decisions.csv has no rebalance of the index that could have been followed",
        ),
        ("reason_code", reason != "orders_pending" || open(first.as_of), "no order waits at this snapshot"),
        (
            "trigger",
            hold.iter().all(|row| row.reading.is_some() == (reason == HoldReason::WITHIN_LIMITS)),
            "triggers are read exactly where they decide",
        ),
    ];
    for (column, holds, rule) in rules {
        if !holds {
            faults.add(place(first, column).fault(HOLD, rule));
        }
    }
}

/// Compares what each trigger was allowed, and that it did not fire.
fn check_readings(hold: &[HoldRow], triggers: Option<&Triggers>, faults: &mut Faults) {
    let expected = triggers.map(allowances).unwrap_or_default();
    if hold.iter().all(|row| row.reading.is_none()) {
        return;
    }
    for (row, allowance) in hold.iter().zip(&expected) {
        let Some(HoldReading { measured, allowed, .. }) = &row.reading else { continue };
        if measured > allowed {
            let message = "the trigger fires: more was measured than is allowed";
            faults.add(place(row, "measured").fault(HOLD, message).quoting(&measured.to_string()));
        }
        let fits = match allowance {
            Allowance::Exactly(limit) => allowed == limit,
            Allowance::AtMost(limit) => allowed <= limit,
        };
        if !fits {
            let message = "the methodology's trigger allows something else";
            faults.add(place(row, "allowed").fault(HOLD, message).quoting(&allowed.to_string()));
        }
    }
    if let Some(first) = hold.first().filter(|_| hold.len() != expected.len()) {
        let message = format!("{} triggers were read, the methodology has {}", hold.len(), expected.len());
        faults.add(place(first, "trigger").fault(HOLD, message));
    }
}

/// What a trigger may allow.
enum Allowance {
    Exactly(Ratio),
    /// A distance that is a part of the asset's weight is less than that part of the whole.
    AtMost(Ratio),
}

/// Lists what each trigger allows, in the order in which they are read.
fn allowances(triggers: &Triggers) -> Vec<Allowance> {
    let forced = triggers.forced_exits.then_some(Allowance::Exactly(Ratio::ZERO));
    let drift = triggers.drift.as_ref().and_then(|drift| drift.absolute.or(drift.relative));
    let drift = drift.map(|distance| Allowance::AtMost(Ratio::from(distance)));
    let turnover = triggers.turnover.map(|limit| Allowance::Exactly(Ratio::from(limit)));
    forced.into_iter().chain(drift).chain(turnover).collect()
}

/// Checks that each snapshot without rows in decisions.csv has a reason to hold.
fn check_missing(rows: &[HoldRow], snapshots: &Snapshots, decided: &Decided, faults: &mut Faults) {
    let held: BTreeSet<AsOf> = rows.iter().map(|row| row.as_of).collect();
    for row in &snapshots.nav {
        if !held.contains(&row.as_of) && !decided.any.contains(&row.as_of) {
            let message = format!("there is no reason for holding at {}", row.as_of);
            faults.add(fault(ROWS, HoldRow::FILE, message));
        }
    }
}
