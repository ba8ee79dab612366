//! Whole engines as laws see them: their output at each snapshot of a history.

use std::error::Error;
use std::fmt;

use regimen::{Action, IndexState, Methodology, advance_index};
use regimen_ledger::{Index, Nav, Transaction};
use regimen_replay::Replayer;
use regimen_types::{AsOf, History, HistoryWindow, Holdings, IndexLevel, Money};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An engine that follows an index with a portfolio, snapshot by snapshot.
///
/// A [`Methodology`] is one. Write it for an engine of your own, such as one that decides by your own rules.
pub trait Engine: fmt::Debug {
    /// Runs a history to its end, or to the first snapshot at which there is no answer.
    ///
    /// After each snapshot whose number (from 0) is in `stops`, the engine stops and resumes from its stored
    /// state.
    fn run(&self, history: &History, stops: &[usize]) -> EngineRun;

    /// Returns the decimal places of money.
    fn money_scale(&self) -> u32;
}

/// The output of an engine for a history.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct EngineRun {
    /// One step per snapshot, from the first at which the index exists.
    pub steps: Vec<EngineStep>,
    /// Why the run ended before the history did.
    pub error: Option<String>,
}

/// The output of an engine at one snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineStep {
    /// The snapshot.
    pub as_of: AsOf,
    /// The holdings after it.
    pub holdings: Holdings,
    /// The value of the holdings.
    pub nav: Nav,
    /// The level of the index.
    pub level: IndexLevel,
    /// The basket and the divisor behind the level, if the engine keeps an index.
    pub index: Option<Index>,
    /// The booked transactions, as rows of the log.
    pub booked: Vec<String>,
    /// The action of the portfolio with its reason; `None` if the engine does not record it.
    pub action: Option<Action>,
    /// All else that was decided, as a text to compare.
    pub report: String,
}

impl Engine for Methodology {
    fn run(&self, history: &History, stops: &[usize]) -> EngineRun {
        let mut run = EngineRun::default();
        let ended = if self.portfolio().is_some() {
            follow(self, history, stops, &mut run.steps)
        } else {
            calculate(self, history, stops, &mut run.steps)
        };
        run.error = ended.err().map(|error| error.to_string());
        run
    }

    fn money_scale(&self) -> u32 {
        self.definition().portfolio.as_ref().map_or(0, |portfolio| portfolio.money_scale)
    }
}

type Ended = Result<(), Box<dyn Error>>;

/// Follows the index with a portfolio.
fn follow(
    methodology: &Methodology,
    history: &History,
    stops: &[usize],
    steps: &mut Vec<EngineStep>,
) -> Ended {
    let mut replayer = Replayer::new(methodology)?;
    for (number, window) in since_base(methodology, history) {
        let step = replayer.step(window)?;
        let checkpoint = replayer.checkpoint()?;
        steps.push(EngineStep {
            as_of: window.as_of(),
            holdings: Holdings::clone(&step.holdings),
            nav: step.nav,
            level: step.decision.index.level,
            index: checkpoint.state().index.index.clone(),
            booked: step.transactions.iter().map(Transaction::to_line).collect(),
            action: Some(step.decision.action.clone()),
            report: format!("{:?} {:?}", step.decision, step.order_results),
        });
        if stops.contains(&number) {
            replayer = Replayer::resume(methodology, stored(&checkpoint)?)?;
        }
    }
    Ok(())
}

/// Calculates an index that no portfolio follows.
fn calculate(
    methodology: &Methodology,
    history: &History,
    stops: &[usize],
    steps: &mut Vec<EngineStep>,
) -> Ended {
    let mut state = IndexState::START;
    for (number, window) in since_base(methodology, history) {
        let (decision, next) = advance_index(methodology, &state, &window)?;
        state = next;
        steps.push(EngineStep {
            as_of: window.as_of(),
            holdings: Holdings::of_cash(Money::ZERO),
            nav: Nav { cash: Money::ZERO, invested: Money::ZERO, total: Money::ZERO },
            level: decision.level,
            index: state.index.clone(),
            booked: Vec::new(),
            action: None,
            report: format!("{decision:?}"),
        });
        if stops.contains(&number) {
            state = stored(&state)?;
        }
    }
    Ok(())
}

/// Iterates over the windows from the base date on, with their numbers.
fn since_base<'a>(
    methodology: &Methodology,
    history: &'a History,
) -> impl Iterator<Item = (usize, HistoryWindow<'a>)> {
    let base = methodology.definition().index.base_date;
    history.windows().enumerate().skip_while(move |(_, window)| Some(window.as_of()) < base)
}

/// Writes a state and reads it back.
fn stored<State: Serialize + DeserializeOwned>(state: &State) -> serde_json::Result<State> {
    serde_json::from_str(&serde_json::to_string(state)?)
}
