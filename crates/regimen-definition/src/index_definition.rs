//! The whole definition.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::costs::Costs;
use crate::defensive::Defensive;
use crate::events::{CashFlows, CorporateActions};
use crate::execution::Execution;
use crate::index_base::IndexBase;
use crate::leaf;
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

/// A rules-based index and the portfolio that follows it.
///
/// Every economic choice is required: nothing has a silent default. A decimal is written as text (`"0.02"`)
/// or as a number (`0.02`); both are read digit for digit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct IndexDefinition {
    /// The index's name, as reports print it.
    #[schemars(schema_with = "leaf::title")]
    pub name: String,
    /// The currency of prices, market caps and money: 2 to 10 capital letters and digits, such as `USD`.
    #[schemars(schema_with = "leaf::currency")]
    pub currency: String,
    /// Where the snapshots are and how they are read. Default: no path, and the columns of `regimen synth`.
    #[serde(default)]
    pub snapshots: Snapshots,
    /// The index level, which is calculated beside the portfolio.
    pub index: IndexBase,
    /// How the regime is determined: a bullish regime holds the constituents, any other the defensive
    /// sleeve.
    pub regime: RegimeDefinition,
    /// What is held while the regime is bearish or undetermined.
    pub defensive: Defensive,
    /// Which assets may be selected. Required, except with weights from a file, where nothing is selected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub universe: Option<Universe>,
    /// Which of the eligible assets are selected. Required, except with weights from a file, where nothing is
    /// selected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<Selection>,
    /// How the constituents are weighted.
    pub weighting: Weighting,
    /// Caps and floors on the weights. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// When constituents and weights are set; a change of regime is a cause of its own, on any day.
    pub schedule: Schedule,
    /// The money that follows the index, and the scales of its ledger. An index that nothing follows leaves
    /// out `portfolio`, `costs` and `vanished` together; then only its level is calculated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portfolio: Option<Portfolio>,
    /// What a trade costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Costs>,
    /// When the portfolio follows the index, and the bands and filters of its trades. Without it, at each
    /// rebalance of the index, and nothing filters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trading: Option<Trading>,
    /// What becomes of a held asset that has no price any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vanished: Option<Vanished>,
    /// How orders are executed beyond the lag. Default: each in one snapshot, and what cannot be filled there
    /// is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<Execution>,
    /// Money that comes in and goes out after the start. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cash_flows: Option<CashFlows>,
    /// Corporate actions, by which units change without a trade. Default: none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corporate_actions: Option<CorporateActions>,
}
