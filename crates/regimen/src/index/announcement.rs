//! A basket that was announced and has not taken effect.

use chrono::Days;
use regimen_ledger::ProForma;
use regimen_types::{AsOf, Cause};
use serde::{Deserialize, Serialize};

use super::basis::Basis;

/// A basket that was decided on by the figures of its reference instant, and takes effect later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// After how many more snapshots it may take effect.
    pub snapshots_left: u32,
    /// The instant before which it does not take effect.
    pub not_before: AsOf,
    /// The units.
    pub pro_forma: ProForma,
    /// The instant whose figures select and weigh.
    pub reference: AsOf,
    /// The cause of the rebalance.
    pub cause: Cause,
    /// What the basket is made of.
    pub basis: Basis,
}

/// Returns the instant `days` days of 24 hours later.
pub(super) fn later(as_of: AsOf, days: u32) -> AsOf {
    let millis = Days::new(u64::from(days));
    let date = as_of.date();
    let shifted =
        date.checked_add_days(millis).map_or(0, |end| end.signed_duration_since(date).num_milliseconds());
    AsOf::from_unix_millis(as_of.unix_millis().saturating_add(shifted)).unwrap_or(as_of)
}
