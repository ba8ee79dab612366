//! The methodology: a checked definition with everything that it reads, as rules that decide.

mod inputs;
mod own_rules;
mod portfolio_rules;
mod regime_table;
mod rules;
mod weight_table;
mod yield_table;

use std::sync::Arc;

use regimen_definition::{CashFlow, CashFlows, CheckedDefinition};
use regimen_regime::RegimeRule;
use serde::Serialize;

pub use inputs::{GasTable, InputError, InputName, Inputs};
pub use own_rules::OwnRules;
pub use portfolio_rules::PortfolioRules;
pub use regime_table::RegimeTable;
pub(crate) use rules::{ConstituentRules, LiquiditySource, Measure, RegimeRules, Rules};
pub use rules::{limit_rules, regime_rule, selection_rule};
pub use weight_table::{WeightTable, WeightTableError};
pub use yield_table::{YieldRate, YieldTable};

/// The validated rulebook of an index. It cannot be built from a definition that breaks a rule, nor without
/// an input that the definition reads, and it never changes.
///
/// ```
/// use regimen::definition::*;
/// use regimen::{Inputs, Methodology};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let definition = DefinitionBuilder::new()
///     .name("Global 100")
///     .currency("USD")
///     .index(IndexBase::of("1000".parse()?))
///     .regime(RegimeDefinition::PriceAboveAverage(PriceAboveAverage {
///         asset: "BTC".parse()?,
///         window_snapshots: 200,
///         confirm_snapshots: 3,
///         enter_above: "0.02".parse()?,
///         exit_below: "-0.02".parse()?,
///         evaluate: Evaluation::EverySnapshot,
///     }))
///     .defensive(Defensive::cash())
///     .universe(Universe { history_snapshots_min: 30, ..Universe::default() })
///     .selection(Selection::largest(100))
///     .weighting(Weighting::market_cap())
///     .schedule(Schedule::weekly(Weekday::Monday, MissingDay::NextSnapshot))
///     .portfolio(Portfolio {
///         initial_cash: "1000000".parse()?,
///         lag_snapshots: 1,
///         money_scale: 8,
///         units_scale: 12,
///     })
///     .costs(Costs { fee_bps: "10".parse()?, slippage_bps: "5".parse()?, ..Costs::default() })
///     .vanished(Vanished::SellAtLastPrice { max_stale_days: 7, sell_while_stale: true })
///     .build()?;
/// let methodology = Methodology::new(definition, Inputs::none())?;
/// assert_eq!(methodology.definition().name, "Global 100");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Methodology {
    #[serde(flatten)]
    definition: CheckedDefinition,
    /// Rules written in code.
    #[serde(skip_serializing_if = "OwnRules::is_empty")]
    own_rules: OwnRules,
    #[serde(skip)]
    inputs: Arc<Inputs>,
    /// Built from definition and inputs.
    #[serde(skip)]
    rules: Arc<Rules>,
    /// The same index without a regime, if a signal reads the level that it would have.
    #[serde(skip)]
    always_bullish: Option<Arc<Methodology>>,
    /// What is followed instead of the regime rule, if anything.
    #[serde(skip)]
    regimes: Option<Arc<RegimeTable>>,
    /// By instant.
    #[serde(skip)]
    cash_flows: Arc<[CashFlow]>,
    /// The annual rates of the sleeve and of cash.
    #[serde(skip)]
    yields: Arc<YieldTable>,
}

impl PartialEq for Methodology {
    fn eq(&self, other: &Self) -> bool {
        self.definition == other.definition
            && self.inputs == other.inputs
            && self.regimes == other.regimes
            && self.cash_flows == other.cash_flows
    }
}

impl Eq for Methodology {}

