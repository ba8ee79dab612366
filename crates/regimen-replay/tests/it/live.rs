//! The live path: a service that calls `decide` once per snapshot decides what the replay decided.

use proptest::prelude::*;
use regimen::{Decision, IndexDecision, Methodology, State, decide};
use regimen_ledger::{Transaction, TransactionKind};
use regimen_replay::{Replayer, Step};
use regimen_types::{Cause, Holdings, Money};

use crate::market::Table;
use crate::methodology::methodology;
use crate::record::Record;
use crate::strategies::{choices, markets};

/// A snapshot of the replay: what was held before the decision, the decision, and the state after it.
struct Replayed {
    held: Holdings,
    decision: Decision,
    state: State,
}

fn replayed(methodology: &Methodology, table: &Table) -> Vec<Replayed> {
    let history = table.history();
    let mut replayer = Replayer::new(methodology).unwrap();
    let mut held = Holdings::of_cash(Money::ZERO);
    let same_snapshot = methodology.portfolio().unwrap().portfolio.lag_snapshots == 0;
    let mut steps = Vec::new();
    for window in history.windows() {
        let step: Step<'_> = replayer.step(window).unwrap();
        let Record { decision, transactions, holdings, .. } = Record::of(&step);
        let before_decision = |each: &&Transaction| {
            let booked_first = each.kind == TransactionKind::Deposit || each.cause == Cause::Interest;
            !same_snapshot || booked_first || each.cause == Cause::Vanished
        };
        transactions.iter().filter(before_decision).for_each(|each| settle(&mut held, each));
        let state = replayer.checkpoint().unwrap().state().clone();
        steps.push(Replayed { held: held.clone(), decision, state });
        held = holdings;
    }
    steps
}

fn settle(holdings: &mut Holdings, transaction: &Transaction) {
    holdings.set_cash(transaction.cash_after);
    if let Some(asset) = &transaction.asset {
        holdings.set_units(asset, transaction.units_after);
    }
}

/// A service between two calls: the state's JSON is all that is left of it.
struct Service<'a> {
    overrides: &'a [String],
    table: &'a Table,
    state: String,
    seen: usize,
}

impl<'a> Service<'a> {
    fn new(overrides: &'a [String], table: &'a Table) -> Self {
        Self { overrides, table, state: serde_json::to_string(&State::START).unwrap(), seen: 0 }
    }

    /// Starts as a new process would, with the snapshots that exist by then and the holdings that the broker
    /// reports, and decides on the newest. Orders whose snapshot has come were executed.
    fn call(&mut self, snapshot: usize, held: &Holdings) -> (Decision, State) {
        let methodology = methodology(self.overrides);
        let history = self.table.first(snapshot + 1).history();
        let held: Holdings = serde_json::from_str(&serde_json::to_string(held).unwrap()).unwrap();
        let mut state: State = serde_json::from_str(&self.state).unwrap();
        for _ in self.seen..=snapshot {
            state.advance();
            state.take_due();
        }
        self.seen = snapshot + 1;
        let (decision, mut state) = decide(&methodology, &state, &history.newest().unwrap(), &held).unwrap();
        state.take_due();
        self.state = serde_json::to_string(&state).unwrap();
        (decision, state)
    }
}

fn rebalances(decision: &Decision) -> bool {
    matches!(decision.action, regimen::Action::Rebalance(_))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_call_per_snapshot_is_the_replay(table in markets(4..25), overrides in choices(0..4)) {
        let mut service = Service::new(&overrides, &table);
        for (snapshot, replayed) in replayed(&methodology(&overrides), &table).iter().enumerate() {
            let (decision, state) = service.call(snapshot, &replayed.held);
            prop_assert_eq!(&decision, &replayed.decision);
            prop_assert_eq!(&state, &replayed.state);
        }
    }

    /// A service that misses snapshots on which nothing was to be done misses nothing.
    #[test]
    fn missing_quiet_snapshots_changes_no_decision(
        table in markets(4..40),
        overrides in choices(0..4),
        misses in prop::collection::vec(any::<bool>(), 40),
    ) {
        let mut service = Service::new(&overrides, &table);
        for (snapshot, replayed) in replayed(&methodology(&overrides), &table).iter().enumerate() {
            if misses[snapshot] && !rebalances(&replayed.decision) {
                continue;
            }
            let (decision, state) = service.call(snapshot, &replayed.held);
            prop_assert_eq!(&decision, &replayed.decision);
            prop_assert_eq!(&state, &replayed.state);
        }
    }

    /// Whatever it misses, it knows the index: the regime, the basket, the level; and makes up for a missed
    /// rebalance.
    #[test]
    fn missing_any_snapshots_changes_no_index(
        table in markets(4..40),
        overrides in choices(0..4),
        misses in prop::collection::vec(any::<bool>(), 40),
    ) {
        let mut service = Service::new(&overrides, &table);
        let mut missed = None;
        for (snapshot, replayed) in replayed(&methodology(&overrides), &table).iter().enumerate() {
            // The index begins with the first call.
            if snapshot > 0 && misses[snapshot] {
                missed = replayed.decision.index.rebalance.clone().or(missed);
                continue;
            }
            let (decision, state) = service.call(snapshot, &replayed.held);
            let rebalance = replayed.decision.index.rebalance.clone().or(missed.take());
            prop_assert_eq!(rebalances(&decision), rebalance.is_some());
            prop_assert_eq!(decision.index, IndexDecision { rebalance, ..replayed.decision.index.clone() });
            prop_assert_eq!(state.index, replayed.state.index.clone());
        }
    }
}
