//! Text in machine words, so that several bytes are looked at at once.

/// Returns the first eight bytes of a text, the first in the lowest place; bytes that are missing are zero.
#[must_use]
#[inline]
pub fn eight_bytes(text: &[u8]) -> u64 {
    match text.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => text.iter().rev().fold(0, |word, &byte| (word << 8) | u64::from(byte)),
    }
}

/// Marks the bytes of a word that are `byte`: each has its top bit set in the result, all other bits are zero.
#[must_use]
#[inline]
pub fn bytes_equal(word: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let differences = word ^ u64::from_le_bytes([byte; 8]);
    // A difference leaves a bit in the lower seven or in the top one; nothing is carried from byte to byte.
    !((differences & LOW).wrapping_add(LOW) | differences | LOW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_are_their_bytes(text in prop::collection::vec(prop_oneof![any::<u8>(), Just(b',')], 0..20), byte in prop_oneof![any::<u8>(), Just(b',')]) {
            let word = eight_bytes(&text);
            let mut padded = text.clone();
            padded.resize(20, 0);
            prop_assert_eq!(&word.to_le_bytes()[..], &padded[..8]);
            let marked = word.to_le_bytes().map(|other| if other == byte { 0x80 } else { 0 });
            prop_assert_eq!(bytes_equal(word, byte).to_le_bytes(), marked);
        }
    }
}
