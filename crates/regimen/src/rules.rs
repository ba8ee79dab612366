//! The methodology's rules as objects that decide: built once, shared by all decisions.

mod constituents;
mod regime;
mod screens;
mod trading;

pub(crate) use constituents::ConstituentRules;
pub(crate) use regime::{Measure, RegimeRules};
pub(crate) use trading::{LiquiditySource, TradingModel};

use crate::definition::{IndexDefinition, RegimeDefinition};
use crate::methodology::Methodology;
use crate::supplies::Supplies;

#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) regime: Option<RegimeRules>,
    pub(crate) constituents: ConstituentRules,
    /// The same index without a regime, if a signal reads the level that it would have.
    pub(crate) always_bullish: Option<Box<Methodology>>,
    pub(crate) supplies: Supplies,
    /// `None` if no portfolio follows the index.
    pub(crate) trading: Option<TradingModel>,
}

impl Rules {
    /// Builds the rules of a checked definition and what was handed over with it.
    pub(crate) fn new(definition: &IndexDefinition, supplies: Supplies) -> Self {
        let regime = regime::regime_rules(&definition.regime, &supplies);
        let reads_constituents = regime
            .iter()
            .flat_map(|rules| &rules.measures)
            .any(|each| each.measure == Measure::ConstituentsLevel);
        let always_bullish = reads_constituents.then(|| {
            let regime = RegimeDefinition::AlwaysBullish;
            let definition = IndexDefinition { regime, ..definition.clone() };
            Box::new(Methodology::of_checked_with(definition, supplies.clone()))
        });
        let constituents =
            constituents::constituent_rules(definition, supplies.weights.clone(), &supplies.own_rules);
        let trading =
            definition.costs.as_ref().map(|costs| TradingModel::new(costs, definition, &supplies.gas));
        Self { regime, constituents, always_bullish, supplies, trading }
    }
}