impl Methodology {
    /// Builds a methodology from a definition and the inputs that it reads.
    ///
    /// # Errors
    /// [`InputError`] if an input is missing, nothing reads it, or it does not fit the definition.
    pub fn new(definition: CheckedDefinition, inputs: Inputs) -> Result<Self, InputError> {
        inputs.check(&definition)?;
        let inputs = Arc::new(inputs);
        let bare = Self::of_fitting(definition, Arc::clone(&inputs));
        let always_bullish = bare
            .rules
            .read_constituents_level()
            .then(|| Arc::new(Self::of_fitting(bare.definition.always_bullish(), inputs)));
        Ok(Self { always_bullish, ..bare })
    }

    /// Builds the methodology of a definition whose inputs are known to fit.
    fn of_fitting(definition: CheckedDefinition, inputs: Arc<Inputs>) -> Self {
        let rules = Arc::new(Rules::new(&definition, &inputs));
        let yields = inputs.yield_table().cloned();
        let yields = yields.unwrap_or_else(|| YieldTable::of(definition.defensive.yields.as_ref()));
        let flows = match &definition.cash_flows {
            Some(CashFlows::List { flows }) => flows.clone(),
            Some(CashFlows::File { .. }) | None => inputs.flows().to_vec(),
        };
        let own_rules = inputs.rules().clone();
        Self {
            definition,
            own_rules,
            inputs,
            rules,
            always_bullish: None,
            regimes: None,
            cash_flows: in_order(flows),
            yields: Arc::new(yields),
        }
    }

    /// Returns the methodology of another portfolio that follows the same index, with cash flows of its own.
    ///
    /// The definition stays as it is, and the flows replace those of the first portfolio.
    ///
    /// # Errors
    /// [`InputError`] if no portfolio follows the index, or a flow is finer than the portfolio's money.
    pub fn for_portfolio(&self, cash_flows: Vec<CashFlow>) -> Result<Self, InputError> {
        inputs::check_flows(&cash_flows, &self.definition)?;
        Ok(Self { cash_flows: in_order(cash_flows), ..self.clone() })
    }

    /// Returns the methodology under regimes that are given instead of determined by the definition's rule.
    ///
    /// This is no input of a definition but a question about one: everything else stays as it is, so that a
    /// run shows what it would have been under other regimes.
    #[must_use]
    pub fn under_regimes(&self, regimes: RegimeTable) -> Self {
        Self { regimes: Some(Arc::new(regimes)), ..self.clone() }
    }

    /// Returns the definition, every default spelled out.
    #[must_use]
    pub fn definition(&self) -> &CheckedDefinition {
        &self.definition
    }

    /// Returns the money that comes in and goes out, by instant.
    #[must_use]
    pub fn cash_flows(&self) -> &[CashFlow] {
        &self.cash_flows
    }

    /// Returns the rules of the portfolio that follows the index, or `None` if only the index is defined.
    #[must_use]
    pub fn portfolio(&self) -> Option<PortfolioRules<'_>> {
        PortfolioRules::of(&self.definition, self.rules.trading.as_ref(), &self.cash_flows)
    }

    /// Returns the annual rates of cash and of the assets of the sleeve.
    #[must_use]
    pub fn yields(&self) -> &YieldTable {
        &self.yields
    }

    /// Returns the rule that determines the regime; `None` if the regime is always bullish.
    #[must_use]
    pub fn regime_rule(&self) -> Option<&RegimeRule> {
        self.rules.regime.as_ref().map(|rules| &rules.rule)
    }

    /// Returns the same index without a regime, if a signal reads the level that it would have.
    pub(crate) fn always_bullish(&self) -> Option<&Self> {
        self.always_bullish.as_deref()
    }

    pub(crate) fn given_regimes(&self) -> Option<&RegimeTable> {
        self.regimes.as_deref()
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }
}

/// Sorts flows by instant; those of one instant keep their order.
fn in_order(mut flows: Vec<CashFlow>) -> Arc<[CashFlow]> {
    flows.sort_by_key(|flow| flow.as_of);
    flows.into()
}
