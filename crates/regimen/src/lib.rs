//! Rules-based index rebalancing: a definition becomes a methodology, and one pure function decides.
//!
//! ```text
//! index.toml → IndexDefinition → Methodology ┐
//! HistoryWindow, Holdings, State ────────────┴→ decide() → Decision, State
//! ```
//!
//! [`decide`] serves a backtest and a live rebalance alike: what differs is who calls it, and who executes its orders.

mod advance;
mod decide;
mod decision;
pub mod definition;
mod execution;
mod follow;
mod market;
mod methodology;
mod own_rules;
mod quote;
mod regime_table;
mod rules;
mod schedule;
mod state;
mod supplies;
mod vanished;
mod venue;
mod weight_table;
mod yield_table;

pub use advance::{AnnouncedSupply, Crossing, OffPeg, SleeveState, SupplyState, advance_index};
pub use decide::{DecideError, decide, decide_next, follow_index};
pub use decision::{
    Action, Basis, Decision, GivenExclusion, GivenSource, GivenVerdict, HoldReason, IndexDecision,
    IndexRebalance, Rebalance, RegimeDecision,
};
pub use definition::{
    DefinitionError, DefinitionFault, IndexDefinition, definition_schema, parse_definition,
};
pub use execution::{ExecutionTerms, FillReportError, OrderResult, PendingOrders, WorkingOrder};
pub use market::WindowMarket;
pub use methodology::{Methodology, NoGasOfChain, NoSuchSignal, PortfolioRules};
pub use own_rules::OwnRules;
pub use quote::{IndexQuote, QuoteOptions, SmallBasket, quote_index};
pub use regime_table::RegimeTable;
pub use schedule::ScheduleState;
pub use state::{Announcement, Exposure, IndexState, LastRebalance, SignalState, State};
pub use supplies::GasTable;
pub use vanished::{Ending, VanishedPosition, vanished_positions};
pub use venue::{ClientOrderId, Venue, VenueError, VenueOrder};
pub use weight_table::{WeightTable, WeightTableError};
pub use yield_table::{YieldRate, YieldTable};

pub use regimen_ledger as ledger;
pub use regimen_planning as planning;
pub use regimen_regime as regime;
pub use regimen_types as types;
pub use regimen_weighting as weighting;

/// The code of the README, which compiles and runs as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
