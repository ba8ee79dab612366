//! The one lossy conversion: decimal to float.

use rust_decimal::Decimal;

use crate::quantities::Bps;

/// Powers of ten that a double holds exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// Converts a decimal to the nearest double (ties to even), as parsing its text would.
///
/// This is the only conversion from decimal to float in the workspace. Floats serve indicators and statistics
/// and never return to the ledger.
///
/// ```
/// use regimen_types::approximate;
/// let decimal = "0.1".parse::<rust_decimal::Decimal>().unwrap();
/// assert_eq!(approximate(decimal), 0.1);
/// ```
#[must_use]
pub fn approximate(decimal: Decimal) -> f64 {
    let parts = decimal.unpack();
    let magnitude = (u64::from(parts.mid) << 32) | u64::from(parts.lo);
    let power = usize::try_from(parts.scale).ok().and_then(|scale| EXACT_POWERS.get(scale));
    match (i64::try_from(magnitude), power) {
        // Both operands are exact doubles, so the one division is correctly rounded (Clinger's fast path).
        (Ok(magnitude), Some(power)) if parts.hi == 0 && magnitude <= 1 << 53 => {
            let mantissa = if parts.negative { magnitude.wrapping_neg() } else { magnitude };
            as_double(mantissa) / power
        }
        _ => decimal.to_string().parse().unwrap_or(f64::NAN),
    }
}

impl Bps {
    /// Returns the rate nearest to a statistic (0.04 is 400 bps) on the grid of whole basis points, ties
    /// upward, capped at 9,999 bps; `None` if the statistic is negative or not a number.
    ///
    /// This is how a float that measures the market, such as a volatility, may scale a cost: the grid is
    /// coarse enough that the last bits of the float do not matter, and the result is decimal again.
    #[must_use]
    pub fn from_statistic(statistic: f64) -> Option<Self> {
        const MOST: f64 = 9999.0;
        let steps = (statistic * 10_000.0 + 0.5).floor().min(MOST);
        let steps = (steps >= 0.0 && statistic >= 0.0).then(|| as_count(steps))?;
        Self::new(Decimal::from(steps)).ok()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the caller has checked the range"
)]
fn as_count(steps: f64) -> u32 {
    steps as u32
}

#[expect(clippy::cast_precision_loss, reason = "the caller has checked that it fits 53 bits")]
fn as_double(mantissa: i64) -> f64 {
    mantissa as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_statistic_becomes_whole_basis_points() {
        let bps = |statistic| Bps::from_statistic(statistic).map(|rate| rate.to_string());
        assert_eq!(bps(0.04).as_deref(), Some("400"));
        assert_eq!(bps(0.040_049_999).as_deref(), Some("400"));
        assert_eq!(bps(0.040_05).as_deref(), Some("401"));
        assert_eq!(bps(0.0).as_deref(), Some("0"));
        assert_eq!(bps(7.5).as_deref(), Some("9999"));
        assert_eq!(bps(f64::INFINITY).as_deref(), Some("9999"));
        assert_eq!((bps(-0.01), bps(f64::NAN)), (None, None));
    }

    #[test]
    fn zero_has_no_sign() {
        assert!(approximate(-Decimal::ZERO).is_sign_positive());
    }

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
