//! The books of a portfolio: what happens to its money and its units at each snapshot, in named stages.
//!
//! ```text
//! Closed ── open_day ─→ Open ── settle_orders ─→ Settled ── decide ─→ Decided ── close_day ─→ Closed
//! ```
//!
//! | stage | what it books | what may be executed then |
//! |---|---|---|
//! | `open_day` | management fee, corporate actions, accruals, cash flows | orders of earlier decisions |
//! | `settle_orders` | withdrawals that sales pay for, write-offs | sales of positions that have vanished |
//! | `decide` | nothing | orders of this decision, if the lag is 0 |
//! | `close_day` | withdrawals that sales pay for | |
//!
//! A [`Book`] is a value: it opens no file and calls no venue. A backtest drives it with simulated fills, a
//! service with those of its venue, and both book the same. The stage is part of the type, so stages in the
//! wrong order do not compile; a book that was stored is a [`StoredBook`], and a service goes on at the stage
//! that it finds.

mod accounts;
mod accrual;
mod actions;
mod error;
mod flows;
mod outcome;
mod stage;
mod stored;

use std::borrow::Cow;

use regimen_ledger::{LedgerState, Transaction, nav};
use regimen_planning::{Shortfall, ShortfallReason};
use regimen_types::{ArithmeticError, AsOf, Cause, Divisor, Fill, HistoryWindow, Holdings, Order, Quantity};
use serde::{Deserialize, Serialize};

use super::decide::decide_next;
use super::error::DecideError;
use super::market::WindowMarket;
use super::orders::{ExecutionTerms, OrderPlaces, PendingOrders};
use super::state::State;
use super::vanished::{Ending, vanished_positions};
use super::venue::VenueOrder;
use crate::methodology::{Methodology, PortfolioRules};
use accounts::Accounts;

pub use accrual::{Accrual, AccrualState, AccruingPosition};
pub use error::{BookError, FillReportError};
pub use flows::FlowState;
pub use outcome::{Closing, Deciding, Opening, Settling};
pub use stage::{Closed, Decided, Open, Settled, Stage};
pub use stored::StoredBook;

/// The books of a portfolio at a stage of its day: state, ledger, cash flows and accruals.
///
/// It serialises, small and whole, so that a service stores it after each stage and each fill, and a restart
/// between any two of them changes nothing. Each stage returns what it booked; append that to a log when the
/// book is stored.
///
/// A stage that fails takes the book with it, since part of it may be booked: go on from the stored one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Book<S = Closed> {
    accounts: Accounts,
    stage: S,
}

impl Book {
    /// Builds the book of an empty portfolio; its first day deposits the initial cash.
    ///
    /// # Errors
    /// [`DecideError::NoPortfolio`] if the methodology is that of an index alone.
    pub fn new(methodology: &Methodology) -> Result<Self, DecideError> {
        let rules = rules_of(methodology)?;
        Ok(Self { accounts: Accounts::new(rules.portfolio.money_scale), stage: Closed })
    }

    /// Opens the day of the window's newest snapshot: books the management fee, corporate actions, what was
    /// earned, and cash flows, and counts the snapshot toward the lag of orders.
    ///
    /// Snapshots that were skipped since the last day are made up for. What is held when a day opens counts
    /// as held since the last one.
    ///
    /// # Errors
    /// [`BookError`] if the window has nothing new, or a figure fits no decimal.
    pub fn open_day(
        self,
        methodology: &Methodology,
        window: &HistoryWindow<'_>,
    ) -> Result<(Book<Open>, Opening), BookError> {
        let (rules, mut accounts, as_of) = (rules_of(methodology)?, self.accounts, window.as_of());
        let decided_at = accounts.state.index.decided_at;
        if let Some(decided_at) = decided_at.filter(|decided_at| *decided_at >= as_of) {
            return Err(DecideError::NothingNew { newest: as_of, decided_at }.into());
        }
        let days = accounts.since_last_day(window);
        accounts.begin(rules.portfolio.initial_cash, as_of)?;
        let earns = !methodology.yields().is_empty();
        let mut held = decided_at.filter(|_| earns).map(|last| accounts.held_since(last));
        accounts.charge_management_fee(&rules, as_of)?;
        let order_results = accounts.state.carry_over_orders(window);
        let actions = accounts.book_actions(&days, as_of)?;
        held.iter_mut().for_each(|held| held.without_ended(actions));
        let accruals = match held {
            Some(held) => accounts.accrue(held, methodology.yields(), window, rules.portfolio.units_scale)?,
            None => Vec::new(),
        };
        accounts.take_up_flows(methodology.cash_flows(), as_of)?;
        days.iter().for_each(|_| accounts.state.advance());
        let transactions = accounts.take_transactions();
        let opening = Opening { accruals, order_results, transactions };
        Ok((Book { accounts, stage: Open { as_of } }, opening))
    }
}

