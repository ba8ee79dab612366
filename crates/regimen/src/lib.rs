//! Rules-based index rebalancing: a definition becomes a methodology, and one pure function decides.
//!
//! ```text
//! index.toml → CheckedDefinition, Inputs → Methodology ┐
//! HistoryWindow, Holdings, State ─────────────────────┴→ decide() → Decision, State
//! ```
//!
//! [`decide`] serves a backtest and a live rebalance alike: what differs is who calls it, and who executes its orders.

mod advance;
mod decide;
mod decision;
mod execution;
mod follow;
mod market;
mod methodology;
mod quote;
mod schedule;
mod state;
mod vanished;
mod venue;

pub use advance::{AnnouncedSupply, Crossing, OffPeg, SleeveState, SupplyState, advance_index};
pub use decide::{DecideError, decide, decide_next, follow_index};
pub use decision::{
    Action, Basis, Decision, GivenExclusion, GivenSource, GivenVerdict, HoldReason, IndexDecision,
    IndexRebalance, Rebalance, RegimeDecision,
};
pub use execution::{ExecutionTerms, FillReportError, OrderResult, PendingOrders, WorkingOrder};
pub use market::WindowMarket;
pub use methodology::{
    GasTable, InputError, InputName, Inputs, Methodology, OwnRules, PortfolioRules, RegimeTable, WeightTable,
    WeightTableError, YieldRate, YieldTable, limit_rules, regime_rule, selection_rule,
};
pub use quote::{IndexQuote, QuoteOptions, SmallBasket, quote_index};
pub use schedule::ScheduleState;
pub use state::{Announcement, Exposure, IndexState, LastRebalance, SignalState, State};
pub use vanished::{Ending, VanishedPosition, vanished_positions};
pub use venue::{ClientOrderId, Venue, VenueError, VenueOrder};

pub use regimen_definition as definition;
pub use regimen_definition::{
    CheckedDefinition, DefinitionBuilder, DefinitionError, DefinitionFault, IndexDefinition, Need,
    definition_schema, parse_definition,
};

pub use regimen_ledger as ledger;
pub use regimen_planning as planning;
pub use regimen_regime as regime;
pub use regimen_types as types;
pub use regimen_weighting as weighting;
pub use rust_decimal;

/// The code of the README, which compiles and runs as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
