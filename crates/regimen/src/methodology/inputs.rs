//! The tables, series and rules that a definition reads from outside, and the check that they are those that
//! it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use regimen_definition::{CashFlow, CheckedDefinition, Need, Weighting};
use regimen_planning::GasValue;
use regimen_regime::{OutsideSeries, RegimeSignal};
use regimen_types::{AsOf, AssetId, Money};

use super::own_rules::OwnRules;
use super::weight_table::WeightTable;
use super::yield_table::YieldTable;

/// The gas of one trade by chain, ascending in time.
pub type GasTable = BTreeMap<String, Vec<GasValue>>;

/// What a methodology is built from beside its definition: the contents of files, and what only code can
/// state.
///
/// [`CheckedDefinition::needs`] lists what a definition reads. The asset list and the corporate actions among
/// that go to the history, everything else here.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use regimen::{InputError, InputName, Inputs, Methodology, WeightTable, parse_definition};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let text = include_str!("../../../regimen-definition/tests/definitions/valid/weights-file.toml");
/// let definition = parse_definition("index.toml", text, &[])?;
/// let error = Methodology::new(definition.clone(), Inputs::none()).unwrap_err();
/// assert_eq!(error, InputError::Missing(InputName::Weights));
///
/// let held = vec![("BTC".parse()?, "0.6".parse()?), ("ETH".parse()?, "0.4".parse()?)];
/// let weights = WeightTable::new(BTreeMap::from([("2021-01-04".parse()?, held)]))?;
/// let methodology = Methodology::new(definition, Inputs::none().weights(weights))?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Inputs {
    weights: Option<WeightTable>,
    gas: Option<GasTable>,
    yields: Option<YieldTable>,
    cash_flows: Option<Vec<CashFlow>>,
    /// By the name of the signal that reads it.
    series: BTreeMap<String, Arc<OutsideSeries>>,
    /// By name.
    signals: BTreeMap<String, Arc<dyn RegimeSignal>>,
    own_rules: OwnRules,
}

impl Inputs {
    /// Builds the inputs of a definition that reads nothing beside the snapshots.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds the target weights of a definition whose weights come from a file.
    pub fn weights(self, weights: WeightTable) -> Self {
        Self { weights: Some(weights), ..self }
    }

    /// Adds the gas of a definition that reads it from a file. The values of a chain ascend in time.
    pub fn gas(self, gas: GasTable) -> Self {
        Self { gas: Some(gas), ..self }
    }

    /// Adds the annual rates of a definition whose yields come from a file.
    pub fn yields(self, yields: YieldTable) -> Self {
        Self { yields: Some(yields), ..self }
    }

    /// Adds the cash flows of a definition whose flows come from a file, in any order.
    pub fn cash_flows(self, flows: Vec<CashFlow>) -> Self {
        Self { cash_flows: Some(flows), ..self }
    }

    /// Adds the series that a signal of the definition reads from a file.
    pub fn series(mut self, signal: &str, series: OutsideSeries) -> Self {
        self.series.insert(signal.to_owned(), Arc::new(series));
        self
    }

    /// Adds a user's own signal, which the definition names and reads as `own`.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use regimen::regime::{Lookback, Reading, RegimeSignal};
    /// use regimen::types::HistoryWindow;
    /// use regimen::{Inputs, Methodology, parse_definition};
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
    /// let definition = parse_definition("index.toml", text, &[]).unwrap();
    /// let misspelt = Inputs::none().signal("prized", Arc::new(PricedAssets));
    /// assert!(Methodology::new(definition.clone(), misspelt).is_err());
    /// let inputs = Inputs::none().signal("priced", Arc::new(PricedAssets));
    /// let methodology = Methodology::new(definition, inputs).unwrap();
    /// ```
    pub fn signal(mut self, name: &str, signal: Arc<dyn RegimeSignal>) -> Self {
        self.signals.insert(name.to_owned(), signal);
        self
    }

