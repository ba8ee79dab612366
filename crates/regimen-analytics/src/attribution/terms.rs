//! The causes of a tracking difference, and an amount for each.

use regimen_types::{ArithmeticError, Money};
use serde::{Deserialize, Serialize};

macro_rules! terms {
    ($($(#[$doc:meta])* $term:ident $name:ident),+ $(,)?) => {
        /// A cause of a change of the tracking difference.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Term {
            $($(#[$doc])* $term),+
        }

        impl Term {
            /// All causes, in the order of the columns.
            pub const ALL: [Self; [$(stringify!($name)),+].len()] = [$(Self::$term),+];

            /// Returns the name that tables use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$term => stringify!($name)),+
                }
            }
        }

        /// What each cause added to the tracking difference: below zero if the portfolio lost to the index.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Terms {
            $($(#[$doc])* pub $name: Money),+
        }

        impl Terms {
            /// Returns the amount of a cause.
            #[must_use]
            pub fn of(&self, term: Term) -> Money {
                match term {
                    $(Term::$term => self.$name),+
                }
            }

            /// Replaces the amount of a cause.
            pub fn set(&mut self, term: Term, amount: Money) {
                match term {
                    $(Term::$term => self.$name = amount),+
                }
            }
        }
    };
}

terms! {
    /// Commission.
    Fee fee,
    /// Slippage that is taken as a flat rate.
    Slippage slippage,
    /// Half-spreads.
    Spread spread,
    /// Market impact.
    Impact impact,
    /// Gas.
    Gas gas,
    /// Platform fees on trades.
    PlatformFee platform_fee,
    /// The management fee.
    ManagementFee management_fee,
    /// Orders that wait: prices moved between decision and execution.
    Lag lag,
    /// Trades that bands, filters, limits or triggers left out.
    BandsAndFilters bands_and_filters,
    /// Units that fall between the steps of lots and grids.
    LotsAndRounding lots_and_rounding,
    /// Cash that the index does not hold: buffers, and purchases that the cash did not pay for.
    CashAndSleeve cash_and_sleeve,
    /// Assets without a price: positions that could not be traded, and write-offs the index does not make.
    StaleAndWriteOffs stale_and_write_offs,
    /// Units that holdings earned and the index does not.
    Yield r#yield,
    /// What the sleeve and the cash earned at annual rates; the index earns nothing.
    Interest interest,
    /// Money that came in and is not invested yet, or goes out and was sold for already.
    Flows flows,
    /// The index's return on what was lost or gained before the last decision.
    Compounding compounding,
    /// What rounding to the money scale leaves, within a bound that is checked.
    Rounding rounding,
}

impl Terms {
    /// Returns the sum of all terms: the change of the tracking difference.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if the sum needs more than 28 digits.
    pub fn total(&self) -> Result<Money, ArithmeticError> {
        self.present().try_fold(Money::ZERO, |sum, (_, amount)| sum.plus(amount))
    }

    /// Adds terms one by one.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] if a sum needs more than 28 digits.
    pub fn plus(&self, other: &Self) -> Result<Self, ArithmeticError> {
        let mut sums = *self;
        for (term, amount) in other.present() {
            sums.set(term, self.of(term).plus(amount)?);
        }
        Ok(sums)
    }

    /// Iterates over the terms that are not zero: few at most snapshots.
    fn present(&self) -> impl Iterator<Item = (Term, Money)> {
        Term::ALL.into_iter().map(|term| (term, self.of(term))).filter(|(_, amount)| !amount.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    fn terms() -> impl Strategy<Value = Terms> {
        let amount = prop_oneof![Just(0), 1 - 10_i128.pow(28)..10_i128.pow(28), -1_000_i128..1_000];
        let amounts = prop::collection::vec((amount, 0_u32..=12), Term::ALL.len());
        amounts.prop_map(|amounts| {
            let mut terms = Terms::default();
            for (term, (mantissa, scale)) in Term::ALL.into_iter().zip(amounts) {
                terms.set(term, Money::new(Decimal::from_i128_with_scale(mantissa, scale)).unwrap());
            }
            terms
        })
    }

    proptest! {
        #[test]
        fn terms_that_are_zero_change_no_sum(left in terms(), right in terms()) {
            let total = Term::ALL.into_iter().try_fold(Money::ZERO, |sum, term| sum.plus(left.of(term)));
            prop_assert_eq!(left.total(), total);
            let sums = Term::ALL.map(|term| left.of(term).plus(right.of(term)));
            match left.plus(&right) {
                Ok(both) => prop_assert_eq!(Term::ALL.map(|term| Ok(both.of(term))), sums),
                Err(_) => prop_assert!(sums.iter().any(Result::is_err)),
            }
        }
    }
}
