//! Rules-based index rebalancing: a definition becomes a methodology, and one pure function decides.
//!
//! ```text
//! index.toml → CheckedDefinition, Inputs → Methodology ┐
//! HistoryWindow, Holdings, State ─────────────────────┴→ decide() → Decision, State
//! ```
//!
//! [`decide`] serves a backtest and a live rebalance alike: they differ in who
//! calls it, and in who executes its orders.

mod index;
mod methodology;
mod portfolio;
mod quote;

pub use index::{
    AnnouncedBasket, AnnouncedSupply, Announcement, Basis, Crossing, Exposure, GivenExclusion, GivenSource,
    GivenVerdict, IndexDecision, IndexError, IndexRebalance, IndexState, LastRebalance, OffPeg,
    RegimeDecision, ScheduleState, SignalState, SleeveState, SupplyState, advance_index, scheduled_days,
};
pub use methodology::{
    GasTable, InputError, InputName, Inputs, Methodology, OwnRules, PortfolioRules, RegimeTable, WeightTable,
    WeightTableError, YieldRate, YieldTable, limit_rules, regime_rule, selection_rule,
};
pub use portfolio::{
    Accrual, AccrualState, AccruingPosition, Action, Book, BookError, ClientOrderId, Closed, Closing,
    DecideError, Decided, Deciding, Decision, Ending, ExecutionTerms, FillReportError, FlowState, HoldReason,
    Open, Opening, OrderResult, PendingOrders, Rebalance, Settled, Settling, Stage, State, StoredBook,
    VanishedPosition, Venue, VenueError, VenueOrder, WindowMarket, WorkingOrder, decide, decide_next,
    follow_index, vanished_positions,
};
pub use quote::{IndexQuote, QuoteOptions, SmallBasket, quote_index};

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
