//! One snapshot of a replay.

use std::sync::Arc;

use regimen::{DecideError, Decision, Ending, Exposure, Methodology, OrderResult, PortfolioRules, State};
use regimen::{VanishedPosition, WindowMarket, decide_next, vanished_positions};
use regimen_ledger::{Index, Ledger, LedgerError, LedgerState, Nav, Transaction, ValuationError, nav};
use regimen_planning::{FillOutcome, ShortfallReason, UnknownGas, fill};
use regimen_types::{ArithmeticError, AsOf, Cause, Divisor, HistoryWindow, Holdings, Money, Order, Side};
use serde::{Deserialize, Serialize};

use crate::accrual::{Accrual, AccrualError, AccrualState, HeldSince};
use crate::events::{FlowState, book_actions};

/// Replays a methodology snapshot by snapshot.
#[derive(Clone, Debug)]
pub struct Replayer<'a> {
    methodology: &'a Methodology,
    portfolio: PortfolioRules<'a>,
    state: State,
    ledger: Ledger,
    /// The holdings of the last step, which steps without a transaction share.
    holdings: Arc<Holdings>,
    flows: FlowState,
    accruals: AccrualState,
    /// What stopped the replay.
    failure: Option<ReplayError>,
}

/// All that a replay carries from one snapshot to the next. It serialises, so that an interrupted run can resume.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// What the next decision depends on.
    pub state: State,
    /// The portfolio's ledger.
    pub ledger: LedgerState,
    /// The portfolio's cash flows.
    pub flows: FlowState,
    /// What was earned and is too fine to be booked yet.
    pub accruals: AccrualState,
}

/// What happened at one snapshot.
#[derive(Debug)]
pub struct Step<'a> {
    /// The snapshot and everything before it.
    pub window: HistoryWindow<'a>,
    /// What was decided, and why.
    pub decision: Decision,
    /// What the sleeve and the cash earned since the snapshot before.
    pub accruals: Vec<Accrual>,
    /// The transactions that were booked, in order.
    pub transactions: Vec<Transaction>,
    /// What became of orders: executed at this snapshot, or replaced before they were.
    pub order_results: Vec<OrderResult>,
    /// The holdings after all transactions; those of the step before if there were none.
    pub holdings: Arc<Holdings>,
    /// The value of the holdings at last known prices.
    pub nav: Nav,
    /// The index, if its units or its divisor are others than at the step before.
    pub index_change: Option<Index>,
    /// What is to be withdrawn but was not in cash yet.
    pub owed: Money,
    /// The management fee that has accrued but was not in cash yet.
    pub fee_owed: Money,
}

/// Says what stopped a replay, and at which snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// There is no decision.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// A transaction was refused.
    #[error("booking at {as_of}: {source}")]
    Ledger {
        /// The snapshot.
        as_of: AsOf,
        /// The refusal.
        source: LedgerError,
    },
    /// The portfolio could not be valued.
    #[error("valuation at {as_of}: {source}")]
    Valuation {
        /// The snapshot.
        as_of: AsOf,
        /// What failed.
        source: ValuationError,
    },
    /// The gas of a trade is not known.
    #[error("execution at {as_of}: {source}")]
    Gas {
        /// The snapshot.
        as_of: AsOf,
        /// What is not known.
        source: UnknownGas,
    },
    /// What was earned could not be computed.
    #[error("accrual at {as_of}: {source}")]
    Accrual {
        /// The snapshot.
        as_of: AsOf,
        /// What failed.
        source: ArithmeticError,
    },
    /// An execution could not be computed.
    #[error("execution at {as_of}: {source}")]
    Fill {
        /// The snapshot.
        as_of: AsOf,
        /// What failed.
        source: ArithmeticError,
    },
}

impl<'a> Replayer<'a> {
    /// Starts a replay with an empty portfolio; the first snapshot deposits the initial cash.
    ///
    /// # Errors
    /// [`DecideError::NoPortfolio`] if the methodology is that of an index alone.
    pub fn new(methodology: &'a Methodology) -> Result<Self, DecideError> {
        let portfolio = methodology.portfolio().ok_or(DecideError::NoPortfolio)?;
        let ledger = Ledger::new(portfolio.portfolio.money_scale);
        Ok(Self {
            methodology,
            portfolio,
            state: State::START,
            holdings: Arc::new(ledger.holdings().clone()),
            ledger,
            flows: FlowState::START,
            accruals: AccrualState::default(),
            failure: None,
        })
    }

