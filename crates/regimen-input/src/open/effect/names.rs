//! The names of a definition that must occur.

use std::collections::BTreeMap;

use regimen::CheckedDefinition;
use regimen::definition::{NameInUse, NameKind};
use regimen_types::{AssetId, CodeEntry, Diagnostic, near_names};

use super::facts::MarketFacts;
use super::suggestion::{examples, help_for_asset};
use crate::codes;

/// The names of a list that a message shows.
pub(super) const SHOWN: usize = 3;

/// Returns a finding for each name, or list of names, that does not occur.
pub(super) fn check(definition: &CheckedDefinition, facts: &MarketFacts<'_>) -> Vec<Diagnostic> {
    let names = definition.names();
    let mut findings = unused_excuses(&names, facts);
    let mut lists: BTreeMap<(String, NameKind), Vec<NameInUse>> = BTreeMap::new();
    for name in names {
        lists.entry((name.list_key().to_owned(), name.kind)).or_default().push(name);
    }
    for ((key, kind), names) in lists {
        let absent: Vec<&NameInUse> =
            names.iter().filter(|name| !occurs(name, facts) && !facts.is_optional(&name.name)).collect();
        if absent.is_empty() {
            continue;
        }
        match kind {
            NameKind::Asset => findings.extend(absent_assets(&key, &absent, names.len(), facts)),
            NameKind::Attribute => findings.extend(absent.iter().map(|name| absent_attribute(name, facts))),
            NameKind::Category => {
                let decides = requires_categories(definition, &key) && absent.len() == names.len();
                findings.extend(absent.iter().map(|name| absent_category(name, decides, facts)));
            }
            NameKind::Chain => findings.extend(absent.iter().map(|name| absent_chain(name, facts))),
        }
    }
    findings
}

/// Returns true if a name occurs where its kind must.
fn occurs(name: &NameInUse, facts: &MarketFacts<'_>) -> bool {
    let text = name.name.as_str();
    match name.kind {
        NameKind::Asset => AssetId::new(text).is_ok_and(|asset| facts.has_asset(&asset)),
        NameKind::Attribute => facts.attributes.contains(text),
        NameKind::Category => facts.categories.contains(text),
        NameKind::Chain => facts.chains.contains(text),
    }
}

/// Warns of names in `snapshots.optional` that the definition does not need excused.
fn unused_excuses(names: &[NameInUse], facts: &MarketFacts<'_>) -> Vec<Diagnostic> {
    let is_used =
        |excused: &str| names.iter().any(|name| name.name == excused) || names_asset(excused, facts);
    let unused = facts.optional().filter(|excused| !is_used(excused));
    let warn = |excused: &String| {
        let message = format!("`snapshots.optional` excuses {excused:?}, which nothing names");
        warning(codes::UNUSED_EXCUSE, "snapshots.optional", message, "remove it, or correct its spelling")
    };
    unused.map(warn).collect()
}

/// Returns true if the asset list names an asset, which a definition may excuse too.
fn names_asset(name: &str, facts: &MarketFacts<'_>) -> bool {
    let listed = facts.asset_list;
    AssetId::new(name).is_ok_and(|asset| listed.is_some_and(|list| list.contains_key(&asset)))
}

/// Refuses assets of the regime and the sleeve one by one, and lists whose assets all are absent; warns of
/// what is absent of other lists.
fn absent_assets(
    key: &str,
    absent: &[&NameInUse],
    listed: usize,
    facts: &MarketFacts<'_>,
) -> Vec<Diagnostic> {
    if key.starts_with("regime.") || key.starts_with("defensive.") {
        let refuse = |name: &&NameInUse| {
            let message =
                format!("`{}` names {}, which does not occur in the snapshots", name.key, name.name);
            error(codes::UNKNOWN_ASSET, &name.key, message, help_for_asset(&name.name, facts))
        };
        return absent.iter().map(refuse).collect();
    }
    let shown = some_of(absent.iter().map(|name| name.name.as_str()));
    let (count, help) = (absent.len(), help_for_asset(&absent[0].name, facts));
    // A list of who may be in, or of who weighs what, decides alone; what a list merely adds can be missing.
    let decides = key.starts_with("universe.") || key.starts_with("weighting.");
    if count == listed && decides {
        let message = format!("`{key}`: 0 of {listed} assets occur in the snapshots; missing: {shown}");
        return vec![error(codes::NOTHING_OCCURS, key, message, help)];
    }
    let message = format!("`{key}`: {count} of {listed} assets do not occur in the snapshots: {shown}");
    vec![warning(codes::SOME_ABSENT, key, message, help)]
}

