//! The methodology's rules as objects that decide: built once, shared by all decisions.

mod constituents;
mod measures;
mod regime;
mod screens;
mod sizes;
mod trading;

pub use constituents::{limit_rules, selection_rule};
pub use regime::regime_rule;

pub(crate) use constituents::ConstituentRules;
pub(crate) use regime::{Measure, RegimeRules};
pub(crate) use trading::{LiquiditySource, TradingModel};

use regimen_definition::IndexDefinition;

use super::inputs::Inputs;

#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) regime: Option<RegimeRules>,
    pub(crate) constituents: ConstituentRules,
    /// `None` if no portfolio follows the index.
    pub(crate) trading: Option<TradingModel>,
}

impl Rules {
    /// Builds the rules of a definition and the inputs that it reads.
    pub(super) fn new(definition: &IndexDefinition, inputs: &Inputs) -> Self {
        let costs = definition.costs.as_ref();
        Self {
            regime: regime::regime_rules(&definition.regime, inputs),
            constituents: constituents::constituent_rules(definition, inputs),
            trading: costs.map(|costs| TradingModel::new(costs, definition, &inputs.gas_table())),
        }
    }

    /// Returns true if a signal reads the level that the index would have without a regime.
    pub(super) fn read_constituents_level(&self) -> bool {
        let measured = self.regime.iter().flat_map(|rules| &rules.measures);
        measured.into_iter().any(|each| each.measure == Measure::ConstituentsLevel)
    }
}
