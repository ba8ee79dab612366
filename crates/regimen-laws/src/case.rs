//! Cases that laws are judged on: they show themselves in the domain's words, and simplify themselves.

use std::fmt;

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;

use crate::draw::{Draw, of_digits};

/// The input of a law: candidates, a market, a portfolio.
///
/// A case can be simplified, so that the report of a broken law shows the smallest case that breaks it.
pub trait Case: Clone + fmt::Debug {
    /// Returns how many ways there are to look for a simpler case.
    fn simplification_count(&self) -> usize;

    /// Returns the case after simplification `number` (from 0), or `None` if that simplification does not
    /// apply.
    ///
    /// Each simplification must lower a measure that is bounded below. Coarse simplifications come first.
    fn simplification(&self, number: usize) -> Option<Self>;

    /// Shows the case as a person would write it down: a small table.
    fn shown(&self) -> String;
}

/// The strategy of the cases that a function draws; they shrink by [`Case::simplification`].
#[derive(Clone)]
pub(crate) struct Drawn<F>(pub(crate) F);

impl<F> fmt::Debug for Drawn<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Drawn")
    }
}

impl<C: Case, F: Fn(&mut Draw<'_>) -> C> Strategy for Drawn<F> {
    type Tree = Shrinking<C>;
    type Value = C;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        Ok(Shrinking::new(self.0(&mut Draw::new(runner.rng()))))
    }
}

/// A case, and the walk from it to the simplest one that still fails.
#[derive(Clone, Debug)]
pub struct Shrinking<C> {
    /// The simplest case that is known to fail.
    failing: C,
    /// The simpler case that is on trial.
    trial: Option<C>,
    /// The number of the next simplification to try.
    next: usize,
    /// Whether a simplification still failed since the first was last tried.
    progress: bool,
}

impl<C: Case> Shrinking<C> {
    pub(crate) fn new(case: C) -> Self {
        Self { failing: case, trial: None, next: 0, progress: false }
    }

    /// Tries the next simplification, round after round until a whole round brings no progress.
    fn advance(&mut self) -> bool {
        loop {
            let ways = self.failing.simplification_count();
            while self.next < ways && self.trial.is_none() {
                self.trial = self.failing.simplification(self.next);
                self.next = self.next.saturating_add(1);
            }
            if self.trial.is_some() || !self.progress {
                return self.trial.is_some();
            }
            self.next = 0;
            self.progress = false;
        }
    }
}

impl<C: Case> ValueTree for Shrinking<C> {
    type Value = C;

    fn current(&self) -> C {
        self.trial.as_ref().unwrap_or(&self.failing).clone()
    }

    fn simplify(&mut self) -> bool {
        if let Some(failing) = self.trial.take() {
            self.failing = failing;
            self.progress = true;
            // The simplification with this number is gone, and another one has the number now.
            self.next = self.next.saturating_sub(1);
        }
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        let was_on_trial = self.trial.take().is_some();
        // At the end the failing case is current again, and proptest wants to see it once more.
        self.advance() || was_on_trial
    }
}

/// The largest number of simpler decimals tried for one number.
pub(crate) const SIMPLER_DECIMALS_MAX: usize = 10;

/// Returns at most [`SIMPLER_DECIMALS_MAX`] numbers that are simpler to read than a positive one: fewer
/// digits, nearer to 1, smaller.
pub(crate) fn simpler_decimals(decimal: Decimal) -> Vec<Decimal> {
    let digits = Digits::of(decimal);
    let Digits { mantissa, exponent, count } = digits;
    if count == 0 {
        return Vec::new();
    }
    let magnitude = exponent.saturating_add(count).saturating_sub(1);
    let rounded = |kept: i32| {
        let cut = count.saturating_sub(kept).max(0);
        let divisor = 10_i128.saturating_pow(cut.unsigned_abs());
        of_digits(mantissa.checked_div(divisor).unwrap_or(mantissa), exponent.saturating_add(cut))
    };
    let first_digit = mantissa.checked_div(10_i128.saturating_pow(count.saturating_sub(1).unsigned_abs()));
    let first_digit = first_digit.unwrap_or(1);
    let candidates: [Decimal; SIMPLER_DECIMALS_MAX] = [
        Decimal::ONE,
        Decimal::TWO,
        of_digits(1, magnitude),
        of_digits(first_digit, magnitude / 2),
        of_digits(first_digit, magnitude.saturating_sub(magnitude.signum())),
        of_digits(first_digit.saturating_sub(1).max(1), magnitude),
        rounded(1),
        rounded(2),
        rounded(4),
        rounded(count.saturating_sub(1).max(1)),
    ];
    let simpler = |each: &Decimal| Digits::of(*each).complexity() < digits.complexity();
    let mut kept: Vec<Decimal> = candidates.into_iter().filter(simpler).collect();
    kept.dedup();
    kept
}

/// The significant digits of a number: `mantissa × 10^exponent`.
#[derive(Clone, Copy, Debug)]
struct Digits {
    mantissa: i128,
    exponent: i32,
    /// The number of digits of the mantissa, 0 for zero.
    count: i32,
}

impl Digits {
    fn of(decimal: Decimal) -> Self {
        let normal = decimal.normalize();
        let mut mantissa = normal.mantissa();
        let mut exponent = i32::try_from(normal.scale()).unwrap_or(0).saturating_neg();
        while mantissa != 0 && mantissa.checked_rem(10) == Some(0) {
            mantissa = mantissa.checked_div(10).unwrap_or(0);
            exponent = exponent.saturating_add(1);
        }
        let count = mantissa.unsigned_abs().checked_ilog10().map_or(0, |log| log.saturating_add(1));
        Self { mantissa, exponent, count: i32::try_from(count).unwrap_or(0) }
    }

    fn complexity(&self) -> (i32, u32, i128) {
        let magnitude = self.exponent.saturating_add(self.count).saturating_sub(1);
        (self.count, magnitude.unsigned_abs(), self.mantissa)
    }
}

/// Splits a number into an entry and one of its `changes` changes.
pub(crate) fn entry_and_change(number: usize, changes: usize) -> (usize, usize) {
    (number.checked_div(changes).unwrap_or(0), number.checked_rem(changes).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal_macros::dec;

    #[test]
    fn numbers_become_simpler_and_end_at_one() {
        for start in [dec!(123456.789), dec!(0.000000000123), dec!(70000000000), dec!(9)] {
            let mut walk = vec![start];
            while let Some(simpler) = simpler_decimals(*walk.last().unwrap()).last() {
                walk.push(*simpler);
                assert!(walk.len() < 60, "{walk:?}");
            }
            assert_eq!(walk.last(), Some(&dec!(1)), "{walk:?}");
        }
        assert_eq!(simpler_decimals(dec!(0)), []);
    }
}