impl Book<Open> {
    /// Returns the orders of earlier decisions to execute today, sells first: a slice of each if there are
    /// several.
    #[must_use]
    pub fn due_orders(&self, methodology: &Methodology) -> Vec<Order> {
        due_orders(self.accounts.state.pending.as_ref(), methodology)
    }

    /// Ends what earlier decisions execute today: pays withdrawals from what sales brought, ends orders that
    /// do not wait, and ends positions whose assets have vanished: they are written off, or sales of them
    /// become due.
    ///
    /// # Errors
    /// [`BookError`] if the window is of another day, or a figure fits no decimal.
    pub fn settle_orders(
        self,
        methodology: &Methodology,
        window: &HistoryWindow<'_>,
    ) -> Result<(Book<Settled>, Settling), BookError> {
        let (rules, mut accounts) = (rules_of(methodology)?, self.accounts);
        let as_of = same_day(self.stage.as_of, window)?;
        accounts.pay_withdrawals(as_of)?;
        let order_results = accounts.state.settle();
        let mut sales = Vec::new();
        for position in vanished_positions(rules.vanished, window, accounts.holdings()) {
            match position.ending {
                Ending::WriteOff { recovery } => accounts.write_off(as_of, &position, recovery)?,
                Ending::Sale => sales.push(position.sale()),
            }
        }
        let vanished = PendingOrders::new(as_of, Cause::Vanished, ExecutionTerms::AT_ONCE, &sales);
        let settling = Settling { order_results, transactions: accounts.take_transactions() };
        Ok((Book { accounts, stage: Settled { as_of, vanished } }, settling))
    }
}

impl Book<Settled> {
    /// Returns the sales of positions that have vanished.
    #[must_use]
    pub fn due_orders(&self, methodology: &Methodology) -> Vec<Order> {
        due_orders(Some(&self.stage.vanished), methodology)
    }

    /// Decides at the window's newest snapshot. Vanished positions that could not be sold are kept, and come
    /// up again on the next day.
    ///
    /// # Errors
    /// [`BookError`] if the window is of another day, or there is no decision.
    pub fn decide(
        self,
        methodology: &Methodology,
        window: &HistoryWindow<'_>,
    ) -> Result<(Book<Decided>, Deciding), BookError> {
        let mut accounts = self.accounts;
        let as_of = same_day(self.stage.as_of, window)?;
        let before = figures(&accounts.state);
        let state = std::mem::replace(&mut accounts.state, State::START);
        let free = accounts.free_holdings().map_err(|source| BookError::Flows { as_of, source })?;
        let (decision, state) = decide_next(methodology, state, window, &free)?;
        let changed = before != figures(&state)
            || window.corporate_actions().next().is_some()
            || decision.index.rebalance.is_some();
        let index_change = if changed { state.index.index.clone() } else { None };
        accounts.state = state;
        let replaced = decision.replaced.clone().into_iter();
        let order_results = replaced.flat_map(|each| each.close_all(ShortfallReason::Replaced)).collect();
        Ok((Book { accounts, stage: Decided { as_of } }, Deciding { decision, index_change, order_results }))
    }
}

impl Book<Decided> {
    /// Returns the orders of today's decision if they are executed today, sells first.
    #[must_use]
    pub fn due_orders(&self, methodology: &Methodology) -> Vec<Order> {
        due_orders(self.accounts.decided_on(self.stage.as_of), methodology)
    }

    /// Closes the day: ends what today's decision executes today, and values the portfolio at last known
    /// prices.
    ///
    /// # Errors
    /// [`BookError`] if the window is of another day, or a figure fits no decimal.
    pub fn close_day(
        self,
        methodology: &Methodology,
        window: &HistoryWindow<'_>,
    ) -> Result<(Book, Closing), BookError> {
        let (rules, mut accounts) = (rules_of(methodology)?, self.accounts);
        let as_of = same_day(self.stage.as_of, window)?;
        let mut order_results = Vec::new();
        // Earlier orders had their turn.
        if accounts.decided_on(as_of).is_some_and(PendingOrders::is_due) {
            accounts.pay_withdrawals(as_of)?;
            order_results = accounts.state.settle();
        }
        let market = WindowMarket::of(&rules, *window);
        let nav = nav(accounts.holdings(), |asset| market.last_price(asset), rules.portfolio.money_scale)
            .map_err(|source| BookError::Valuation { as_of, source })?;
        let (fee_owed, owed) = (accounts.close(nav.total, as_of)?, accounts.flows.owed);
        let transactions = accounts.take_transactions();
        let closing = Closing { order_results, transactions, nav, owed, fee_owed };
        Ok((Book { accounts, stage: Closed }, closing))
    }
}

