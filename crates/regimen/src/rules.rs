//! The methodology's rules as objects that decide: built once, shared by all decisions.

mod constituents;
mod regime;
mod screens;
mod trading;

pub(crate) use constituents::ConstituentRules;
pub(crate) use regime::RegimeRules;
pub(crate) use trading::{LiquiditySource, TradingModel};

use crate::definition::IndexDefinition;
use crate::weight_table::WeightTable;

#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) regime: Option<RegimeRules>,
    pub(crate) constituents: ConstituentRules,
    /// `None` if no portfolio follows the index.
    pub(crate) trading: Option<TradingModel>,
}

impl Rules {
    /// Builds the rules of a checked definition; `weights` serve a definition whose weights come from a file.
    pub(crate) fn new(definition: &IndexDefinition, weights: WeightTable) -> Self {
        Self {
            regime: regime::regime_rules(&definition.regime),
            constituents: constituents::constituent_rules(definition, weights),
            trading: definition
                .costs
                .as_ref()
                .map(|costs| TradingModel::new(costs, definition.trading.as_ref())),
        }
    }

    /// Returns the weights from a file, if that is where they come from.
    pub(crate) fn weights(&self) -> Option<&WeightTable> {
        match &self.constituents {
            ConstituentRules::FromFile(weights) => Some(weights),
            ConstituentRules::Ranked { .. } => None,
        }
    }
}
