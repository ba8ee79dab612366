//! Rules written in code that take the place of the definition's, or come beside them.

use std::sync::Arc;

use regimen_weighting::{HistoryWeighting, SelectionRule, UniverseScreen, WeightCap};
use serde::{Serialize, Serializer, ser::SerializeMap};

/// A user's own rules for constituents, to be added to [`Inputs::own_rules`](crate::Inputs::own_rules).
///
/// ```
/// use regimen::OwnRules;
/// use regimen::weighting::{EligibilityFilter, EqualWeight, Exclusion};
/// use regimen::types::{HistoryWindow, Row};
///
/// #[derive(Debug)]
/// struct NoDogs;
///
/// impl EligibilityFilter for NoDogs {
///     fn exclusion(&self, row: &Row<'_>, _: &HistoryWindow<'_>) -> Option<Exclusion> {
///         row.asset().as_str().starts_with("doge").then(|| Exclusion::Other("a dog".to_owned()))
///     }
/// }
///
/// let rules = OwnRules::default().screen(NoDogs).weighting(EqualWeight);
/// ```
#[derive(Clone, Debug, Default)]
pub struct OwnRules {
    pub(crate) screens: Vec<Arc<dyn UniverseScreen>>,
    pub(crate) selection: Option<Arc<dyn SelectionRule>>,
    pub(crate) weighting: Option<Arc<dyn HistoryWeighting>>,
    pub(crate) cap: Option<Arc<dyn WeightCap>>,
}

impl OwnRules {
    /// Adds a screen after those of the definition, and after those added before.
    #[must_use]
    pub fn screen(mut self, screen: impl UniverseScreen + 'static) -> Self {
        self.screens.push(Arc::new(screen));
        self
    }

    /// Selects by a rule in place of the definition's.
    #[must_use]
    pub fn selection(self, rule: impl SelectionRule + 'static) -> Self {
        Self { selection: Some(Arc::new(rule)), ..self }
    }

    /// Weighs by a rule in place of the definition's; `weighting.of` still decides what it sees as market
    /// cap.
    #[must_use]
    pub fn weighting(self, rule: impl HistoryWeighting + 'static) -> Self {
        Self { weighting: Some(Arc::new(rule)), ..self }
    }

    /// Limits weights by a rule in place of the definition's; if no weights keep its limits, that is an error
    /// unless the definition's `limits` name a fallback.
    #[must_use]
    pub fn cap(self, rule: impl WeightCap + 'static) -> Self {
        Self { cap: Some(Arc::new(rule)), ..self }
    }

    /// Returns true if there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.screens.is_empty() && self.selection.is_none() && self.weighting.is_none() && self.cap.is_none()
    }
}

impl Serialize for OwnRules {
    /// Names the rules as they print themselves for debugging: their code cannot be stored.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let screens: Vec<String> = self.screens.iter().map(|screen| format!("{screen:?}")).collect();
        map.serialize_entry("screens", &screens)?;
        let rules = [
            ("selection", self.selection.as_ref().map(|rule| format!("{rule:?}"))),
            ("weighting", self.weighting.as_ref().map(|rule| format!("{rule:?}"))),
            ("cap", self.cap.as_ref().map(|rule| format!("{rule:?}"))),
        ];
        for (name, rule) in rules {
            if let Some(rule) = rule {
                map.serialize_entry(name, &rule)?;
            }
        }
        map.end()
    }
}