    /// Continues a replay from a checkpoint of the same methodology.
    ///
    /// # Errors
    /// [`DecideError::NoPortfolio`] if the methodology is that of an index alone.
    pub fn resume(methodology: &'a Methodology, checkpoint: Checkpoint) -> Result<Self, DecideError> {
        let portfolio = methodology.portfolio().ok_or(DecideError::NoPortfolio)?;
        let Checkpoint { state, ledger, flows, accruals } = checkpoint;
        let holdings = Arc::new(ledger.holdings().clone());
        let ledger = Ledger::resume(ledger);
        Ok(Self { methodology, portfolio, state, ledger, holdings, flows, accruals, failure: None })
    }

    /// Returns the checkpoint after the last step; there is none worth keeping after a step that failed.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            state: self.state.clone(),
            ledger: self.ledger.state().clone(),
            flows: self.flows,
            accruals: self.accruals.clone(),
        }
    }

    /// Takes the window's newest snapshot: books the management fee, corporate actions, what was earned and cash flows,
    /// fills due orders, ends vanished positions, decides and values.
    ///
    /// # Errors
    /// [`ReplayError`] with the snapshot's instant. Part of the snapshot may be booked then, so that every later step fails
    /// likewise: to go on, resume from a checkpoint.
    pub fn step<'w>(&mut self, window: HistoryWindow<'w>) -> Result<Step<'w>, ReplayError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.take(window).inspect_err(|error| self.failure = Some(error.clone()))
    }

    fn take<'w>(&mut self, window: HistoryWindow<'w>) -> Result<Step<'w>, ReplayError> {
        let as_of = window.as_of();
        let market = self.market(window);
        if self.ledger.state().last_seq() == 0 {
            let cash = self.portfolio.portfolio.initial_cash;
            self.ledger.deposit(as_of, cash).map_err(|source| ReplayError::Ledger { as_of, source })?;
        }
        let held = self.held_since();
        if let Some(fee) = self.portfolio.management_fee() {
            self.flows.charge(fee, &mut self.ledger, as_of)?;
        }
        let mut order_results = self.state.carry_over_orders(&window);
        let before_actions = self.ledger.transactions().len();
        book_actions(&mut self.ledger, &window)?;
        let accruals = self.accrue(held, before_actions, &window)?;
        self.flows.take_up(self.methodology, &mut self.ledger, as_of)?;
        self.state.advance();
        order_results.extend(self.fill_due(as_of, &market)?);
        self.end_vanished(&window)?;

        let scale = self.ledger.state().money_scale();
        let free = self.flows.without_owed(self.ledger.holdings(), scale);
        let free = free.map_err(|source| ReplayError::Fill { as_of, source })?;
        let figures_before = figures(&self.state);
        let state = std::mem::replace(&mut self.state, State::START);
        let decision;
        (decision, self.state) = decide_next(self.methodology, state, &window, &free)?;
        let index_change = self.changed_index(figures_before, &decision, &window);
        let replaced = decision.replaced.clone();
        order_results.extend(replaced.into_iter().flat_map(|each| each.close_all(ShortfallReason::Replaced)));
        // What was decided now is executed now if the lag is 0; earlier orders had their turn.
        if self.state.pending.as_ref().is_some_and(|pending| pending.decided_at == as_of) {
            order_results.extend(self.fill_due(as_of, &market)?);
        }

        let nav = nav(self.ledger.holdings(), |asset| market.last_price(asset), scale)
            .map_err(|source| ReplayError::Valuation { as_of, source })?;
        self.flows.nav = nav.total;
        let fee_owed = self.flows.fee_due(scale).map_err(|source| ReplayError::Fill { as_of, source })?;
        let transactions = self.ledger.take_transactions();
        if !transactions.is_empty() {
            self.holdings = Arc::new(self.ledger.holdings().clone());
        }
        Ok(Step {
            window,
            decision,
            accruals,
            transactions,
            order_results,
            holdings: Arc::clone(&self.holdings),
            nav,
            index_change,
            owed: self.flows.owed,
            fee_owed,
        })
    }

    /// Returns what is held before anything is booked at a snapshot, if something may have earned since the last one.
    fn held_since(&self) -> Option<HeldSince> {
        let last = self.state.index.decided_at.filter(|_| !self.methodology.yields().is_empty())?;
        Some(HeldSince::new(last, self.ledger.holdings().clone()))
    }

    /// Books what was earned since the last snapshot, once corporate actions are booked.
    fn accrue(
        &mut self,
        held: Option<HeldSince>,
        booked_before: usize,
        window: &HistoryWindow<'_>,
    ) -> Result<Vec<Accrual>, ReplayError> {
        let Some(held) = held else { return Ok(Vec::new()) };
        let (as_of, yields) = (window.as_of(), self.methodology.yields());
        let actions = self.ledger.transactions().get(booked_before..).unwrap_or_default().to_vec();
        let units_scale = self.portfolio.portfolio.units_scale;
        let accrued = self.accruals.accrue(yields, &mut self.ledger, held, &actions, window, units_scale);
        accrued.map_err(|error| match error {
            AccrualError::Arithmetic(source) => ReplayError::Accrual { as_of, source },
            AccrualError::Ledger(source) => ReplayError::Ledger { as_of, source },
        })
    }

    fn market<'w>(&self, window: HistoryWindow<'w>) -> WindowMarket<'w>
    where
        'a: 'w,
    {
        WindowMarket::of(&self.portfolio, window)
    }

    /// Executes the orders that are due, and pays what is owed from what they bring.
    fn fill_due(&mut self, as_of: AsOf, market: &WindowMarket<'_>) -> Result<Vec<OrderResult>, ReplayError> {
        if self.state.pending.as_ref().is_none_or(|pending| pending.due_in_snapshots > 0) {
            return Ok(Vec::new());
        }
        let orders = self.state.due_orders(&self.portfolio.trading_terms());
        let outcome = self.execute(as_of, &orders, market)?;
        self.flows.pay(&mut self.ledger, as_of)?;
        Ok(self.state.settle(&outcome))
    }

    fn execute(
        &mut self,
        as_of: AsOf,
        orders: &[Order],
        market: &WindowMarket<'_>,
    ) -> Result<FillOutcome, ReplayError> {
        let terms = self.portfolio.trading_terms();
        let known = self.portfolio.check_gas(as_of, orders.iter().map(|order| &order.asset));
        known.map_err(|source| ReplayError::Gas { as_of, source })?;
        let outcome = self.flows.without_owed(self.ledger.holdings(), terms.money_scale);
        let outcome = outcome.and_then(|free| fill(as_of, orders, &free, market, &terms));
        let outcome = outcome.map_err(|source| ReplayError::Fill { as_of, source })?;
        for each in &outcome.fills {
            self.ledger.book(each).map_err(|source| ReplayError::Ledger { as_of, source })?;
        }
        Ok(outcome)
    }

    /// Returns the index if its units or its divisor changed: by a rebalance, a deletion or a corporate action.
    fn changed_index(
        &self,
        figures_before: Option<(Divisor, usize)>,
        decision: &Decision,
        window: &HistoryWindow<'_>,
    ) -> Option<Index> {
        let same = figures_before == figures(&self.state);
        let any_action = window.corporate_actions().next().is_some();
        let changed = !same || any_action || decision.index.rebalance.is_some();
        if changed { self.state.index.index.clone() } else { None }
    }

    fn end_vanished(&mut self, window: &HistoryWindow<'_>) -> Result<(), ReplayError> {
        let as_of = window.as_of();
        let rule = self.portfolio.vanished;
        for position in vanished_positions(rule, window, self.ledger.holdings()) {
            match position.ending {
                Ending::WriteOff { recovery } => {
                    self.ledger
                        .write_off(as_of, &position.asset, position.last.value, recovery)
                        .map_err(|source| ReplayError::Ledger { as_of, source })?;
                }
                Ending::Sale => {
                    let stale = WindowMarket::new(*window, true);
                    self.execute(as_of, &[sale_of(&position)], &stale)?;
                }
            }
        }
        Ok(())
    }
}

/// Returns the divisor and the number of assets of the index.
fn figures(state: &State) -> Option<(Divisor, usize)> {
    state.index.index.as_ref().map(|index| (index.divisor(), index.basket().len()))
}

fn sale_of(position: &VanishedPosition) -> Order {
    Order {
        asset: position.asset.clone(),
        side: Side::Sell,
        units: position.units,
        decision_price: position.last.value,
        decision_price_as_of: position.last.as_of,
        cause: Cause::Vanished,
    }
}

impl Step<'_> {
    /// Returns what the portfolio aims to hold in the regime in force.
    #[must_use]
    pub fn exposure(&self) -> Exposure {
        Exposure::of(self.decision.index.regime.state.regime)
    }
}
