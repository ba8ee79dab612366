//! The stages of a day.

use regimen_types::AsOf;
use serde::{Deserialize, Serialize};

use crate::portfolio::orders::PendingOrders;

/// Between two days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed;

/// A day whose events are booked, while orders of earlier decisions are executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    pub(super) as_of: AsOf,
}

/// A day whose earlier orders had their turn, while positions that have vanished are sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    pub(super) as_of: AsOf,
    pub(super) vanished: PendingOrders,
}

/// A day whose decision is made, while its orders may be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    pub(super) as_of: AsOf,
}

/// A stage of a day: [`Closed`], [`Open`], [`Settled`] or [`Decided`].
pub trait Stage: sealed::Sealed {
    /// Returns the sales of positions that have vanished, if the stage has them.
    fn vanished(&self) -> Option<&PendingOrders> {
        None
    }

    /// Returns the sales of positions that have vanished, to take fills, if the stage has them.
    fn vanished_mut(&mut self) -> Option<&mut PendingOrders> {
        None
    }
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for Closed {}
impl sealed::Sealed for Open {}
impl sealed::Sealed for Settled {}
impl sealed::Sealed for Decided {}

impl Stage for Closed {}
impl Stage for Open {}
impl Stage for Decided {}

impl Stage for Settled {
    fn vanished(&self) -> Option<&PendingOrders> {
        Some(&self.vanished)
    }

    fn vanished_mut(&mut self) -> Option<&mut PendingOrders> {
        Some(&mut self.vanished)
    }
}
