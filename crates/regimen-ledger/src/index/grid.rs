//! The decimal places of index figures.

use regimen_types::{ArithmeticError, Divisor, Exact, IndexLevel, Money, Price, Quantity, Rounding, Weight};
use rust_decimal::Decimal;

use crate::error::ValuationError;

/// The value of a basket at its reference prices, up to the rounding of units.
pub(super) const BASKET_VALUE: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);
/// The decimal places of a level between 0.1 and 100,000,000.
const LEVEL_SCALE: u32 = 12;
/// The digits of a level from 100,000,000 on.
const LEVEL_DIGITS_MAX: u32 = 20;
/// The digits before the point from which a level has fewer than twelve decimal places.
const LONG_LEVEL: u32 = LEVEL_DIGITS_MAX.saturating_sub(LEVEL_SCALE);
/// The decimal places of index units.
const UNITS_SCALE: u32 = 18;
/// Index units below this (10^-6) have fewer than twelve digits at eighteen decimal places.
const SMALL_UNITS: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// Sizes a weight at a price: weight × 1,000,000 ÷ price, rounded down.
pub(super) fn index_units(weight: Weight, price: Price) -> Result<Quantity, ValuationError> {
    units_worth(Exact::product(weight.decimal(), BASKET_VALUE), price)
}

/// Returns the units that a value buys, rounded down at 18 decimal places, or at 28 below 10^-6, or where 28
/// digits end.
pub(super) fn units_worth(value: Exact, price: Price) -> Result<Quantity, ValuationError> {
    let at_scale = |scale| {
        let units = value.ratio_to_fit(price.decimal().into(), scale);
        units.map_err(|_| ValuationError::PriceTooLow { price })
    };
    let units = match at_scale(UNITS_SCALE)? {
        small if small < SMALL_UNITS => at_scale(Decimal::MAX_SCALE)?,
        units => units,
    };
    Ok(Quantity::new(units).map_err(ArithmeticError::from)?)
}

/// Calls an exact number index units, rounded down where 28 digits end.
pub(super) fn units(number: Exact) -> Result<Quantity, ValuationError> {
    let units = number.ratio_to_fit(Decimal::ONE.into(), Decimal::MAX_SCALE)?;
    Ok(Quantity::new(units).map_err(ArithmeticError::from)?)
}

/// Adds units that were bought.
pub(super) fn with_bought(held: Quantity, bought: Quantity) -> Result<Quantity, ValuationError> {
    units(Exact::from(held.decimal()).plus(bought.decimal().into())?)
}

/// Divides a value by a divisor and rounds half to even: at 12 decimal places, and at more below 0.1, such
/// that twelve digits remain; from 100,000,000 on at 20 digits.
pub(super) fn level_of(value: Exact, divisor: Divisor) -> Result<IndexLevel, ValuationError> {
    let at_scale = |scale, rounding| value.ratio(divisor.decimal().into(), scale, rounding);
    let whole = at_scale(0, Rounding::Down)?;
    let scale = if whole.is_zero() {
        let digits = digit_count(at_scale(Decimal::MAX_SCALE, Rounding::Down)?);
        let zeros = Decimal::MAX_SCALE.saturating_sub(digits);
        LEVEL_SCALE.saturating_add(zeros).min(Decimal::MAX_SCALE)
    } else if digit_count(whole) > LONG_LEVEL {
        LEVEL_DIGITS_MAX.saturating_sub(digit_count(whole))
    } else {
        LEVEL_SCALE
    };
    let level = at_scale(scale, Rounding::HalfEven)?;
    Ok(IndexLevel::new(level).map_err(ArithmeticError::from)?)
}

/// Returns the divisor that gives a value a level, or `None` if none does, digit for digit.
pub(super) fn divisor_for(value: Exact, level: IndexLevel) -> Option<Divisor> {
    let quotient = value.ratio_to_fit(level.decimal().into(), Decimal::MAX_SCALE).ok()?;
    let divisor = Divisor::new(quotient).ok()?;
    (level_of(value, divisor) == Ok(level)).then_some(divisor)
}

/// Rounds an exact value down to money at the finest scale that fits.
pub(super) fn money(value: Exact) -> Result<Money, ValuationError> {
    Ok(Money::from(value.ratio_to_fit(Decimal::ONE.into(), Decimal::MAX_SCALE)?))
}

/// Counts the digits of a decimal's mantissa, its decimal places brought to 28 for a fraction below 1.
fn digit_count(decimal: Decimal) -> u32 {
    let mantissa = decimal.mantissa().unsigned_abs();
    let digits = mantissa.checked_ilog10().map_or(0, |exponent| exponent.saturating_add(1));
    if decimal < Decimal::ONE {
        digits.saturating_add(Decimal::MAX_SCALE.saturating_sub(decimal.scale()))
    } else {
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(value: &str, divisor: &str) -> String {
        let value: Decimal = value.parse().unwrap();
        level_of(value.into(), divisor.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_level_has_at_least_twelve_digits() {
        assert_eq!(level("1000", "3"), "333.333333333333");
        assert_eq!(level("1", "3"), "0.333333333333");
        assert_eq!(level("1", "30"), "0.0333333333333");
        assert_eq!(level("1", "3000000"), "0.000000333333333333");
        assert_eq!(level("100000000", "3"), "33333333.333333333333");
        assert_eq!(level("1000000000", "3"), "333333333.33333333333");
        assert_eq!(level("1000000000000000000000000", "3"), "333333333333333333333333");
        assert_eq!(level("0.0000000000000000000000000001", "1"), "0.0000000000000000000000000001");
    }

    #[test]
    fn a_price_too_low_for_any_number_of_units_is_named() {
        let price: Price = "0.000000000000000000000001".parse().unwrap();
        let error = index_units("0.5".parse().unwrap(), price).unwrap_err();
        assert_eq!(error, ValuationError::PriceTooLow { price });
        assert!(error.to_string().contains("0.000000000000000000000001"), "{error}");
    }

    #[test]
    fn units_have_at_least_twelve_digits_or_all_28_places() {
        let units = |weight: &str, price: &str| {
            index_units(weight.parse().unwrap(), price.parse().unwrap()).unwrap().to_string()
        };
        assert_eq!(units("0.5", "30000"), "16.666666666666666666");
        assert_eq!(units("0.5", "0.00000000003"), "16666666666666666.66666666666");
        assert_eq!(units("0.000000000001", "70000"), "0.0000000000142857142857142857", "28 places");
    }
}
