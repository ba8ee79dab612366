//! A basket that was announced and has not taken effect.

use chrono::Days;
use regimen_ledger::ProForma;
use regimen_types::{AsOf, Cause};
use regimen_weighting::Membership;
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
    /// The instant whose figures select and weigh.
    pub reference: AsOf,
    /// The cause of the rebalance.
    pub cause: Cause,
    /// The basket.
    pub basket: AnnouncedBasket,
    /// Baskets that replace it if it takes effect at or after an instant, in ascending order: the number of
    /// constituents changes on that date.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<(AsOf, AnnouncedBasket)>,
}

/// A basket that does not count yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnouncedBasket {
    /// The units.
    pub pro_forma: ProForma,
    /// What the basket is made of.
    pub basis: Basis,
    /// Its constituents and its reserve; `None` for given weights.
    pub membership: Option<Membership>,
}

impl Announcement {
    /// Iterates over the baskets; one of them takes effect.
    pub(super) fn baskets_mut(&mut self) -> impl Iterator<Item = &mut AnnouncedBasket> {
        std::iter::once(&mut self.basket).chain(self.from.iter_mut().map(|(_, basket)| basket))
    }

    /// Returns the basket that takes effect at an instant.
    pub(super) fn at(self, as_of: AsOf) -> AnnouncedBasket {
        let later = self.from.into_iter().take_while(|(from, _)| *from <= as_of).last();
        later.map_or(self.basket, |(_, basket)| basket)
    }
}

/// Returns the instant `days` days of 24 hours later.
pub(super) fn later(as_of: AsOf, days: u32) -> AsOf {
    let millis = Days::new(u64::from(days));
    let date = as_of.date();
    let shifted =
        date.checked_add_days(millis).map_or(0, |end| end.signed_duration_since(date).num_milliseconds());
    AsOf::from_unix_millis(as_of.unix_millis().saturating_add(shifted)).unwrap_or(as_of)
}
