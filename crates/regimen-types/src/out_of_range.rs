//! A decimal that is not a value of the quantity it was meant for.

/// The value lies outside the range of its quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{quantity} must be {bound}")]
pub struct OutOfRange {
    /// The quantity's name.
    pub quantity: &'static str,
    /// The allowed range in words.
    pub bound: &'static str,
}
