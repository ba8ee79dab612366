//! The methodology: a definition that was checked.

use std::sync::Arc;

use regimen_regime::{OutsideSeries, RegimeRule, RegimeSignal};
use serde::Serialize;

use regimen_ledger::ManagementFee;
use regimen_planning::{RebalanceTrigger, TradingTerms, UnknownGas};
use regimen_types::{AsOf, AssetId, HistoryWindow};

use crate::definition::{
    CashFlow, CashFlows, Costs, DefinitionError, Execution, IndexDefinition, Portfolio, RegimeDefinition,
    SeriesDefinition, SignalReads, Vanished, check_definition,
};
use crate::own_rules::OwnRules;
use crate::regime_table::RegimeTable;
use crate::rules::{LiquiditySource, Rules, TradingModel};
use crate::supplies::{GasTable, Supplies};
use crate::weight_table::WeightTable;
use crate::yield_table::YieldTable;

/// The validated rulebook of an index. It cannot be built from a definition that breaks a rule, nor changed.
///
/// ```
/// use regimen::definition::*;
/// use regimen::{IndexDefinition, Methodology};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let methodology = Methodology::new(IndexDefinition {
///     name: "Global 100".into(),
///     currency: "USD".into(),
///     snapshots: Snapshots::default(),
///     index: IndexBase::of("1000".parse()?),
///     regime: RegimeDefinition::PriceAboveAverage(PriceAboveAverage {
///         asset: "BTC".parse()?, window_snapshots: 200, confirm_snapshots: 3,
///         enter_above: "0.02".parse()?, exit_below: "-0.02".parse()?, evaluate: Evaluation::EverySnapshot,
///     }),
///     defensive: Defensive::cash(),
///     universe: Some(Universe { history_snapshots_min: 30, ..Universe::default() }),
///     selection: Some(Selection::largest(100)),
///     weighting: Weighting::market_cap(),
///     limits: None,
///     schedule: Schedule::weekly(Weekday::Monday, MissingDay::NextSnapshot),
///     portfolio: Some(Portfolio {
///         initial_cash: "1000000".parse()?, lag_snapshots: 1, money_scale: 8, units_scale: 12,
///     }),
///     costs: Some(Costs { fee_bps: "10".parse()?, slippage_bps: "5".parse()?, ..Costs::default() }),
///     trading: None,
///     vanished: Some(Vanished::SellAtLastPrice { max_stale_days: 7, sell_while_stale: true }),
///     execution: None, cash_flows: None, corporate_actions: None,
/// })?;
/// assert_eq!(methodology.definition().name, "Global 100");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Methodology {
    #[serde(flatten)]
    definition: IndexDefinition,
    /// Rules written in code.
    #[serde(skip_serializing_if = "OwnRules::is_empty")]
    own_rules: OwnRules,
    /// Built from the definition.
    #[serde(skip)]
    rules: Arc<Rules>,
    /// What is followed instead of the regime rule, if anything.
    #[serde(skip)]
    regimes: Option<Arc<RegimeTable>>,
    /// By instant.
    #[serde(skip)]
    cash_flows: Arc<[CashFlow]>,
    /// What the sleeve earns.
    #[serde(skip)]
    yields: Arc<YieldTable>,
}

impl PartialEq for Methodology {
    fn eq(&self, other: &Self) -> bool {
        self.definition == other.definition
            && self.rules.supplies == other.rules.supplies
            && self.regimes == other.regimes
            && self.cash_flows == other.cash_flows
            && self.yields == other.yields
    }
}

impl Eq for Methodology {}

impl Methodology {
    /// Checks a definition.
    ///
    /// # Errors
    /// [`DefinitionError`] with every fault, each named by its key.
    pub fn new(definition: IndexDefinition) -> Result<Self, DefinitionError> {
        check_definition(&definition)?;
        Ok(Self::of_checked(definition))
    }

    /// Builds a methodology from a definition that was checked as a text.
    pub(crate) fn of_checked(definition: IndexDefinition) -> Self {
        Self::of_checked_with(definition, Supplies::default())
    }

