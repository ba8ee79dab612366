//! Counts of a definition as the types that rules take.

use std::num::{NonZeroU32, NonZeroUsize};

/// Converts a count that the definition's check keeps above zero.
pub(super) fn at_least_one(count: u32) -> NonZeroUsize {
    usize::try_from(count).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN)
}

/// Converts a count that the definition's check keeps above zero.
pub(super) fn not_zero(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

/// Converts a count that may be zero.
pub(super) fn count(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
