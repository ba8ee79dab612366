//! The tables of a definition as the rules between keys see them.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::costs::Costs;
use crate::defensive::Defensive;
use crate::events::CashFlows;
use crate::execution::Execution;
use crate::fault::DefinitionFault;
use crate::index_base::IndexBase;
use crate::limits::Limits;
use crate::portfolio::Portfolio;
use crate::regime::RegimeDefinition;
use crate::schedule::Schedule;
use crate::selection::Selection;
use crate::snapshots::Snapshots;
use crate::trading::Trading;
use crate::universe::Universe;
use crate::vanished::Vanished;
use crate::weighting::Weighting;

/// A rule between keys: it adds a fault for each key that breaks it, and is silent about sections with faults
/// of their own.
pub(crate) type Rule = fn(&Sections, &mut Vec<DefinitionFault>);

/// The tables of a definition, each on its own, so that a fault in one does not hide a fault in another.
pub(crate) struct Sections {
    pub(super) snapshots: Section<Snapshots>,
    pub(super) index: Section<IndexBase>,
    pub(super) regime: Section<RegimeDefinition>,
    pub(super) defensive: Section<Defensive>,
    pub(super) universe: Section<Universe>,
    pub(super) selection: Section<Selection>,
    pub(super) weighting: Section<Weighting>,
    pub(super) limits: Section<Limits>,
    pub(super) schedule: Section<Schedule>,
    pub(super) portfolio: Section<Portfolio>,
    pub(super) costs: Section<Costs>,
    pub(super) vanished: Section<Vanished>,
    pub(super) trading: Section<Trading>,
    pub(super) execution: Section<Execution>,
    pub(super) cash_flows: Section<CashFlows>,
}

pub(super) enum Section<Table> {
    Absent,
    Faulty,
    Sound(Table),
}

impl Sections {
    pub(crate) fn new(value: &Value, faults: &[DefinitionFault]) -> Self {
        Self {
            snapshots: Section::new("snapshots", value, faults),
            index: Section::new("index", value, faults),
            regime: Section::new("regime", value, faults),
            defensive: Section::new("defensive", value, faults),
            universe: Section::new("universe", value, faults),
            selection: Section::new("selection", value, faults),
            weighting: Section::new("weighting", value, faults),
            limits: Section::new("limits", value, faults),
            schedule: Section::new("schedule", value, faults),
            portfolio: Section::new("portfolio", value, faults),
            costs: Section::new("costs", value, faults),
            vanished: Section::new("vanished", value, faults),
            trading: Section::new("trading", value, faults),
            execution: Section::new("execution", value, faults),
            cash_flows: Section::new("cash_flows", value, faults),
        }
    }
}

impl<Table> Section<Table> {
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl<Table: DeserializeOwned> Section<Table> {
    fn new(name: &str, value: &Value, faults: &[DefinitionFault]) -> Self {
        if faults.iter().any(|fault| fault.is_within(name)) {
            return Self::Faulty;
        }
        match value.get(name) {
            None => Self::Absent,
            Some(table) => serde_json::from_value(table.clone()).map_or(Self::Faulty, Self::Sound),
        }
    }
}
