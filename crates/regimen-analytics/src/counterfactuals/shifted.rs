//! Regimes that come late or early.

use regimen_types::Regime;

/// The delays of late regimes, in snapshots.
pub(super) const LATE: [usize; 4] = [1, 2, 3, 5];
/// The lead of early regimes, in snapshots. It is impossible in practice.
pub(super) const EARLY: usize = 1;

/// Counts the changes from bullish to bearish or back.
pub(super) fn flips(regimes: &[Regime]) -> u64 {
    let determined = regimes.iter().filter(|regime| **regime != Regime::Undetermined);
    let determined: Vec<&Regime> = determined.collect();
    determined.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64
}

/// Shifts regimes to later snapshots; they are undetermined before the first one.
pub(super) fn delayed(given: &[Regime], snapshots: usize) -> Vec<Regime> {
    let waiting = std::iter::repeat_n(Regime::Undetermined, snapshots.min(given.len()));
    waiting.chain(given.iter().copied()).take(given.len()).collect()
}

/// Shifts regimes to earlier snapshots; the last one stays.
pub(super) fn hastened(given: &[Regime], snapshots: usize) -> Vec<Regime> {
    let last = given.last().copied();
    given.iter().skip(snapshots).copied().chain(last.into_iter().cycle()).take(given.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regimes_come_late_and_early() {
        use Regime::{Bearish, Bullish, Undetermined};
        let given = [Undetermined, Bullish, Bullish, Bearish];
        assert_eq!(delayed(&given, 1), [Undetermined, Undetermined, Bullish, Bullish]);
        assert_eq!(delayed(&given, 9), [Undetermined; 4]);
        assert_eq!(hastened(&given, 1), [Bullish, Bullish, Bearish, Bearish]);
        assert_eq!(hastened(&[], 1), []);
    }
}