fn absent_attribute(name: &NameInUse, facts: &MarketFacts<'_>) -> Diagnostic {
    let NameInUse { key, name, .. } = name;
    let message = format!("`{key}` names the column {name:?}, which the snapshots lack or do not keep");
    let near = near_names(name, facts.attributes.iter().copied());
    let help = match (near.as_slice(), facts.attributes.is_empty()) {
        ([], true) => {
            "a column is kept if each of its cells is a number or empty; the snapshots have none beyond the usual ones"
                .to_owned()
        }
        ([], false) => {
            let kept: Vec<&str> = facts.attributes.iter().copied().collect();
            format!("a column is kept if each of its cells is a number or empty; kept are {}", kept.join(", "))
        }
        (near, _) => format!("did you mean {}?", near.join(" or ")),
    };
    error(codes::NO_SUCH_ATTRIBUTE, key, message, help)
}

/// Refuses a category that is likely misspelt, or by which nobody is let in; warns of any other.
fn absent_category(name: &NameInUse, decides: bool, facts: &MarketFacts<'_>) -> Diagnostic {
    let NameInUse { key, name, .. } = name;
    let is_listed = facts.listed_categories.contains(name.as_str());
    let near = near_names(name, facts.listed_categories.iter().copied());
    if !is_listed && !near.is_empty() {
        let message = format!("`{key}` names the category {name:?}, which no asset has");
        let help =
            format!("did you mean {}? If not, excuse the name in `snapshots.optional`", near.join(" or "));
        return error(codes::MISSPELT_CATEGORY, key, message, help);
    }
    let (message, help) = match is_listed {
        true => (
            format!("`{key}` names the category {name:?}, which only assets have that never occur"),
            format!("use the identifiers of the snapshots in the asset list, such as {}", examples(facts)),
        ),
        false => {
            let known: Vec<&str> = facts.listed_categories.iter().copied().collect();
            let help = match known.as_slice() {
                [] => "the asset list states no category at all: it needs a column `category`".to_owned(),
                known => format!("the asset list has {}", known.join(", ")),
            };
            (format!("`{key}` names the category {name:?}, which no asset has"), help)
        }
    };
    match decides {
        true => error(codes::MISSPELT_CATEGORY, key, message, help),
        false => warning(codes::CATEGORY_OF_NOBODY, key, message, help),
    }
}

/// Returns true if a list of categories is one of those that alone are let in.
fn requires_categories(definition: &CheckedDefinition, key: &str) -> bool {
    use regimen::definition::ScreenDefinition;
    let screens = definition.universe.iter().flat_map(|universe| universe.screens.iter().enumerate());
    let requiring =
        screens.filter(|(_, screen)| matches!(screen, ScreenDefinition::RequireCategories { .. }));
    requiring.into_iter().any(|(index, _)| key == format!("universe.screens[{index}].categories"))
}

fn absent_chain(name: &NameInUse, facts: &MarketFacts<'_>) -> Diagnostic {
    let NameInUse { key, name, .. } = name;
    let message = format!("`{key}` names the chain {name:?}, on which no asset of the definition trades");
    warning(codes::CHAIN_OF_NOBODY, key, message, help_for_chain(name, facts))
}

/// Returns what to do about a chain on which nothing trades.
pub(super) fn help_for_chain(name: &str, facts: &MarketFacts<'_>) -> String {
    match near_names(name, facts.chains.iter().copied()).as_slice() {
        [] => "name it in `costs.gas.assets`, or remove it".to_owned(),
        near => format!("did you mean {}?", near.join(" or ")),
    }
}

/// Joins the first names of a list, and counts the rest.
pub(super) fn some_of<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<&str> = names.take(SHOWN).collect();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn error(code: CodeEntry, key: &str, message: String, help: impl Into<String>) -> Diagnostic {
    Diagnostic::general(code.code, message, help).in_column(key)
}

fn warning(code: CodeEntry, key: &str, message: String, help: impl Into<String>) -> Diagnostic {
    Diagnostic::warning(code.code, "", message, help).in_column(key)
}