impl<S: Stage> Book<S> {
    /// Books an execution as it is reported: of a part of an order or all of it, at the venue's price and
    /// costs. What is left of the order stays open. At every stage all orders that are not done take fills,
    /// due or not.
    ///
    /// # Errors
    /// [`BookError`] if no such order is open, more is filled than is left of it, or the ledger refuses it,
    /// as for a notional that is not units times price or a purchase without cash. The book is then as it
    /// was.
    pub fn report_fill(&mut self, fill: &Fill) -> Result<Transaction, BookError> {
        let places = self.open_orders().map(PendingOrders::places).collect::<Vec<_>>();
        self.take_fill(fill, &places)
    }

    /// Books executions in order, as [`Book::report_fill`] does each.
    ///
    /// # Errors
    /// As [`Book::report_fill`]. The executions before the one that is refused are booked.
    pub fn report_fills(&mut self, fills: &[Fill]) -> Result<Vec<Transaction>, BookError> {
        let places = self.open_orders().map(PendingOrders::places).collect::<Vec<_>>();
        fills.iter().map(|fill| self.take_fill(fill, &places)).collect()
    }

    /// Returns the orders that take fills: those of vanished positions, then those of decisions.
    fn open_orders(&self) -> impl Iterator<Item = &PendingOrders> {
        self.stage.vanished().into_iter().chain(&self.accounts.state.pending)
    }

    fn take_fill(&mut self, fill: &Fill, places: &[OrderPlaces]) -> Result<Transaction, BookError> {
        let (asset, side, units) = (&fill.asset, fill.side, fill.units);
        let rests = self.open_orders().zip(places).map(|(orders, places)| orders.rests(places, asset, side));
        let rests: Vec<Quantity> = rests.flatten().collect();
        if rests.is_empty() {
            return Err(FillReportError::NotOrdered { asset: asset.clone(), side }.into());
        }
        let beyond = rests.iter().fold(units, |left, rest| left.left_after(*rest));
        if !beyond.is_zero() {
            let rest = units.left_after(beyond);
            return Err(FillReportError::TooMuch { asset: asset.clone(), units, rest }.into());
        }
        let transaction = self.accounts.book(fill)?;
        let orders = self.stage.vanished_mut().into_iter().chain(&mut self.accounts.state.pending);
        orders.zip(places).fold(units, |left, (orders, places)| orders.take_fill(places, asset, side, left));
        Ok(transaction)
    }

    /// Takes a reason why an order that is due was not executed in full. Some reasons let it wait for a later
    /// snapshot, if the methodology carries orders. Without a reason it counts as
    /// [`ShortfallReason::Unfilled`].
    pub fn report_shortfall(&mut self, shortfall: &Shortfall) {
        let orders = self.stage.vanished_mut().or(self.accounts.state.pending.as_mut());
        if let Some(orders) = orders {
            orders.take_shortfall(shortfall);
        }
    }

    /// Lists the orders that are not done, as they are placed at a venue, sells first.
    #[must_use]
    pub fn venue_orders(&self) -> Vec<VenueOrder> {
        self.open_orders().flat_map(PendingOrders::venue_orders).collect()
    }

    /// Returns the holdings without the cash that is owed: withdrawals, and the management fee. Plans and
    /// purchases count on these. The cash may be negative.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the difference fits no decimal.
    pub fn free_holdings(&self) -> Result<Cow<'_, Holdings>, ArithmeticError> {
        self.accounts.free_holdings()
    }

    /// Returns what the next decision depends on.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.accounts.state
    }

    /// Returns cash, units, and the end of the hash chain.
    #[must_use]
    pub fn ledger(&self) -> &LedgerState {
        self.accounts.ledger()
    }

    /// Returns what is held.
    #[must_use]
    pub fn holdings(&self) -> &Holdings {
        self.accounts.holdings()
    }

    /// Returns how far cash flows and the management fee are booked.
    #[must_use]
    pub fn flows(&self) -> &FlowState {
        &self.accounts.flows
    }
}

fn rules_of(methodology: &Methodology) -> Result<PortfolioRules<'_>, DecideError> {
    methodology.portfolio().ok_or(DecideError::NoPortfolio)
}

/// Returns the instant of an open day if a window ends there.
fn same_day(open: AsOf, window: &HistoryWindow<'_>) -> Result<AsOf, BookError> {
    let newest = window.as_of();
    if newest == open { Ok(open) } else { Err(BookError::OtherDay { open, newest }) }
}

fn due_orders(orders: Option<&PendingOrders>, methodology: &Methodology) -> Vec<Order> {
    let terms = methodology.portfolio().map(|rules| rules.trading_terms());
    orders.zip(terms).map(|(orders, terms)| orders.due_orders(&terms)).unwrap_or_default()
}

/// Returns the divisor and the number of assets of the index.
fn figures(state: &State) -> Option<(Divisor, usize)> {
    state.index.index.as_ref().map(|index| (index.divisor(), index.basket().len()))
}
