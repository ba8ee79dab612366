//! The one lossy conversion: decimal to float.

use rust_decimal::Decimal;

/// Powers of ten that a double holds exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// Converts a decimal to the nearest double (ties to even), as parsing its text would.
///
/// This is the only way from a decimal to a float in the workspace. Floats serve indicators and
/// statistics and never return to the ledger.
///
/// ```
/// use regimen_types::approximate;
/// let decimal = "0.1".parse::<rust_decimal::Decimal>().unwrap();
/// assert_eq!(approximate(decimal), 0.1);
/// ```
#[must_use]
pub fn approximate(decimal: Decimal) -> f64 {
    let mantissa = decimal.mantissa();
    let power = usize::try_from(decimal.scale()).ok().and_then(|scale| EXACT_POWERS.get(scale));
    match power {
        // Both operands are exact doubles, so the one division is correctly rounded (Clinger's fast path).
        Some(power) if mantissa.unsigned_abs() <= 1 << 53 => as_double(mantissa) / power,
        _ => decimal.to_string().parse().unwrap_or(f64::NAN),
    }
}

#[expect(clippy::cast_precision_loss, reason = "the caller has checked that it fits 53 bits")]
fn as_double(mantissa: i128) -> f64 {
    mantissa as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_parsing_the_text(mantissa in -(1_i128 << 95)..(1_i128 << 95), scale in 0_u32..=28) {
            let decimal = Decimal::from_i128_with_scale(mantissa, scale);
            prop_assert_eq!(approximate(decimal), decimal.to_string().parse::<f64>().unwrap());
        }

        #[test]
        fn equals_parsing_short_texts(mantissa in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0_u32..=28) {
            let decimal = Decimal::new(mantissa, scale);
            prop_assert_eq!(approximate(decimal), decimal.to_string().parse::<f64>().unwrap());
        }
    }
}