    /// Adds rules written in code, in place of those added before. A run stores their names, not their code.
    pub fn own_rules(self, own_rules: OwnRules) -> Self {
        Self { own_rules, ..self }
    }

    /// Checks that these are the inputs that a definition reads, no fewer and no more, and that they fit it.
    pub(super) fn check(&self, definition: &CheckedDefinition) -> Result<(), InputError> {
        let needed: BTreeSet<InputName> = definition.needs().into_iter().filter_map(InputName::of).collect();
        let given = self.names();
        if let Some(missing) = needed.difference(&given).next() {
            return Err(InputError::Missing(missing.clone()));
        }
        let from_file = matches!(definition.weighting, Weighting::File { .. });
        let is_read = |name: &InputName| match name {
            InputName::OwnRules => !from_file,
            name => needed.contains(name),
        };
        if let Some(unread) = given.into_iter().find(|name| !is_read(name)) {
            return Err(InputError::Unread(unread));
        }
        self.check_gas(definition)?;
        self.check_yields(definition)?;
        self.cash_flows.as_ref().map_or(Ok(()), |flows| check_flows(flows, definition))
    }

    fn names(&self) -> BTreeSet<InputName> {
        let tables = [
            self.weights.as_ref().map(|_| InputName::Weights),
            self.gas.as_ref().map(|_| InputName::Gas),
            self.yields.as_ref().map(|_| InputName::Yields),
            self.cash_flows.as_ref().map(|_| InputName::CashFlows),
            (!self.own_rules.is_empty()).then_some(InputName::OwnRules),
        ];
        let series = self.series.keys().cloned().map(InputName::Series);
        let signals = self.signals.keys().cloned().map(InputName::Signal);
        tables.into_iter().flatten().chain(series).chain(signals).collect()
    }

    fn check_gas(&self, definition: &CheckedDefinition) -> Result<(), InputError> {
        let cost = definition.costs.as_ref().and_then(|costs| costs.gas.as_ref());
        let (Some(cost), Some(gas)) = (cost, &self.gas) else { return Ok(()) };
        match cost.chains_of_series().into_iter().find(|chain| !gas.contains_key(*chain)) {
            Some(chain) => Err(InputError::NoGasOfChain { chain: chain.to_owned() }),
            None => Ok(()),
        }
    }

    fn check_yields(&self, definition: &CheckedDefinition) -> Result<(), InputError> {
        let is_member = |asset: &AssetId| definition.defensive.sleeve.iter().any(|each| each.asset == *asset);
        match self.yields.iter().flat_map(YieldTable::assets).find(|asset| !is_member(asset)) {
            Some(asset) => Err(InputError::YieldElsewhere { asset: asset.clone() }),
            None => Ok(()),
        }
    }

    pub(super) fn weight_table(&self) -> WeightTable {
        self.weights.clone().unwrap_or_default()
    }

    /// Returns the gas by chain, empty where the definition reads none.
    pub(super) fn gas_table(&self) -> GasTable {
        self.gas.clone().unwrap_or_default()
    }

    pub(super) fn yield_table(&self) -> Option<&YieldTable> {
        self.yields.as_ref()
    }

    pub(super) fn flows(&self) -> &[CashFlow] {
        self.cash_flows.as_deref().unwrap_or_default()
    }

    pub(super) fn series_of(&self, signal: &str) -> Option<Arc<OutsideSeries>> {
        self.series.get(signal).cloned()
    }

    pub(super) fn own_signal(&self, name: &str) -> Option<Arc<dyn RegimeSignal>> {
        self.signals.get(name).cloned()
    }

    pub(super) fn rules(&self) -> &OwnRules {
        &self.own_rules
    }
}

/// Checks that no cash flow is finer than the money of the portfolio.
pub(super) fn check_flows(flows: &[CashFlow], definition: &CheckedDefinition) -> Result<(), InputError> {
    let Some(scale) = definition.portfolio.as_ref().map(|portfolio| portfolio.money_scale) else {
        return Err(InputError::Unread(InputName::CashFlows));
    };
    match flows.iter().find(|flow| flow.amount.decimal().normalize().scale() > scale) {
        Some(&CashFlow { as_of, amount }) => Err(InputError::FlowTooFine { as_of, amount, scale }),
        None => Ok(()),
    }
}

