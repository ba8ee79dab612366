//! What is handed over to a methodology beside its definition.

use std::collections::BTreeMap;
use std::sync::Arc;

use regimen_planning::GasValue;
use regimen_regime::{OutsideSeries, RegimeSignal};

use crate::own_rules::OwnRules;
use crate::weight_table::WeightTable;

/// The gas of one trade by chain, ascending in time.
pub type GasTable = BTreeMap<String, Vec<GasValue>>;

/// What a methodology needs beside its definition: what files hold, and what only code can state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Supplies {
    pub(crate) weights: WeightTable,
    /// Outside series by the name of the signal that reads them.
    pub(crate) series: BTreeMap<String, Arc<OutsideSeries>>,
    /// Users' own signals by their names.
    pub(crate) signals: BTreeMap<String, Arc<dyn RegimeSignal>>,
    /// The gas of chains over time.
    pub(crate) gas: GasTable,
    /// Users' own rules for constituents.
    pub(crate) own_rules: OwnRules,
}

impl PartialEq for Supplies {
    /// Users' signals are equal if they are the same object.
    fn eq(&self, other: &Self) -> bool {
        let signals = self.signals.len() == other.signals.len()
            && self
                .signals
                .iter()
                .zip(&other.signals)
                .all(|((name, one), (other_name, other))| name == other_name && Arc::ptr_eq(one, other));
        self.weights == other.weights && self.series == other.series && self.gas == other.gas && signals
            // Code has no equality: rules are the same if they print the same.
            && format!("{:?}", self.own_rules) == format!("{:?}", other.own_rules)
    }
}
