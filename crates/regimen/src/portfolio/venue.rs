//! Where orders are executed in life: a venue that is given each order under an identifier of its own.

use std::fmt;

use regimen_ledger::RowHash;
use regimen_types::{AsOf, AssetId, Cause, Fill, Quantity, Side};
use serde::{Deserialize, Serialize};

/// The name of an order at a venue. It follows from the decision's orders alone: planning again, or starting
/// again in the midst of a plan, gives the same order the same name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientOrderId(String);

/// The characters of an identifier: 128 bits, which most venues take.
const ID_LENGTH: usize = 32;

impl ClientOrderId {
    /// Takes the first 128 bits of a hash.
    pub(super) fn of(hash: RowHash) -> Self {
        Self(hash.to_string().chars().take(ID_LENGTH).collect())
    }

    /// Returns the 32 characters: digits and the letters a to f.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientOrderId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// An order as it is sent to a venue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VenueOrder {
    /// Its name at the venue.
    pub id: ClientOrderId,
    /// The instant of the decision.
    pub decided_at: AsOf,
    /// The asset to trade.
    pub asset: AssetId,
    /// Buy or sell.
    pub side: Side,
    /// The cause of the trade, which its fills carry into the ledger.
    pub cause: Cause,
    /// The units to trade in all, those included that are traded already.
    pub units: Quantity,
    /// The units of it that the state has taken up: what the venue reports beyond is new.
    pub taken_up: Quantity,
}

/// The reason why a venue has no answer. The order may have arrived or not: placing it again finds out, and
/// trades nothing twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the venue did not answer: {0}")]
pub struct VenueError(pub String);

/// A place where orders are executed: an exchange, a broker, a chain, or one on paper.
///
/// # Laws
/// - Placing an order again, under the same identifier, trades nothing again: it returns the order's fills so
///   far, in the same order, old ones first and unchanged.
/// - The fills of an order are of its asset and side, and in all no more than its units.
/// - A fill is reported only when it is final.
///
/// The engine calls no venue. A service places what [`Book::venue_orders`](crate::Book::venue_orders) lists,
/// hands what is new to [`Book::report_fill`](crate::Book::report_fill), and stores the book before it goes
/// on.
pub trait Venue {
    /// Places an order, unless one of this name was placed before, and returns its fills so far.
    ///
    /// # Errors
    /// [`VenueError`] if nothing is known about the order now.
    fn place(&self, order: &VenueOrder) -> Result<Vec<Fill>, VenueError>;
}

impl VenueOrder {
    /// Returns the fills that the state has not taken up: those beyond the units taken up.
    ///
    /// Fills are taken up one by one and stored, so no fill is taken up in part.
    #[must_use]
    pub fn new_fills(&self, fills: Vec<Fill>) -> Vec<Fill> {
        let mut known = Quantity::ZERO;
        let is_new = |fill: &Fill| match known.plus(fill.units) {
            Ok(sum) if sum <= self.taken_up => {
                known = sum;
                false
            }
            _ => true,
        };
        fills.into_iter().filter(is_new).collect()
    }
}
