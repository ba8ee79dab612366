//! Text in machine words, to examine several bytes at once.

/// Returns the first eight bytes of a text, the first in the lowest place; missing bytes are zero.
#[must_use]
#[inline]
pub fn eight_bytes(text: &[u8]) -> u64 {
    match text.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => text.iter().rev().fold(0, |word, &byte| (word << 8) | u64::from(byte)),
    }
}

/// Marks the bytes of a word that are at most `limit`, an ASCII character: their top bit is set in the
/// result, and all other bits are zero.
#[must_use]
#[inline]
pub fn bytes_up_to(word: u64, limit: u8) -> u64 {
    const TOP: u64 = 0x8080_8080_8080_8080;
    // With its top bit set, no byte borrows from the next; the bit stays set if the other seven exceed the
    // limit.
    let above = (word | TOP).wrapping_sub(u64::from_le_bytes([(limit & 0x7f).wrapping_add(1); 8])) | word;
    !above & TOP
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_are_their_bytes(text in prop::collection::vec(any::<u8>(), 0..20), limit in 0_u8..128) {
            let word = eight_bytes(&text);
            let mut padded = text.clone();
            padded.resize(20, 0);
            prop_assert_eq!(&word.to_le_bytes()[..], &padded[..8]);
            let marked = word.to_le_bytes().map(|byte| if byte <= limit { 0x80 } else { 0 });
            prop_assert_eq!(bytes_up_to(word, limit).to_le_bytes(), marked);
        }
    }
}
