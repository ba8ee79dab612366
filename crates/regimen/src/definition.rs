//! The definition of an index: its keys as types, and the reader of `index.toml`.
//!
//! [`IndexDefinition`] mirrors the file key by key. The JSON Schema is generated from it, and every definition, read or
//! built in code, is checked against that schema and then against the rules between keys, so there is one
//! statement of what is allowed. All faults are reported at once, with their places.

mod costs;
mod defensive;
mod delayed;
mod document;
mod events;
mod execution;
mod fault;
mod index_base;
mod index_definition;
mod leaf;
mod limits;
mod lookback;
mod node;
mod portfolio;
mod regime;
mod rules;
mod schedule;
mod schema;
mod screens;
mod secrets;
mod selection;
mod snapshots;
mod structure;
mod timing;
mod trading;
mod universe;
mod vanished;
mod weighting;
mod yields;

pub use costs::{
    ChainOfAsset, Costs, GasCost, GasOfChain, HalfSpreadCost, ImpactCost, RateFrom, RateOfAsset,
};
pub use defensive::{Defensive, Reentry, SleeveAsset, WhenOffPeg};
pub(crate) use delayed::Delay;
pub use delayed::DelayedTiming;
pub use events::{CashFlow, CashFlows, CorporateActions};
pub use execution::Execution;
pub use fault::{CODES, DefinitionError, DefinitionFault};
pub use index_base::{
    DeletionDefinition, Distributions, IndexBase, ReinvestmentName, Restatement, SuccessorName,
};
pub use index_definition::IndexDefinition;
pub use limits::{GroupLimits, Infeasible, Largest, Limits};
pub use lookback::{LookbackDefinition, MeasureDefinition};
pub use portfolio::Portfolio;
pub use regime::{
    AverageDefinition, BullishState, Combine, CombinedSignals, Evaluation, PriceAboveAverage, RefitEvery,
    RegimeDefinition, SeriesDefinition, SignalDefinition, SignalGroup, SignalReads, WhenStale,
};
pub use schedule::{CrossingAssets, OnCross, Schedule};
pub use schema::definition_schema;
pub use screens::{
    BeforeEnoughName, BoundName, ListedAssetDefinition, MarketColumnName, QuantileTypeName, ScreenDefinition,
    StatisticName, UnknownAttributeName, UnknownVolumeName,
};
pub use selection::{BufferDefinition, DatedCount, GroupMax, Selection};
pub use snapshots::{SnapshotColumns, Snapshots};
pub use timing::{DayKind, MissingDay, Month, MonthDay, MonthDayError, Ordinal, Timing, Weekday};
pub use trading::{
    BandTrade, DriftBand, LimitedTurnover, LotOfAsset, LotSteps, MinimumTrade, NoTradeBand, TradePriority,
    Trading, Triggers,
};
pub use universe::Universe;
pub use vanished::Vanished;
pub use weighting::{FixedWeightDefinition, Weighting};
pub use yields::{AssetYield, Yields};

use regimen_types::Diagnostics;
use serde_json::Value;

use crate::methodology::Methodology;
use document::Document;
use fault::BAD_VALUE;
use node::Node;
use rules::Sections;
use schema::SCHEMA;

/// Reads a definition's text, applies overrides of the form `key=value`, and checks it.
///
/// `file` names the definition in messages. An override's key is dotted (`costs.fee_bps`); its value is TOML, or else
/// text (`schedule.weekday=friday`); a list or table is replaced whole. Paths stay as written: whoever opens the files
/// resolves them.
///
/// # Errors
/// All faults of the text, in the order of their places; each names line and character, or the override.
pub fn parse_definition(file: &str, text: &str, overrides: &[String]) -> Result<Methodology, Diagnostics> {
    let found = |items| Diagnostics { items, suppressed: 0 };
    let document = Document::parse(file, text, overrides).map_err(found)?;
    let secrets = secrets::find(document.root());
    if !secrets.is_empty() {
        // Another finding might quote one of them.
        return Err(found(document.only(secrets)));
    }
    let checked = check(document.root(), &[rules::ALWAYS, rules::WITH_FILES]).and_then(deserialise);
    match checked {
        Ok(definition) if document.all_overrides_apply() => Ok(Methodology::of_checked(definition)),
        Ok(_) => Err(found(document.into_diagnostics(Vec::new()))),
        Err(faults) => Err(found(document.into_diagnostics(faults))),
    }
}

/// Checks a definition that was built in code.
pub(crate) fn check_definition(definition: &IndexDefinition) -> Result<(), DefinitionError> {
    let node = Node::from(serde_json::to_value(definition).unwrap_or_default());
    let secrets = secrets::find(&node);
    if !secrets.is_empty() {
        return Err(DefinitionError { faults: secrets });
    }
    check(&node, &[rules::ALWAYS]).map(drop).map_err(|faults| DefinitionError { faults })
}

/// Checks structure and rules, and returns the JSON that deserialises to the definition.
fn check(node: &Node, rule_sets: &[&[rules::Rule]]) -> Result<Value, Vec<DefinitionFault>> {
    let (value, mut faults) = structure::read(&SCHEMA, node);
    let sections = Sections::new(&value, &faults);
    for rule in rule_sets.iter().copied().flatten() {
        rule(&sections, &mut faults);
    }
    if faults.is_empty() { Ok(value) } else { Err(faults) }
}

/// Builds the definition that a checked JSON states. The schema comes from the types, so what passes it fits; should
/// it ever not, that is said and not hidden.
fn deserialise(value: Value) -> Result<IndexDefinition, Vec<DefinitionFault>> {
    serde_json::from_value(value).map_err(|error| {
        vec![DefinitionFault::of(BAD_VALUE, "", format!("the definition does not fit: {error}"))]
    })
}
