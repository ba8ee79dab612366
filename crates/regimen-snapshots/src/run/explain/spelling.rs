//! Names that may have been meant by one that is not there.

/// The names that are offered at most.
const OFFERED: usize = 3;

/// Returns the names nearest to a misspelt one, the nearest first; none if none is near enough to be meant.
pub(super) fn nearest<'a>(misspelt: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let misspelt = misspelt.to_lowercase();
    let mut near: Vec<(usize, &str)> = names
        .map(|name| (edits(&misspelt, &name.to_lowercase()), name))
        .filter(|(edits, name)| *edits <= 1 + name.chars().count() / 5)
        .collect();
    near.sort_unstable();
    near.into_iter().take(OFFERED).map(|(_, name)| name).collect()
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
    fn near_names_come_first_and_far_ones_not_at_all() {
        let names = ["bitcoin", "bitcoin-cash", "litecoin", "BTC", "ethereum"];
        assert_eq!(nearest("bitcoim", names.into_iter()), ["bitcoin"]);
        assert_eq!(nearest("btc", names.into_iter()), ["BTC"]);
        assert_eq!(nearest("liitecoin", names.into_iter()), ["litecoin"]);
        assert!(nearest("tezos", names.into_iter()).is_empty());
    }

    #[test]
    fn counts_edits() {
        assert_eq!((edits("kitten", "sitting"), edits("", "abc"), edits("abc", "")), (3, 3, 3));
    }
}
