//! Names that may have been meant by one that is not there.

/// The names that are offered at most.
const OFFERED: usize = 3;

/// Returns up to three names that may have been meant by a misspelt one, the nearest first; upper and lower case count
/// as alike.
#[must_use]
pub fn near_names<'a>(misspelt: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let misspelt = misspelt.to_lowercase();
    let mut near: Vec<(usize, &str)> = names
        .into_iter()
        .map(|name| (edit_distance(&misspelt, &name.to_lowercase()), name))
        .filter(|(edits, name)| *edits <= name.chars().count().saturating_div(5).saturating_add(1))
        .collect();
    near.sort_unstable();
    near.into_iter().take(OFFERED).map(|(_, name)| name).collect()
}

/// Counts the insertions, deletions and substitutions that turn one word into the other (Levenshtein's distance).
#[must_use]
#[expect(clippy::arithmetic_side_effects, reason = "the counts are at most the lengths of the two words")]
pub fn edit_distance(from: &str, to: &str) -> usize {
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
        assert_eq!(near_names("bitcoim", names), ["bitcoin"]);
        assert_eq!(near_names("btc", names), ["BTC"]);
        assert_eq!(near_names("liitecoin", names), ["litecoin"]);
        assert!(near_names("tezos", names).is_empty());
    }

    #[test]
    fn counts_edits() {
        assert_eq!(
            (edit_distance("kitten", "sitting"), edit_distance("", "abc"), edit_distance("abc", "")),
            (3, 3, 3)
        );
    }
}
