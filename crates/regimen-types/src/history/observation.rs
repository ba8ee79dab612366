//! A value and the snapshot that it comes from.

use crate::as_of::AsOf;

/// A value with the instant of the snapshot that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation<T> {
    /// The snapshot's instant.
    pub as_of: AsOf,
    /// The value.
    pub value: T,
}
