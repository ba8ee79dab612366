//! The portfolio that follows the index: from a target to orders, and from orders to what is held.

mod book;
mod decide;
mod decision;
mod error;
mod follow;
mod market;
mod orders;
mod state;
mod vanished;
mod venue;
mod volatility;
mod working_order;

pub use book::{
    Accrual, AccrualState, AccruingPosition, Book, BookError, Closed, Closing, Decided, Deciding,
    FillReportError, FlowState, Open, Opening, Settled, Settling, Stage, StoredBook,
};
pub use decide::{decide, decide_next, follow_index};
pub use decision::{Action, Decision, HoldReason, Rebalance};
pub use error::DecideError;
pub use market::WindowMarket;
pub use orders::{ExecutionTerms, PendingOrders};
pub use state::State;
pub use vanished::{Ending, VanishedPosition, vanished_positions};
pub use venue::{ClientOrderId, Venue, VenueError, VenueOrder};
pub(crate) use volatility::{daily_volatility, scaled_volatility};
pub use working_order::{OrderResult, WorkingOrder};
