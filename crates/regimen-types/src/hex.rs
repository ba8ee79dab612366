//! Bytes as hexadecimal text in lower case, as checksums are written.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Returns bytes as text, two lower-case digits for each.
///
/// ```
/// use regimen_types::hex;
/// assert_eq!(hex(&[0, 171, 255]), "00abff");
/// ```
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or_default();
    let mut text = Vec::with_capacity(bytes.len().saturating_mul(2));
    bytes.iter().for_each(|byte| text.extend([digit(byte >> 4), digit(byte & 15)]));
    String::from_utf8(text).unwrap_or_default()
}

/// Parses exactly `LENGTH` bytes from lower-case hexadecimal text; `None` for any other text.
#[must_use]
pub fn bytes_of_hex<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    let value =
        |digit: u8| DIGITS.iter().zip(0_u8..).find(|(each, _)| **each == digit).map(|(_, value)| value);
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let mut bytes = [0; LENGTH];
    if pairs.len() != LENGTH {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = value(*high)? << 4 | value(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "0", "000", "0g", "AB", "é", " 1", "0000"] {
            assert_eq!(bytes_of_hex::<1>(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn bytes_survive_their_text(bytes in any::<[u8; 32]>()) {
            let text = hex(&bytes);
            prop_assert_eq!(&text, &bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
            prop_assert_eq!(bytes_of_hex::<32>(&text), Some(bytes));
            prop_assert_eq!(bytes_of_hex::<31>(&text), None);
        }
    }
}
