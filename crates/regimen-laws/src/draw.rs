//! Random choices in the words of a market.

use std::ops::RangeInclusive;

use proptest::prelude::Rng;
use proptest::test_runner::TestRng;
use rust_decimal::Decimal;

/// A source of random choices.
pub(crate) struct Draw<'a>(&'a mut TestRng);

impl<'a> Draw<'a> {
    pub(crate) fn new(rng: &'a mut TestRng) -> Self {
        Self(rng)
    }

    /// Draws a number below `limit`, or returns zero for a `limit` of zero.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        let scaled = u128::from(self.0.next_u64()).saturating_mul(u128::from(limit)) >> 64;
        u64::try_from(scaled).unwrap_or(0)
    }

    /// Draws a number of a range.
    pub(crate) fn between(&mut self, range: RangeInclusive<u64>) -> u64 {
        let width = range.end().saturating_sub(*range.start()).saturating_add(1);
        range.start().saturating_add(self.below(width))
    }

    /// Draws a count of a range.
    pub(crate) fn count(&mut self, range: &RangeInclusive<usize>) -> usize {
        let width = range.end().saturating_sub(*range.start()).saturating_add(1);
        range.start().saturating_add(self.index(width))
    }

    /// Draws a position in a list of `length` entries.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length.try_into().unwrap_or(u64::MAX))).unwrap_or(0)
    }

    /// Draws `true` with probability 1/`times`.
    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// Draws one of some values.
    pub(crate) fn pick<T: Clone, const COUNT: usize>(&mut self, values: [T; COUNT]) -> T {
        values[self.index(COUNT)].clone()
    }

    /// Draws a number of one to nine digits, the first of them worth a power of ten of `magnitudes`.
    pub(crate) fn decimal(&mut self, magnitudes: RangeInclusive<i32>) -> Decimal {
        let width = magnitudes.end().saturating_sub(*magnitudes.start()).saturating_add(1);
        let offset = self.below(u64::try_from(width).unwrap_or(1));
        let magnitude = magnitudes.start().saturating_add(i32::try_from(offset).unwrap_or(0));
        let digits = self.pick([1_u32, 1, 2, 3, 6, 9]);
        let lowest = 10_u64.saturating_pow(digits.saturating_sub(1));
        let mantissa = self.between(lowest..=lowest.saturating_mul(10).saturating_sub(1));
        let exponent = magnitude.saturating_sub(i32::try_from(digits).unwrap_or(0)).saturating_add(1);
        of_digits(i128::from(mantissa), exponent)
    }

    /// Puts a list into a random order.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.index(last.saturating_add(1)));
        }
    }
}

/// Returns `mantissa × 10^exponent`, for exponents that a decimal has room for.
pub(crate) fn of_digits(mantissa: i128, exponent: i32) -> Decimal {
    match u32::try_from(exponent) {
        Ok(zeros) => {
            let scaled = mantissa.saturating_mul(10_i128.saturating_pow(zeros));
            Decimal::try_from_i128_with_scale(scaled, 0).unwrap_or(Decimal::MAX)
        }
        Err(_) => {
            Decimal::try_from_i128_with_scale(mantissa, exponent.unsigned_abs()).unwrap_or(Decimal::ZERO)
        }
    }
}
