//! What may be meant by a name that does not occur.

use regimen_types::{AssetId, near_names};

use super::facts::MarketFacts;

/// The identifiers shown as examples of those of the snapshots.
const EXAMPLES: usize = 3;

/// Returns what to do about an asset that does not occur: an asset of this symbol or name, an identifier in
/// another case, or else one with a similar spelling.
pub(super) fn help_for_asset(asset: &str, facts: &MarketFacts<'_>) -> String {
    let known: Vec<&AssetId> = facts.known_as(asset).collect();
    let likely: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    match likely.as_slice() {
        [] => similar(asset, facts),
        several => {
            format!("{} {}; name the identifier", reason(asset, known[0], facts), several.join(" and of "))
        }
    }
}

/// Returns the words that lead from a name to the asset that has it.
fn reason(name: &str, known: &AssetId, facts: &MarketFacts<'_>) -> &'static str {
    let is_same =
        |other: Option<&String>| other.is_some_and(|other| other.to_lowercase() == name.to_lowercase());
    let info = facts.info(known);
    if known.as_str().to_lowercase() == name.to_lowercase() {
        "identifiers are told apart by case, and the snapshots have"
    } else if is_same(info.and_then(|info| info.symbol.as_ref())) {
        "its symbol is that of"
    } else {
        "its name is that of"
    }
}

fn similar(asset: &str, facts: &MarketFacts<'_>) -> String {
    match near_names(asset, facts.assets().map(AssetId::as_str)).as_slice() {
        [] => format!("use the identifiers of the snapshots, such as {}", examples(facts)),
        near => format!("did you mean {}?", near.join(" or ")),
    }
}

/// Returns some identifiers of the snapshots, for whoever uses those of another source.
pub(super) fn examples(facts: &MarketFacts<'_>) -> String {
    let examples: Vec<&str> = facts.assets().take(EXAMPLES).map(AssetId::as_str).collect();
    examples.join(", ")
}
