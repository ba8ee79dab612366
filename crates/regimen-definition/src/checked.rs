//! The proof that a definition keeps every rule.

use std::ops::Deref;

use serde::Serialize;

use crate::fault::{BAD_VALUE, DefinitionError, DefinitionFault};
use crate::index_definition::IndexDefinition;
use crate::names::{NameInUse, names_of};
use crate::needs::{Need, needs_of};
use crate::node::Node;
use crate::regime::RegimeDefinition;
use crate::rules::{ALWAYS, Rule, Sections};
use crate::schema::SCHEMA;
use crate::windows::{WindowInUse, windows_of};
use crate::{secrets, structure};

/// A definition that was checked, with every default spelled out. It cannot be changed, so it stays valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CheckedDefinition(IndexDefinition);

impl CheckedDefinition {
    /// Checks a definition that was built in code.
    ///
    /// # Errors
    /// [`DefinitionError`] with every fault, each named by its key.
    pub fn new(definition: IndexDefinition) -> Result<Self, DefinitionError> {
        check_in_code(&Node::of_serialised(&definition)).map(|_| Self(definition))
    }

    /// Returns what the definition reads beside the snapshots, in the order in which a run lists its inputs.
    ///
    /// ```
    /// # let text = include_str!("../tests/definitions/valid/weights-file.toml");
    /// use regimen_definition::{Need, parse_definition};
    ///
    /// let definition = parse_definition("index.toml", text, &[]).unwrap();
    /// assert!(definition.needs().iter().any(|need| matches!(need, Need::Weights { .. })));
    /// ```
    #[must_use]
    pub fn needs(&self) -> Vec<Need<'_>> {
        needs_of(&self.0)
    }

    /// Lists the names of the definition that must occur in the data, in the order of its keys.
    #[must_use]
    pub fn names(&self) -> Vec<NameInUse> {
        names_of(&self.0)
    }

    /// Lists the windows of the definition, in the order of its keys.
    #[must_use]
    pub fn windows(&self) -> Vec<WindowInUse> {
        windows_of(&self.0)
    }

    /// Returns the definition of the same index without a regime: it keeps every rule that this one keeps.
    #[must_use]
    pub fn always_bullish(&self) -> Self {
        Self(IndexDefinition { regime: RegimeDefinition::AlwaysBullish, ..self.0.clone() })
    }

    /// Returns the definition, to be changed and checked again.
    #[must_use]
    pub fn into_inner(self) -> IndexDefinition {
        self.0
    }
}

impl Deref for CheckedDefinition {
    type Target = IndexDefinition;

    fn deref(&self) -> &IndexDefinition {
        &self.0
    }
}

/// Checks the keys of a definition that was built in code. A service may hand its asset list over in code
/// too, so the rules about files are left out.
pub(crate) fn check_in_code(node: &Node) -> Result<CheckedDefinition, DefinitionError> {
    let secrets = secrets::find(node);
    if !secrets.is_empty() {
        return Err(DefinitionError { faults: secrets });
    }
    check(node, &[ALWAYS]).map_err(|faults| DefinitionError { faults })
}

/// Checks structure and rules.
pub(crate) fn check(node: &Node, rule_sets: &[&[Rule]]) -> Result<CheckedDefinition, Vec<DefinitionFault>> {
    let (value, mut faults) = structure::read(&SCHEMA, node);
    let sections = Sections::new(&value, &faults);
    for rule in rule_sets.iter().copied().flatten() {
        rule(&sections, &mut faults);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    // The schema comes from the types, so whatever passes it deserialises; a mismatch would be reported, not
    // hidden.
    serde_json::from_value(value).map(CheckedDefinition).map_err(|error| {
        vec![DefinitionFault::of(BAD_VALUE, "", format!("the definition does not fit: {error}"))]
    })
}
