//! The grid of units: how finely an asset trades.

use regimen_types::Quantity;
use rust_decimal::Decimal;

/// The most digits of traded units. A decimal has four more, so a position can grow ten-thousandfold and sums
/// stay exact.
const DIGITS_MAX: u32 = 24;

/// Rounds units down to the asset's grid, given the units held.
pub(crate) fn on_grid(units: Decimal, held: Quantity, units_scale: u32) -> Decimal {
    units.trunc_with_scale(grid_scale(units, held, units_scale))
}

/// Returns the decimal places of an asset's grid: `units_scale`, or fewer where these units or the units held
/// would need more than 24 digits.
pub(crate) fn grid_scale(units: Decimal, held: Quantity, units_scale: u32) -> u32 {
    let whole = units.max(held.decimal()).trunc().mantissa().unsigned_abs();
    let whole_digits = whole.checked_ilog10().map_or(0, |log| log.saturating_add(1));
    units_scale.min(DIGITS_MAX.saturating_sub(whole_digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal_macros::dec;

    #[test]
    fn many_units_are_counted_less_finely() {
        let held = |units: Decimal| Quantity::new(units).unwrap();
        assert_eq!(on_grid(dec!(1.23456789), held(dec!(0)), 4), dec!(1.2345));
        assert_eq!(on_grid(dec!(0.123456789012), held(dec!(0)), 12), dec!(0.123456789012));
        assert_eq!(
            on_grid(dec!(5422076974506416.792291487914), held(dec!(0)), 12),
            dec!(5422076974506416.79229148)
        );
        assert_eq!(on_grid(dec!(1.792291487914), held(dec!(5422076974506416.7)), 12), dec!(1.79229148));
        assert_eq!(
            on_grid(dec!(9999999999999999999999999999), held(dec!(1)), 12),
            dec!(9999999999999999999999999999)
        );
    }
}
