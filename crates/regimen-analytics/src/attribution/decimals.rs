//! Exact values as decimals of up to 28 digits: units of assets and of the index.

use regimen_types::{ArithmeticError, Exact, IndexLevel};
use rust_decimal::Decimal;

/// Returns the units of the index that an amount is worth.
pub(super) fn units_for(amount: Exact, level: IndexLevel) -> Result<Decimal, ArithmeticError> {
    amount.ratio_to_fit(Exact::from(level.decimal()), Decimal::MAX_SCALE)
}

/// Adds decimals, rounded toward zero where 28 digits end.
pub(super) fn sum(terms: impl IntoIterator<Item = Decimal>) -> Result<Decimal, ArithmeticError> {
    // Most causes have no units.
    let mut terms = terms.into_iter().filter(|term| !term.is_zero()).map(Exact::from);
    let Some(first) = terms.next() else { return Ok(Decimal::ZERO) };
    to_decimal(terms.try_fold(first, Exact::plus)?)
}

/// Brings an exact value to 28 digits, rounded toward zero.
pub(super) fn to_decimal(value: Exact) -> Result<Decimal, ArithmeticError> {
    value.ratio_to_fit(Exact::from(Decimal::ONE), Decimal::MAX_SCALE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimals() -> impl Strategy<Value = Decimal> {
        let mantissas = prop_oneof![1 - 10_i128.pow(28)..10_i128.pow(28), -1_000_i128..1_000];
        (mantissas, 0_u32..=28).prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa, scale))
    }

    proptest! {
        #[test]
        fn a_sum_is_the_decimal_of_the_exact_sum(terms in prop::collection::vec(decimals(), 0..6)) {
            let exact = terms.iter().try_fold(Exact::ZERO, |sum, term| sum.plus(Exact::from(*term)));
            prop_assert_eq!(sum(terms), exact.and_then(to_decimal));
        }
    }
}
