//! Powers of one half in decimals, for weights that decay with age.

use regimen_types::{ArithmeticError, Exact, Rounding};
use rust_decimal::Decimal;

/// The decimal places of the computation; the result is correct to 26 of them.
const SCALE: u32 = 28;

/// The natural logarithm of 2.
const LN_2: Decimal = Decimal::from_parts(0xAA7A_65BF, 0x81F5_2F01, 0x1665_943F, false, 28);

/// The exponent from which a power of one half is zero at [`SCALE`].
const EXPONENT_LIMIT: Decimal = Decimal::from_parts(94, 0, 0, false, 0);

/// Computes 2^(-`age` / `half_life`), for an age of zero or more and a half-life above zero in the same unit.
///
/// The fraction of the exponent uses the series of the exponential function in decimals, so the same
/// arguments give the same digits on every machine.
pub(crate) fn power_of_half(age: Decimal, half_life: Decimal) -> Result<Decimal, ArithmeticError> {
    let exponent = Exact::from(age).ratio_to_fit(Exact::from(half_life), SCALE)?;
    if exponent >= EXPONENT_LIMIT {
        return Ok(Decimal::ZERO);
    }
    let whole = exponent.trunc();
    let fraction = Exact::from(exponent).minus(Exact::from(whole))?.round(SCALE, Rounding::HalfEven)?;
    let argument = Exact::product(fraction, LN_2).round(SCALE, Rounding::HalfEven)?;
    let mut power = exponential_of_negative(argument)?;
    for _ in 0..u32::try_from(whole.mantissa()).unwrap_or_default() {
        power = Exact::from(power).ratio(Exact::from(Decimal::TWO), SCALE, Rounding::HalfEven)?;
    }
    Ok(power)
}

/// Sums the series of e^(-x), for x from 0 to 1.
fn exponential_of_negative(x: Decimal) -> Result<Decimal, ArithmeticError> {
    let mut term = Decimal::ONE;
    let mut sum = Exact::from(term);
    let mut order = Decimal::ZERO;
    while !term.is_zero() {
        order = order.saturating_add(Decimal::ONE);
        term = Exact::product(term, x).ratio(Exact::from(order), SCALE, Rounding::HalfEven)?;
        let odd = order.mantissa() % 2 == 1;
        sum = if odd { sum.minus(Exact::from(term))? } else { sum.plus(Exact::from(term))? };
    }
    sum.round(SCALE, Rounding::HalfEven)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regimen_types::approximate;
    use rust_decimal_macros::dec;

    #[test]
    fn whole_half_lives_halve() {
        assert_eq!(LN_2, dec!(0.6931471805599453094172321215));
        assert_eq!(power_of_half(dec!(0), dec!(7)).unwrap(), dec!(1));
        assert_eq!(power_of_half(dec!(21), dec!(7)).unwrap(), dec!(0.125));
        assert_eq!(power_of_half(dec!(1000), dec!(1)).unwrap(), dec!(0));
    }

    #[test]
    fn half_a_half_life_is_a_root() {
        // 2^-0.5, from the digits of the square root of 2.
        let expected = dec!(0.7071067811865475244008443621);
        assert!(
            (power_of_half(dec!(1), dec!(2)).unwrap() - expected).abs() < dec!(0.00000000000000000000000001)
        );
    }

    proptest! {
        #[test]
        fn agrees_with_floats(age in 0_i64..10_000, half_life in 1_i64..1_000) {
            let power = power_of_half(Decimal::from(age), Decimal::from(half_life)).unwrap();
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let expected = 2_f64.powf(-(age as f64) / half_life as f64);
            prop_assert!((approximate(power) - expected).abs() < 1e-14);
        }
    }
}
