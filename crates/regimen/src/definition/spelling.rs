//! The word that was meant by a misspelt one.

/// Finds the word nearest to a misspelt one, if one is near enough to be meant.
pub(super) fn nearest<'a>(misspelt: &str, words: &[&'a str]) -> Option<&'a str> {
    let (distance, word) = words.iter().map(|word| (edits(misspelt, word), *word)).min()?;
    (distance <= 1 + word.len() / 5).then_some(word)
}

/// Counts the insertions, deletions and substitutions that turn one word into the other (Levenshtein's distance).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (done, letter) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], done + 1);
        for (column, other) in to.iter().enumerate() {
            let substituted = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("abc", ""), 3);
    }

    #[test]
    fn only_near_words_are_meant() {
        let words = ["slippage_bps", "fee_bps"];
        assert_eq!(nearest("fee_bp", &words), Some("fee_bps"));
        assert_eq!(nearest("slippage_bps", &words), Some("slippage_bps"));
        assert_eq!(nearest("tax", &words), None);
        assert_eq!(nearest("fee", &[]), None);
    }
}