impl PartialEq for Inputs {
    /// Users' signals are equal if they are the same object, their rules if they print the same: code has no
    /// equality.
    fn eq(&self, other: &Self) -> bool {
        let same_signals = self.signals.len() == other.signals.len()
            && self.signals.iter().zip(&other.signals).all(|((name, signal), (other_name, other_signal))| {
                name == other_name && Arc::ptr_eq(signal, other_signal)
            });
        self.weights == other.weights
            && self.gas == other.gas
            && self.yields == other.yields
            && self.cash_flows == other.cash_flows
            && self.series == other.series
            && same_signals
            && format!("{:?}", self.own_rules) == format!("{:?}", other.own_rules)
    }
}

impl Eq for Inputs {}

/// One of the [`Inputs`] of a methodology.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum InputName {
    /// [`Inputs::weights`].
    Weights,
    /// [`Inputs::gas`].
    Gas,
    /// [`Inputs::yields`].
    Yields,
    /// [`Inputs::cash_flows`].
    CashFlows,
    /// [`Inputs::series`], of the signal with this name.
    Series(String),
    /// [`Inputs::signal`], of this name.
    Signal(String),
    /// [`Inputs::own_rules`].
    OwnRules,
}

impl InputName {
    /// Returns the input that meets a need; `None` for what the history takes.
    #[must_use]
    pub fn of(need: Need<'_>) -> Option<Self> {
        Some(match need {
            Need::AssetList { .. } | Need::CorporateActions { .. } => return None,
            Need::CashFlows { .. } => Self::CashFlows,
            Need::Gas { .. } => Self::Gas,
            Need::Yields { .. } => Self::Yields,
            Need::Weights { .. } => Self::Weights,
            Need::Series { signal, .. } => Self::Series(signal.to_owned()),
            Need::OwnSignal { name } => Self::Signal(name.to_owned()),
        })
    }
}

impl fmt::Display for InputName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weights => formatter.write_str("target weights (`Inputs::weights`)"),
            Self::Gas => formatter.write_str("the gas of chains (`Inputs::gas`)"),
            Self::Yields => formatter.write_str("annual rates (`Inputs::yields`)"),
            Self::CashFlows => formatter.write_str("cash flows (`Inputs::cash_flows`)"),
            Self::Series(signal) => {
                write!(formatter, "the series of the signal {signal:?} (`Inputs::series`)")
            }
            Self::Signal(name) => write!(formatter, "the signal {name:?} (`Inputs::signal`)"),
            Self::OwnRules => formatter.write_str("rules written in code (`Inputs::own_rules`)"),
        }
    }
}

/// The inputs are not those that the definition reads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The definition reads an input that is absent.
    #[error("the definition reads {0}, and they are missing from the inputs")]
    Missing(InputName),
    /// An input is given that the definition does not read.
    #[error("the inputs hold {0}, which nothing in the definition reads")]
    Unread(InputName),
    /// A chain has neither an amount in the definition nor a value in the inputs.
    #[error("there is no gas of the chain {chain:?}, on which assets of the definition trade")]
    NoGasOfChain {
        /// The chain.
        chain: String,
    },
    /// An annual rate is given for an asset outside the defensive sleeve.
    #[error("a rate is given for {asset}, which is not of the defensive sleeve")]
    YieldElsewhere {
        /// The asset.
        asset: AssetId,
    },
    /// A cash flow is finer than the money of the portfolio.
    #[error("the cash flow of {amount} at {as_of} has more than {scale} decimal places")]
    FlowTooFine {
        /// When it comes in or goes out.
        as_of: AsOf,
        /// The amount.
        amount: Money,
        /// The decimal places of the portfolio's money.
        scale: u32,
    },
}
