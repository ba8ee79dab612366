//! Rules-based index rebalancing: a definition becomes a methodology, and one pure function decides.
//!
//! ```text
//! index.toml → IndexDefinition → Methodology ┐
//! HistoryWindow, Holdings, State ────────────┴→ decide() → Decision, State
//! ```
//!
//! [`decide`] serves a backtest and a live rebalance alike: they differ in who
//! calls it, and in who executes its orders.

pub mod definition;
mod index;
mod methodology;
mod own_rules;
mod portfolio;
mod quote;
mod regime_table;
mod rules;
mod supplies;
mod weight_table;
mod yield_table;

pub use definition::{
    DefinitionError, DefinitionFault, IndexDefinition, definition_schema, parse_definition,
};
pub use index::{
    AnnouncedSupply, Announcement, Basis, Crossing, Exposure, GivenExclusion, GivenSource, GivenVerdict,
    IndexDecision, IndexError, IndexRebalance, IndexState, LastRebalance, OffPeg, RegimeDecision,
    ScheduleState, SignalState, SleeveState, SupplyState, advance_index,
};
pub use methodology::{Methodology, NoGasOfChain, NoSuchSignal, PortfolioRules};
pub use own_rules::OwnRules;
pub use portfolio::{
    Accrual, AccrualState, AccruingPosition, Action, Book, BookError, ClientOrderId, Closed, Closing,
    DecideError, Decided, Deciding, Decision, Ending, ExecutionTerms, FillReportError, FlowState, HoldReason,
    Open, Opening, OrderResult, PendingOrders, Rebalance, Settled, Settling, Stage, State, StoredBook,
    VanishedPosition, Venue, VenueError, VenueOrder, WindowMarket, WorkingOrder, decide, decide_next,
    follow_index, vanished_positions,
};
pub use quote::{IndexQuote, QuoteOptions, SmallBasket, quote_index};
pub use regime_table::RegimeTable;
pub use supplies::GasTable;
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
