//! A definition's text with its overrides: its tree, and the place of each key.

use std::collections::BTreeMap;
use std::ops::Range;

use regimen_types::Diagnostic;
use toml::de::{DeTable, DeValue};

use crate::fault::{BAD_OVERRIDE, DefinitionFault, NOT_TOML, UNKNOWN_KEY};
use crate::node::{Node, entry_key, item_key};
use crate::secrets;

/// The names in the longest key that an override may have; the definition's own keys have three at most.
const LONGEST_OVERRIDE_KEY: usize = 8;

/// A parsed definition that remembers the place of each key.
pub(super) struct Document<'a> {
    file: &'a str,
    overrides: &'a [String],
    root: Node,
    places: BTreeMap<String, KeyPlace>,
    refused_overrides: Vec<Diagnostic>,
}

/// Where something stands; the order is that of the diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// The line and the character in it, both from 1.
    Text(u64, u64),
    /// The override with this index.
    Override(usize),
}

/// Where a key and its value stand.
#[derive(Clone, Copy, Debug)]
struct KeyPlace {
    key: Place,
    value: Place,
}

impl<'a> Document<'a> {
    /// Reads a definition's text and applies `key=value` overrides; those that cannot be applied are noted.
    ///
    /// # Errors
    /// One diagnostic for each place where the text is not TOML.
    pub(super) fn parse(file: &'a str, text: &str, overrides: &'a [String]) -> Result<Self, Vec<Diagnostic>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let lines = Lines::of(text);
        if !errors.is_empty() {
            // A broken line may hold a secret beside the place where it breaks, or the rest of one.
            let may_quote = !text.lines().any(secrets::may_hold_one);
            let mut found: Vec<_> =
                errors.iter().map(|error| not_toml(file, text, &lines, error, may_quote)).collect();
            found.sort_by_key(|diagnostic| (diagnostic.line, diagnostic.character));
            return Err(found);
        }
        let mut places = BTreeMap::new();
        note_places("", table.get_ref(), &lines, &mut places);
        let root = Node::from(&DeValue::Table(table.into_inner()));
        let mut document = Self { file, overrides, root, places, refused_overrides: Vec::new() };
        for (index, text) in overrides.iter().enumerate() {
            if let Err(message) = document.apply(index, text) {
                let fault = DefinitionFault::of(BAD_OVERRIDE, "", message);
                document.refused_overrides.push(document.diagnostic(Place::Override(index), fault));
            }
        }
        Ok(document)
    }

    pub(super) fn root(&self) -> &Node {
        &self.root
    }

    pub(super) fn all_overrides_apply(&self) -> bool {
        self.refused_overrides.is_empty()
    }

    /// Turns faults into diagnostics as [`Document::into_diagnostics`] does, and leaves out everything else.
    pub(super) fn only(mut self, faults: Vec<DefinitionFault>) -> Vec<Diagnostic> {
        self.refused_overrides.clear();
        self.into_diagnostics(faults)
    }

    /// Turns faults into diagnostics, in the order of their places, and adds the overrides that were refused.
    pub(super) fn into_diagnostics(self, faults: Vec<DefinitionFault>) -> Vec<Diagnostic> {
        let mut located: Vec<_> = faults.into_iter().map(|fault| (self.place_of(&fault), fault)).collect();
        located.sort_by(|left, right| (left.0, &left.1.key).cmp(&(right.0, &right.1.key)));
        let diagnostics = located.into_iter().map(|(place, fault)| self.diagnostic(place, fault));
        diagnostics.chain(self.refused_overrides.iter().cloned()).collect()
    }

    /// Finds the place of a fault's key, or of the nearest table or list around a key that is missing.
    fn place_of(&self, fault: &DefinitionFault) -> Place {
        let mut key = fault.key.as_str();
        while !key.is_empty() {
            match self.places.get(key) {
                // The key itself is at fault, not the value behind it.
                Some(place) if fault.code == UNKNOWN_KEY.code => return place.key,
                Some(place) => return place.value,
                None => key = key.rfind(['.', '[']).map_or("", |end| &key[..end]),
            }
        }
        Place::Text(1, 1)
    }

    fn diagnostic(&self, place: Place, fault: DefinitionFault) -> Diagnostic {
        let diagnostic = match place {
            Place::Text(line, character) => {
                Diagnostic::error(fault.code, self.file, fault.message, fault.help)
                    .at_line(line)
                    .at_character(character)
            }
            Place::Override(index) => {
                let source = override_source(&self.overrides[index]);
                Diagnostic::error(fault.code, &source, fault.message, fault.help)
            }
        };
        let diagnostic = if fault.key.is_empty() { diagnostic } else { diagnostic.in_column(fault.key) };
        match fault.text {
            Some(text) => diagnostic.quoting(&text),
            None => diagnostic,
        }
    }

    /// Puts an override into the tree, or returns the reason why it cannot.
    fn apply(&mut self, index: usize, text: &str) -> Result<(), String> {
        let no_value = || match secrets::may_hold_one(text) {
            true => "it has no `=`".to_owned(),
            false => format!("`{text}` has no `=`"),
        };
        let (key, value) = text.split_once('=').ok_or_else(no_value)?;
        let names: Vec<&str> = key.split('.').map(str::trim).collect();
        if names.contains(&"") || names.len() > LONGEST_OVERRIDE_KEY {
            return Err(format!("`{key}` is not a dotted key"));
        }
        let mut path = String::new();
        let mut node = &mut self.root;
        for (depth, name) in names.iter().enumerate() {
            let Node::Table(table) = node else { return Err(format!("`{path}` is not a table")) };
            path = entry_key(&path, name);
            let is_last = depth + 1 == names.len();
            if is_last || !table.contains_key(*name) {
                let new = if is_last { override_value(value.trim()) } else { Node::Table(BTreeMap::new()) };
                table.insert((*name).to_owned(), new);
                let place = Place::Override(index);
                self.places.insert(path.clone(), KeyPlace { key: place, value: place });
            }
            let Some(next) = table.get_mut(*name) else { return Ok(()) };
            node = next;
        }
        self.places.retain(|key, _| !is_below(key, &path));
        Ok(())
    }
}

