//! A key for short texts that are looked up or compared once per row, several times as fast as the text itself.
//!
//! Its hash does not resist texts chosen to collide. Those would only slow down reading the file they stand in, and no
//! order depends on it: the map it serves is never iterated.

use std::hash::{BuildHasherDefault, Hash, Hasher};

use regimen_types::words::eight_bytes;

/// A cell's text with its first sixteen bytes as numbers: most cells are equal if those are.
#[derive(Clone, Copy, Debug)]
pub(super) struct CellKey<'a> {
    head: (u64, u64),
    text: &'a [u8],
}

impl<'a> CellKey<'a> {
    /// Builds the key of the first `length` bytes of a text. Looking beyond them is what makes it fast.
    #[inline]
    pub(super) fn leading(text: &'a [u8], length: usize) -> Self {
        let word = |at: usize| match length.saturating_sub(at) {
            0 => 0,
            rest @ 1..8 => eight_bytes(&text[at..]) & ((1 << (8 * rest)) - 1),
            _ => eight_bytes(&text[at..]),
        };
        Self { head: (word(0), word(8)), text: &text[..length] }
    }

    /// Says whether a text begins with this one.
    #[inline]
    pub(super) fn leads(&self, text: &'a [u8]) -> bool {
        self.length() <= text.len() && *self == CellKey::leading(text, self.length())
    }

    pub(super) fn text(&self) -> &'a [u8] {
        self.text
    }

    pub(super) fn length(&self) -> usize {
        self.text.len()
    }
}

impl PartialEq for CellKey<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.head == other.head
            && self.text.len() == other.text.len()
            && (self.text.len() <= HEAD_LENGTH || self.text == other.text)
    }
}

impl Eq for CellKey<'_> {}

impl Hash for CellKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (first, second) = self.head;
        state.write_u64(first);
        state.write_u64(second);
        state.write(self.text.get(HEAD_LENGTH..).unwrap_or_default());
    }
}

/// The bytes that a key's numbers hold.
const HEAD_LENGTH: usize = 16;

/// Hashes by multiplying and folding eight bytes at a time.
pub(super) type CellHash = BuildHasherDefault<CellHasher>;

/// An odd number without a pattern: the golden ratio's fraction in 64 bits.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

#[derive(Default)]
pub(super) struct CellHasher(u64);

impl CellHasher {
    fn mix(&mut self, word: u64) {
        let (low, high) = (self.0.rotate_left(5) ^ word).carrying_mul(MULTIPLIER, 0);
        self.0 = low ^ high;
    }
}

impl Hasher for CellHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.chunks(8).for_each(|chunk| self.mix(eight_bytes(chunk)));
    }

    fn write_u64(&mut self, word: u64) {
        self.mix(word);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::BuildHasher;

    use super::*;

    #[test]
    fn similar_texts_have_hashes_that_differ_at_both_ends() {
        let texts =
            (0..10_000).flat_map(|number| [format!("A{number:04}"), format!("a-longer-name-{number}")]);
        let hash = |text: String| CellHash::default().hash_one(CellKey::leading(text.as_bytes(), text.len()));
        let hashes: Vec<u64> = texts.map(hash).collect();
        let whole: HashSet<u64> = hashes.iter().copied().collect();
        assert_eq!(whole.len(), 20_000);
        // A hash map takes its place from the low bits and its tag from the top seven.
        for shift in [0, 57] {
            let mut counts = [0_u32; 128];
            hashes.iter().for_each(|hash| counts[usize::try_from((hash >> shift) & 127).unwrap()] += 1);
            assert!(counts.iter().all(|count| (80..240).contains(count)), "{shift}: {counts:?}");
        }
    }
}