    /// Builds a methodology from a checked definition and what belongs to it.
    pub(crate) fn of_checked_with(definition: IndexDefinition, supplies: Supplies) -> Self {
        let own_rules = supplies.own_rules.clone();
        let rules = Arc::new(Rules::new(&definition, supplies));
        let yields = Arc::new(YieldTable::of(definition.defensive.yields.as_ref()));
        let listed = match &definition.cash_flows {
            Some(CashFlows::List { flows }) => flows.clone(),
            Some(CashFlows::File { .. }) | None => Vec::new(),
        };
        Self { definition, own_rules, rules, regimes: None, cash_flows: in_order(listed), yields }
    }

    /// Hands over the cash flows of a definition whose flows come from a file, or those of another portfolio that follows
    /// the same index.
    #[must_use]
    pub fn with_cash_flows(self, flows: Vec<CashFlow>) -> Self {
        Self { cash_flows: in_order(flows), ..self }
    }

    /// Returns the money that comes in and goes out, by instant.
    #[must_use]
    pub fn cash_flows(&self) -> &[CashFlow] {
        &self.cash_flows
    }

    /// Hands over the weights of a definition whose weights come from a file; other definitions ignore them.
    #[must_use]
    pub fn with_weights(self, weights: WeightTable) -> Self {
        let supplies = Supplies { weights, ..self.rules.supplies.clone() };
        self.with_supplies(supplies)
    }

    /// Hands over the gas of a definition that reads it from a file; other definitions ignore it. Values ascend in time.
    ///
    /// # Errors
    /// [`NoGasOfChain`] if a chain has neither a given amount nor a value here.
    pub fn with_gas(self, gas: GasTable) -> Result<Self, NoGasOfChain> {
        let cost = self.definition.costs.as_ref().and_then(|costs| costs.gas.as_ref());
        if let Some(cost) = cost.filter(|cost| cost.series.is_some())
            && let Some(chain) = cost.chains_of_series().into_iter().find(|chain| !gas.contains_key(*chain))
        {
            return Err(NoGasOfChain { chain: chain.to_owned() });
        }
        let supplies = Supplies { gas, ..self.rules.supplies.clone() };
        Ok(self.with_supplies(supplies))
    }

    /// Hands over the series that a signal of the definition reads from a file. Until then the signal is warming up.
    ///
    /// # Errors
    /// [`NoSuchSignal`] if no signal of that name reads a file.
    pub fn with_series(self, signal: &str, series: OutsideSeries) -> Result<Self, NoSuchSignal> {
        let reads_file = |reads: &SignalReads| matches!(reads.series(), Some(SeriesDefinition::File { .. }));
        self.check_signal(signal, reads_file)?;
        let mut supplies = self.rules.supplies.clone();
        supplies.series.insert(signal.to_owned(), Arc::new(series));
        Ok(self.with_supplies(supplies))
    }

