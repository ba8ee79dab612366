//! Laws of reading definitions: what is written is read back, and nothing that is read makes the reader
//! panic.

use proptest::prelude::*;
use proptest::sample::Index;
use regimen_definition::{CheckedDefinition, IndexDefinition, parse_definition};
use regimen_types::Diagnostics;

use crate::definition_strategies::definition;
use crate::definitions::{definitions, parse};

fn read(text: &str) -> Result<CheckedDefinition, Diagnostics> {
    parse_definition("index.toml", text, &[])
}

/// Checks what must hold of any text, read with any overrides.
fn assert_law_abiding(text: &str, overrides: &[String]) -> Result<(), TestCaseError> {
    match parse_definition("index.toml", text, overrides) {
        Ok(definition) => {
            let written = toml::to_string(&definition).unwrap();
            prop_assert_eq!(read(&written), Ok(definition), "{}", written);
        }
        Err(found) => {
            prop_assert!(!found.items.is_empty());
            for item in found.items {
                // The schema lets nothing pass that the types then refuse.
                prop_assert!(!item.message.contains("does not fit"), "{}", item);
                let place = (item.line, item.character);
                let in_text =
                    matches!(place, (Some(line), Some(_)) if line as usize <= text.lines().count() + 1);
                prop_assert!(in_text || item.file.starts_with("--set "), "{}", item);
            }
        }
    }
    Ok(())
}

/// A change to the tree of a definition.
#[derive(Clone, Debug)]
enum Mutation {
    Replace(toml::Value),
    Remove,
    Rename(String),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let value = prop_oneof![
        any::<i64>().prop_map(toml::Value::from),
        any::<f64>().prop_map(toml::Value::from),
        any::<bool>().prop_map(toml::Value::from),
        "-?[0-9]{0,30}\\.?[0-9]{0,30}(e[0-9]{1,3})?".prop_map(toml::Value::from),
        ".{0,12}".prop_map(toml::Value::from),
        prop::sample::select(vec!["file", "equal", "weights_file", "always_bullish", "sell_at_last_price"])
            .prop_map(toml::Value::from),
        Just(toml::Value::Array(vec![])),
        Just(toml::Value::Table(toml::Table::new())),
    ];
    prop_oneof![
        4 => value.prop_map(Mutation::Replace),
        1 => Just(Mutation::Remove),
        1 => "[a-z_]{1,12}".prop_map(Mutation::Rename),
    ]
}

/// Applies a mutation to the `at`-th entry of the tree, counted depth first.
fn mutate(table: &mut toml::Table, at: &mut usize, mutation: &Mutation) -> bool {
    for key in table.keys().cloned().collect::<Vec<_>>() {
        if *at == 0 {
            let old = table.remove(&key);
            match (mutation, old) {
                (Mutation::Replace(value), _) => drop(table.insert(key, value.clone())),
                (Mutation::Rename(name), Some(old)) => drop(table.insert(name.clone(), old)),
                _ => {}
            }
            return true;
        }
        *at -= 1;
        let done = match table.get_mut(&key) {
            Some(toml::Value::Table(inner)) => mutate(inner, at, mutation),
            Some(toml::Value::Array(items)) => items
                .iter_mut()
                .filter_map(toml::Value::as_table_mut)
                .any(|inner| mutate(inner, at, mutation)),
            _ => false,
        };
        if done {
            return true;
        }
    }
    false
}

proptest! {
    #[test]
    fn a_valid_definition_reads_back_from_toml_and_json(definition in definition()) {
        let checked = CheckedDefinition::new(definition.clone()).unwrap();
        prop_assert_eq!(&*checked, &definition);
        let text = toml::to_string(&definition).unwrap();
        prop_assert_eq!(read(&text), Ok(checked.clone()), "{}", text);
        let json = serde_json::to_string(&checked).unwrap();
        prop_assert_eq!(serde_json::from_str::<IndexDefinition>(&json).unwrap(), definition);
    }

    #[test]
    fn code_and_text_meet_the_same_rules(
        definition in definition(),
        window in 0_u32..2, scale in 0_u32..20, count in 0_u32..2, same_asset in any::<bool>(),
    ) {
        let mut definition = definition;
        if let Some(portfolio) = &mut definition.portfolio {
            portfolio.money_scale = scale;
        }
        if let Some(selection) = &mut definition.selection {
            selection.count = Some(count);
        }
        if let regimen_definition::RegimeDefinition::PriceAboveAverage(rule) = &mut definition.regime {
            rule.window_snapshots = window;
        }
        if let (true, [first, second, ..]) = (same_asset, definition.defensive.sleeve.as_mut_slice()) {
            second.asset = first.asset.clone();
        }
        let text = toml::to_string(&definition).unwrap();
        let from_text = read(&text).map_err(|found| {
            let mut codes: Vec<_> = found.items.iter().map(|item| (item.code, item.column.clone().unwrap())).collect();
            codes.sort();
            codes
        });
        let from_code = CheckedDefinition::new(definition).map_err(|error| {
            let mut codes: Vec<_> = error.faults.into_iter().map(|fault| (fault.code, fault.key)).collect();
            codes.sort();
            codes
        });
        prop_assert_eq!(from_text, from_code);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".*", overrides in prop::collection::vec(".{0,30}", 0..2)) {
        assert_law_abiding(&text, &overrides)?;
    }

    #[test]
    fn any_override_is_applied_or_refused(
        file in any::<Index>(), key in "[a-z_.\\[\\]0-9]{0,30}", value in ".{0,20}",
    ) {
        let files = definitions("valid");
        let (_, text) = file.get(&files);
        assert_law_abiding(text, &[format!("{key}={value}")])?;
    }

    #[test]
    fn a_valid_text_with_a_cut_and_a_patch_is_read_or_refused(
        file in any::<Index>(), from in any::<Index>(), length in 0_usize..40, patch in "[a-z0-9=\\[\\]{}\"'.,#\n -]{0,12}|.{0,4}",
    ) {
        let files = definitions("valid");
        let characters: Vec<char> = file.get(&files).1.chars().collect();
        let from = from.index(characters.len());
        let kept = &characters[(from + length).min(characters.len())..];
        let text: String = characters[..from].iter().copied().chain(patch.chars()).chain(kept.iter().copied()).collect();
        assert_law_abiding(&text, &[])?;
    }

    #[test]
    fn a_valid_tree_with_other_values_and_keys_is_read_or_refused(
        file in any::<Index>(), mutations in prop::collection::vec((any::<Index>(), mutation()), 1..4),
    ) {
        let files = definitions("valid");
        let mut table: toml::Table = file.get(&files).1.parse().unwrap();
        for (at, mutation) in mutations {
            mutate(&mut table, &mut at.index(50), &mutation);
        }
        assert_law_abiding(&toml::to_string(&table).unwrap(), &[])?;
    }
}

#[test]
fn lines_put_before_a_definition_move_its_findings_down() {
    for (path, text) in definitions("invalid") {
        let above = "# größer\n\n";
        let found = parse(&path, &text).unwrap_err().items;
        let moved = parse(&path, &format!("{above}{text}")).unwrap_err().items;
        assert_eq!(found.len(), moved.len(), "{}", path.display());
        for (mut before, after) in found.into_iter().zip(moved) {
            // What is missing from the definition as a whole is reported at its beginning.
            if (before.line, before.character) != (Some(1), Some(1)) {
                before.line = before.line.map(|line| line + 2);
            }
            assert_eq!(before, after, "{}", path.display());
        }
    }
}
