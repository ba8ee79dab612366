//! A key for short texts that are looked up or compared once per row, several times as fast as the text
//! itself.

use std::hash::{Hash, Hasher};

use regimen_types::words::eight_bytes;

/// A cell's text with its first sixteen bytes as numbers: most cells are equal if those are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CellKey<'a> {
    head: (u64, u64),
    text: &'a [u8],
}

impl<'a> CellKey<'a> {
    /// Builds the key of the first `length` bytes of a text. Looking beyond them is what makes it fast.
    #[inline]
    pub(crate) fn leading(text: &'a [u8], length: usize) -> Self {
        let word = |at: usize| match length.saturating_sub(at) {
            0 => 0,
            rest @ 1..8 => eight_bytes(&text[at..]) & ((1 << (8 * rest)) - 1),
            _ => eight_bytes(&text[at..]),
        };
        Self { head: (word(0), word(8)), text: &text[..length] }
    }

    /// Returns true if a text begins with this one.
    #[inline]
    pub(crate) fn leads(&self, text: &'a [u8]) -> bool {
        self.length() <= text.len() && *self == CellKey::leading(text, self.length())
    }

    pub(crate) fn text(&self) -> &'a [u8] {
        self.text
    }

    pub(crate) fn length(&self) -> usize {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use regimen_types::TextHash;

    use super::*;

    proptest! {
        #[test]
        fn keys_are_equal_if_their_texts_are(
            left in "[ab]{0,3}(common-beginning)?[ab]{0,3}",
            right in "[ab]{0,3}(common-beginning)?[ab]{0,3}",
            after in "[a-c,]{0,20}",
        ) {
            let (longer, length) = (format!("{left}{after}"), left.len());
            let (left_key, right_key) =
                (CellKey::leading(longer.as_bytes(), length), CellKey::leading(right.as_bytes(), right.len()));
            prop_assert_eq!(left_key == right_key, left == right);
            prop_assert_eq!(left_key.text(), left.as_bytes());
            prop_assert_eq!(right_key.leads(longer.as_bytes()), longer.starts_with(&right));
            let hash = |key: CellKey<'_>| std::hash::BuildHasher::hash_one(&TextHash::default(), key);
            prop_assert_eq!(hash(left_key) == hash(right_key), left == right);
        }
    }
}