    /// Hands over a user's own signal, which the definition names and reads as `own`. Until then it is warming up.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use regimen::regime::{Lookback, Reading, RegimeSignal};
    /// use regimen::types::HistoryWindow;
    ///
    /// /// The number of assets that have a price.
    /// #[derive(Debug)]
    /// struct PricedAssets;
    ///
    /// impl RegimeSignal for PricedAssets {
    ///     fn lookback(&self) -> Lookback {
    ///         Lookback::observations(1)
    ///     }
    ///     fn read(&self, window: &HistoryWindow<'_>) -> Reading {
    ///         let priced = window.snapshot().rows().filter(|row| row.price().is_some()).count() as f64;
    ///         Reading::of(priced, priced, priced)
    ///     }
    /// }
    ///
    /// let text = r#"
    /// name = "While a hundred are priced"
    /// currency = "USD"
    /// index = { base_level = 1000 }
    /// defensive = { sleeve = [] }
    /// universe = { exclude_categories = [], history_snapshots_min = 1 }
    /// selection = { count = 100 }
    /// weighting = { rule = "market_cap" }
    /// schedule = { every = "week", weekday = "monday", if_missing = "skip" }
    /// portfolio = { initial_cash = 1000, lag_snapshots = 1, money_scale = 2, units_scale = 8 }
    /// costs = { fee_bps = 10, slippage_bps = 5 }
    /// vanished = { then = "sell_at_last_price", max_stale_days = 7, sell_while_stale = true }
    /// [regime]
    /// rule = "signals"
    /// combine = "all"
    /// enter_above = 0
    /// exit_below = 0
    /// confirm_snapshots = 1
    /// min_dwell_days = 0
    /// evaluate = "every_snapshot"
    /// signals = [{ name = "priced", reads = { signal = "own" }, neutral = 99, full = 200 }]
    /// "#;
    /// let methodology = regimen::parse_definition("index.toml", text, &[]).unwrap();
    /// assert!(methodology.clone().with_signal("prized", Arc::new(PricedAssets)).is_err());
    /// let methodology = methodology.with_signal("priced", Arc::new(PricedAssets)).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`NoSuchSignal`] if no signal of that name is read as `own`.
    pub fn with_signal(self, name: &str, signal: Arc<dyn RegimeSignal>) -> Result<Self, NoSuchSignal> {
        self.check_signal(name, |reads| *reads == SignalReads::Own)?;
        let mut supplies = self.rules.supplies.clone();
        supplies.signals.insert(name.to_owned(), signal);
        Ok(self.with_supplies(supplies))
    }

    fn with_supplies(self, supplies: Supplies) -> Self {
        let rules = Arc::new(Rules::new(&self.definition, supplies));
        let own_rules = rules.supplies.own_rules.clone();
        Self { rules, own_rules, ..self }
    }

    fn check_signal(&self, name: &str, fits: impl Fn(&SignalReads) -> bool) -> Result<(), NoSuchSignal> {
        let found = match &self.definition.regime {
            RegimeDefinition::Signals(rule) => {
                rule.all_signals().any(|(_, signal)| signal.name == name && fits(&signal.reads))
            }
            RegimeDefinition::AlwaysBullish | RegimeDefinition::PriceAboveAverage(_) => false,
        };
        if found { Ok(()) } else { Err(NoSuchSignal { name: name.to_owned() }) }
    }

    /// Hands over rules written in code, in place of those handed over before. A definition whose weights come from a file
    /// ignores them.
    ///
    /// Whoever keeps the methodology with a run keeps the names of these rules, not their code.
    #[must_use]
    pub fn with_rules(self, own_rules: OwnRules) -> Self {
        let supplies = Supplies { own_rules, ..self.rules.supplies.clone() };
        self.with_supplies(supplies)
    }

    /// Returns the rules of the portfolio that follows the index, or `None` if only the index is defined.
    #[must_use]
    pub fn portfolio(&self) -> Option<PortfolioRules<'_>> {
        Some(PortfolioRules {
            portfolio: self.definition.portfolio.as_ref()?,
            costs: self.definition.costs.as_ref()?,
            vanished: self.definition.vanished.as_ref()?,
            model: self.rules.trading.as_ref()?,
            cash_flows: &self.cash_flows,
            execution: self.definition.execution.unwrap_or(Execution::AT_ONCE),
        })
    }

    /// Hands over the rates of a definition whose yields come from a file.
    #[must_use]
    pub fn with_yields(self, yields: YieldTable) -> Self {
        Self { yields: Arc::new(yields), ..self }
    }

    /// Returns what the assets of the sleeve, and cash, earn.
    #[must_use]
    pub fn yields(&self) -> &YieldTable {
        &self.yields
    }

    /// Hands over regimes that are followed instead of the definition's rule.
    ///
    /// Everything else stays as it is, so that a run shows what it would have been under other regimes.
    #[must_use]
    pub fn with_regimes(self, regimes: RegimeTable) -> Self {
        Self { regimes: Some(Arc::new(regimes)), ..self }
    }

    pub(crate) fn given_regimes(&self) -> Option<&RegimeTable> {
        self.regimes.as_deref()
    }

    /// Returns the rule that tells the regime; `None` if it is always bullish.
    #[must_use]
    pub fn regime_rule(&self) -> Option<&RegimeRule> {
        self.rules.regime.as_ref().map(|rules| &rules.rule)
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Returns the definition, every default spelled out.
    #[must_use]
    pub fn definition(&self) -> &IndexDefinition {
        &self.definition
    }
}

