//! The replay of one snapshot: the stages of the book, with simulated fills between them.

use std::sync::Arc;

use regimen::{Book, DecideError, Methodology, PortfolioRules, Stage, WindowMarket};
use regimen_ledger::Transaction;
use regimen_planning::fill;
use regimen_types::{AsOf, HistoryWindow, Holdings, Order};

use crate::error::ReplayError;
use crate::step::Step;

/// All that a replay carries from one snapshot to the next. It serialises, so that an interrupted run can
/// resume.
pub type Checkpoint = Book;

/// Replays a methodology snapshot by snapshot.
#[derive(Clone, Debug)]
pub struct Replayer<'a> {
    methodology: &'a Methodology,
    portfolio: PortfolioRules<'a>,
    /// The book after the last step, or what stopped the replay.
    book: Result<Book, ReplayError>,
    /// The holdings of the last step, which steps without a transaction share.
    holdings: Arc<Holdings>,
}

impl<'a> Replayer<'a> {
    /// Starts a replay with an empty portfolio; the first snapshot deposits the initial cash.
    ///
    /// # Errors
    /// [`DecideError::NoPortfolio`] if the methodology is that of an index alone.
    pub fn new(methodology: &'a Methodology) -> Result<Self, DecideError> {
        Self::resume(methodology, Book::new(methodology)?)
    }

    /// Continues a replay from a checkpoint of the same methodology.
    ///
    /// # Errors
    /// [`DecideError::NoPortfolio`] if the methodology is that of an index alone.
    pub fn resume(methodology: &'a Methodology, checkpoint: Checkpoint) -> Result<Self, DecideError> {
        let portfolio = methodology.portfolio().ok_or(DecideError::NoPortfolio)?;
        let holdings = Arc::new(checkpoint.holdings().clone());
        Ok(Self { methodology, portfolio, book: Ok(checkpoint), holdings })
    }

    /// Returns the checkpoint after the last step.
    ///
    /// # Errors
    /// [`ReplayError`] if that step failed.
    pub fn checkpoint(&self) -> Result<Checkpoint, ReplayError> {
        self.book.clone()
    }

    /// Takes the window's newest snapshot: the book opens the day, settles, decides and closes it, and the
    /// orders that are due at each stage are filled at the market of the window.
    ///
    /// # Errors
    /// [`ReplayError`] with the snapshot's instant. Every later step fails likewise: to go on, resume from a
    /// checkpoint.
    pub fn step<'w>(&mut self, window: HistoryWindow<'w>) -> Result<Step<'w>, ReplayError> {
        let interrupted = Err(ReplayError::Interrupted { as_of: window.as_of() });
        let taken = std::mem::replace(&mut self.book, interrupted).and_then(|book| self.take(book, window));
        let (book, step) = taken.inspect_err(|error| self.book = Err(error.clone()))?;
        self.book = Ok(book);
        Ok(step)
    }

    fn take<'w>(&mut self, book: Book, window: HistoryWindow<'w>) -> Result<(Book, Step<'w>), ReplayError> {
        let (methodology, as_of) = (self.methodology, window.as_of());
        let market = WindowMarket::of(&self.portfolio, window);

        let (mut book, opening) = book.open_day(methodology, &window)?;
        let mut transactions = opening.transactions;
        let due = book.due_orders(methodology);
        transactions.extend(self.execute(&mut book, as_of, &due, &market)?);

        let (mut book, settling) = book.settle_orders(methodology, &window)?;
        transactions.extend(settling.transactions);
        let vanished = book.due_orders(methodology);
        let stale_market = WindowMarket::new(window, true);
        transactions.extend(self.execute(&mut book, as_of, &vanished, &stale_market)?);

        let (mut book, deciding) = book.decide(methodology, &window)?;
        let due = book.due_orders(methodology);
        transactions.extend(self.execute(&mut book, as_of, &due, &market)?);

        let (book, closing) = book.close_day(methodology, &window)?;
        transactions.extend(closing.transactions);
        if !transactions.is_empty() {
            self.holdings = Arc::new(book.holdings().clone());
        }
        let mut order_results = opening.order_results;
        for results in [settling.order_results, deciding.order_results, closing.order_results] {
            order_results.extend(results);
        }
        let step = Step {
            window,
            decision: deciding.decision,
            accruals: opening.accruals,
            transactions,
            order_results,
            holdings: Arc::clone(&self.holdings),
            nav: closing.nav,
            index_change: deciding.index_change,
            owed: closing.owed,
            fee_owed: closing.fee_owed,
        };
        Ok((book, step))
    }

    /// Fills orders at a market, as far as it and the cash allow, and reports what became of them.
    fn execute<S: Stage>(
        &self,
        book: &mut Book<S>,
        as_of: AsOf,
        orders: &[Order],
        market: &WindowMarket<'_>,
    ) -> Result<Vec<Transaction>, ReplayError> {
        if orders.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.portfolio.check_gas(as_of, orders.iter().map(|order| &order.asset));
        known.map_err(|source| ReplayError::Gas { as_of, source })?;
        let terms = self.portfolio.trading_terms();
        let outcome = book.free_holdings().and_then(|free| fill(as_of, orders, &free, market, &terms));
        let outcome = outcome.map_err(|source| ReplayError::Fill { as_of, source })?;
        outcome.shortfalls.iter().for_each(|shortfall| book.report_shortfall(shortfall));
        Ok(book.report_fills(&outcome.fills)?)
    }
}
