//! The definition of an index: its keys as types, its JSON Schema, and the reader of `index.toml`.
//!
//! ```text
//! index.toml, overrides → parse_definition ┐
//! DefinitionBuilder → build ───────────────┼→ CheckedDefinition, and the inputs that it needs
//! IndexDefinition → CheckedDefinition::new ┘
//! ```
//!
//! [`IndexDefinition`] mirrors the file key by key. The JSON Schema is generated from it, and every
//! definition, read or built in code, is checked against that schema and then against the rules between keys.
//! What is allowed is therefore stated once. All faults are reported together, each with its place.

mod builder;
mod checked;
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
mod leaf_checks;
mod limits;
mod lookback;
mod names;
mod needs;
mod node;
mod parse;
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
mod windows;
mod yields;

pub use builder::DefinitionBuilder;
pub use checked::CheckedDefinition;
pub use costs::{
    ChainOfAsset, Costs, GasCost, GasFile, GasOfChain, HalfSpreadCost, ImpactCost, ManagementFeeCost,
    RateFrom, RateOfAsset,
};
pub use defensive::{Defensive, Reentry, SleeveAsset, WhenOffPeg};
pub use delayed::{Delay, DelayedTiming};
pub use events::{CashFlow, CashFlows, CorporateActions};
pub use execution::Execution;
pub use fault::{CODES, DefinitionError, DefinitionFault};
pub use index_base::{DeletionDefinition, Distributions, IndexBase, Restatement, SuccessorName};
pub use index_definition::IndexDefinition;
pub use limits::{GroupLimits, Largest, Limits};
pub use lookback::{LookbackDefinition, MeasureDefinition};
pub use names::{NameInUse, NameKind};
pub use needs::Need;
pub use parse::parse_definition;
pub use portfolio::Portfolio;
pub use regime::{
    AverageDefinition, CombinedSignals, Evaluation, PriceAboveAverage, RegimeDefinition, SeriesDefinition,
    SignalDefinition, SignalGroup, SignalReads,
};
pub use schedule::{CrossingAssets, OnCross, Schedule};
pub use schema::definition_schema;
pub use screens::{ListedAssetDefinition, ScreenDefinition};
pub use selection::{BufferDefinition, DatedCount, GroupMax, Selection};
pub use snapshots::{SnapshotColumns, Snapshots};
pub use timing::{DayKind, MissingDay, Month, MonthDay, MonthDayError, Ordinal, Timing, Weekday};
pub use trading::{
    DriftBand, LimitedTurnover, LotOfAsset, LotSteps, MinimumTrade, NoTradeBand, Trading, Triggers,
};
pub use universe::Universe;
pub use vanished::Vanished;
pub use weighting::{FixedWeightDefinition, Weighting};
pub use windows::{WindowInUse, WindowUnit};
pub use yields::{AssetYield, Yields};

pub use regimen_ledger::Reinvestment;
pub use regimen_planning::{TradeTo, TurnoverPriority};
pub use regimen_regime::{BullishState, Combination, RefitPeriod, WhenStale};
pub use regimen_weighting::{
    BeforeEnoughPeriods, Bound, IfInfeasible, MarketColumn, QuantileType, UnknownVolume, VolumeStatistic,
    WhenUnknown,
};