/// The tables of a definition that are about the portfolio which follows the index.
#[derive(Clone, Copy, Debug)]
pub struct PortfolioRules<'a> {
    /// The money and its scales.
    pub portfolio: &'a Portfolio,
    /// What a trade costs.
    pub costs: &'a Costs,
    /// What becomes of a held asset without a price.
    pub vanished: &'a Vanished,
    /// How orders are executed beyond the lag.
    pub execution: Execution,
    /// Built from costs and trading rules.
    model: &'a TradingModel,
    /// The cash flows, in the order of time.
    cash_flows: &'a [CashFlow],
}

impl<'a> PortfolioRules<'a> {
    /// Returns where the liquidity of an asset is read from.
    pub(crate) fn liquidity(&self) -> &'a LiquiditySource {
        &self.model.liquidity
    }

    /// Says whether each rebalance of the index is followed.
    pub(crate) fn follows_calendar(&self) -> bool {
        self.model.follows_calendar
    }

    /// Says whether a cash flow at the window's newest snapshot makes the portfolio trade.
    pub(crate) fn follows_cash_flow(&self, window: &HistoryWindow<'_>) -> bool {
        let previous = window.previous().map(|earlier| earlier.as_of());
        let is_due =
            |as_of: AsOf| as_of <= window.as_of() && previous.is_none_or(|previous| as_of > previous);
        self.model.follows_cash_flows && self.cash_flows.iter().any(|flow| is_due(flow.as_of))
    }

    /// Returns the triggers that look at the portfolio, in the order of their precedence.
    pub(crate) fn triggers(&self) -> &'a [Box<dyn RebalanceTrigger>] {
        &self.model.triggers
    }

    /// Checks that the gas of trading each of some assets is known at an instant.
    ///
    /// # Errors
    /// [`UnknownGas`] of the first asset of which it is not.
    pub fn check_gas<'i>(
        &self,
        as_of: AsOf,
        assets: impl IntoIterator<Item = &'i AssetId>,
    ) -> Result<(), UnknownGas> {
        assets.into_iter().try_for_each(|asset| self.model.costs.gas_of(asset, as_of).map(|_| ()))
    }

    /// Returns what managing the portfolio costs, if anything.
    #[must_use]
    pub fn management_fee(&self) -> Option<ManagementFee> {
        self.costs
            .management_fee
            .map(|fee| ManagementFee { bps_per_year: fee.bps_per_year, days_per_year: fee.days_per_year })
    }

    /// Returns the costs, bands, filters and grids of trading.
    #[must_use]
    pub fn trading_terms(&self) -> TradingTerms<'a> {
        TradingTerms {
            costs: &self.model.costs,
            rules: &self.model.rules,
            money_scale: self.portfolio.money_scale,
            units_scale: self.portfolio.units_scale,
        }
    }
}

/// Sorts flows by instant; those of one instant keep their order.
fn in_order(mut flows: Vec<CashFlow>) -> Arc<[CashFlow]> {
    flows.sort_by_key(|flow| flow.as_of);
    flows.into()
}

/// Says that the gas of a chain was not handed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no gas of the chain {chain:?}, on which assets of the definition trade")]
pub struct NoGasOfChain {
    /// The chain.
    pub chain: String,
}

/// Says that something was handed over for a signal that the definition does not have, or that reads something else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the definition has no signal {name:?} that reads what was handed over")]
pub struct NoSuchSignal {
    /// The name.
    pub name: String,
}
