//! Bisection: where a property is lost between two numbers.

use std::convert::Infallible;

/// Two numbers around a point where a property is lost: it holds at one of them and not at the other.
///
/// Which of the two is the larger does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bracket<T> {
    /// A number that has the property.
    pub holds: T,
    /// A number that does not have it.
    pub fails: T,
}

impl<T: Copy> Bracket<T> {
    /// Tests the numbers that `between` returns, one after the other, and moves the end with the same outcome
    /// to each. Ends when `between` returns `None`.
    ///
    /// # Errors
    /// The first error of `between` or `has_property`.
    ///
    /// ```
    /// use regimen_types::Bracket;
    /// let roots = Bracket { holds: 0_u32, fails: 100 };
    /// let middle = |bracket: Bracket<u32>| {
    ///     let middle = bracket.holds.midpoint(bracket.fails);
    ///     Ok::<_, String>((middle != bracket.holds).then_some(middle))
    /// };
    /// let found = roots.narrowed(middle, |number| Ok(number * number <= 200)).unwrap();
    /// assert_eq!((found.holds, found.fails), (14, 15));
    /// ```
    pub fn narrowed<E>(
        mut self,
        mut between: impl FnMut(Self) -> Result<Option<T>, E>,
        has_property: impl Fn(T) -> Result<bool, E>,
    ) -> Result<Self, E> {
        while let Some(number) = between(self)? {
            if has_property(number)? {
                self.holds = number;
            } else {
                self.fails = number;
            }
        }
        Ok(self)
    }
}

impl Bracket<f64> {
    /// Halves the bracket until its ends are neighbouring doubles.
    #[must_use]
    pub fn to_neighbours(self, has_property: impl Fn(f64) -> bool) -> Self {
        let middle = |Self { holds, fails }: Self| {
            let middle = holds + (fails - holds) / 2.0;
            Ok::<_, Infallible>((middle != holds && middle != fails).then_some(middle))
        };
        let Ok(narrowed) = self.narrowed(middle, |number| Ok(has_property(number)));
        narrowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn doubles_end_as_neighbours(low in 1e-6..1e6_f64, distance in 1e-6..1e6_f64, part in 0.0..1.0_f64) {
            let high = low + distance;
            let edge = (low + distance * part).max(low.next_up());
            let found = Bracket { holds: low, fails: high }.to_neighbours(|number| number < edge);
            prop_assert!(found.holds < edge && found.fails >= edge, "{found:?} around {edge}");
            prop_assert_eq!(found.holds.next_up(), found.fails);
            let turned = Bracket { holds: high, fails: low }.to_neighbours(|number| number >= edge);
            prop_assert_eq!((turned.holds, turned.fails), (found.fails, found.holds));
        }
    }
}
