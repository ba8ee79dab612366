//! Floats to decimal text, quickly and alike on every machine.

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];
/// The decimal places that keep eight digits of a value below ten.
const SCALE_OF_UNIT: usize = 7;
/// The bounds of a price; beyond them its digits would need powers of ten that are not exact.
const PRICE_MIN: f64 = 1e-12;
const PRICE_MAX: f64 = 9e7;
/// The decimal places of amounts.
const AMOUNT_SCALE: usize = 4;

/// A price: at most eight significant digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct EightDigits {
    digits: u64,
    scale: usize,
}

impl EightDigits {
    /// Rounds to eight significant digits, half up.
    pub(crate) fn rounded(value: f64) -> Self {
        let value = value.clamp(PRICE_MIN, PRICE_MAX);
        let scale = if value < 1.0 {
            // The first power that lifts the value to one digit before the point, and seven more.
            SCALE_OF_UNIT + POWERS.iter().take_while(|power| value * **power < 1.0).count()
        } else {
            SCALE_OF_UNIT + 1 - POWERS.iter().take_while(|power| **power <= value).count()
        };
        Self { digits: nearest(value * POWERS[scale]), scale }
    }

    /// Returns the value that the text stands for.
    #[expect(clippy::cast_precision_loss, reason = "eight digits fit a double")]
    pub(crate) fn value(self) -> f64 {
        self.digits as f64 / POWERS[self.scale]
    }

    pub(crate) fn write(self, text: &mut Vec<u8>) {
        write_decimal(self.digits, self.scale, text);
    }
}

/// An amount of currency with four decimal places, always above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Amount(u64);

impl Amount {
    /// Rounds to four decimal places, half up, and to the smallest amount above zero.
    pub(crate) fn rounded(value: f64) -> Self {
        Self(nearest(value * POWERS[AMOUNT_SCALE]).max(1))
    }

    pub(crate) fn write(self, text: &mut Vec<u8>) {
        write_decimal(self.0, AMOUNT_SCALE, text);
    }
}

fn nearest(value: f64) -> u64 {
    (value + 0.5) as u64
}

/// Writes `digits × 10^-scale` without an exponent and without trailing zeros.
fn write_decimal(mut digits: u64, mut scale: usize, text: &mut Vec<u8>) {
    while scale > 0 && digits.is_multiple_of(10) {
        digits /= 10;
        scale -= 1;
    }
    // Filled from the end: at most 22 places, the point and 20 digits before it.
    let mut bytes = [0; 43];
    let mut start = bytes.len();
    let mut prepend = |byte| {
        start -= 1;
        bytes[start] = byte;
    };
    for _ in 0..scale {
        prepend(last_digit(digits));
        digits /= 10;
    }
    if scale > 0 {
        prepend(b'.');
    }
    prepend(last_digit(digits));
    digits /= 10;
    while digits > 0 {
        prepend(last_digit(digits));
        digits /= 10;
    }
    text.extend_from_slice(&bytes[start..]);
}

fn last_digit(digits: u64) -> u8 {
    b'0' + (digits % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn price_text(value: f64) -> String {
        let mut text = Vec::new();
        EightDigits::rounded(value).write(&mut text);
        String::from_utf8(text).unwrap()
    }

    fn amount_text(value: f64) -> String {
        let mut text = Vec::new();
        Amount::rounded(value).write(&mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn prices_have_eight_digits_and_no_exponent() {
        assert_eq!(price_text(300.0), "300");
        assert_eq!(price_text(471.683_620_01), "471.68362");
        assert_eq!(price_text(0.999_999_999), "1");
        assert_eq!(price_text(9.999_999_99), "10");
        assert_eq!(price_text(0.000_012_345_678_912), "0.000012345679");
        assert_eq!(price_text(1e-12), "0.000000000001");
        assert_eq!(price_text(89_999_999.6), "90000000");
    }

    #[test]
    fn amounts_have_four_places_and_are_never_zero() {
        assert_eq!(amount_text(23_705_652.779), "23705652.779");
        assert_eq!(amount_text(5e9), "5000000000");
        assert_eq!(amount_text(0.0), "0.0001");
        assert_eq!(amount_text(271_556_298.939_94), "271556298.9399");
    }

    proptest! {
        #[test]
        fn a_price_is_within_half_of_its_last_digit(exponent in -12.0..7.9_f64) {
            let value = libm::exp10(exponent);
            let text = price_text(value);
            let read: f64 = text.parse().unwrap();
            prop_assert!((read - value).abs() <= value * 0.5001e-7, "{value} printed as {text}");
            prop_assert_eq!(read, EightDigits::rounded(value).value());
            prop_assert!(text.bytes().filter(u8::is_ascii_digit).skip_while(|byte| *byte == b'0').count() <= 8);
        }
    }
}