/// Names an override, without what may be a secret in it.
fn override_source(text: &str) -> String {
    match text.split_once('=') {
        _ if !secrets::may_hold_one(text) => format!("--set {text}"),
        Some((key, _)) => format!("--set {key}=…"),
        None => "--set …".to_owned(),
    }
}

/// Reads an override's value: TOML if it is TOML, else text.
fn override_value(text: &str) -> Node {
    DeValue::parse(text).map_or_else(|_| Node::Text(text.to_owned()), |value| Node::from(value.get_ref()))
}

fn is_below(key: &str, parent: &str) -> bool {
    key.strip_prefix(parent).is_some_and(|rest| rest.starts_with(['.', '[']))
}

fn not_toml(
    file: &str,
    text: &str,
    lines: &Lines<'_>,
    error: &toml::de::Error,
    may_quote: bool,
) -> Diagnostic {
    let fault = DefinitionFault::of(NOT_TOML, "", format!("the definition is not TOML: {}", error.message()));
    let diagnostic = Diagnostic::error(fault.code, file, fault.message, fault.help);
    let Some(Range { start, end }) = error.span() else { return diagnostic };
    let (line, character) = lines.position(start);
    let diagnostic = diagnostic.at_line(line).at_character(character);
    match text.get(start..end).and_then(|quoted| quoted.lines().next()) {
        Some(quoted) if may_quote && !quoted.is_empty() => diagnostic.quoting(quoted),
        _ => diagnostic,
    }
}

fn note_places(
    parent: &str,
    table: &DeTable<'_>,
    lines: &Lines<'_>,
    places: &mut BTreeMap<String, KeyPlace>,
) {
    for (name, value) in table {
        let key = entry_key(parent, name.get_ref());
        let place = KeyPlace { key: lines.place(name.span().start), value: lines.place(value.span().start) };
        places.insert(key.clone(), place);
        note_places_within(&key, value.get_ref(), lines, places);
    }
}

fn note_places_within(
    key: &str,
    value: &DeValue<'_>,
    lines: &Lines<'_>,
    places: &mut BTreeMap<String, KeyPlace>,
) {
    match value {
        DeValue::Table(table) => note_places(key, table, lines, places),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let key = item_key(key, index);
                let place = lines.place(item.span().start);
                places.insert(key.clone(), KeyPlace { key: place, value: place });
                note_places_within(&key, item.get_ref(), lines, places);
            }
        }
        _ => {}
    }
}

/// Where each line of a text begins.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    fn place(&self, offset: usize) -> Place {
        let (line, character) = self.position(offset);
        Place::Text(line, character)
    }

    /// Returns the line and the character in it, both from 1, of a byte offset.
    fn position(&self, offset: usize) -> (u64, u64) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let characters = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        (line as u64, characters as u64 + 1)
    }
}
