//! A run that is stopped and goes on from its checkpoint's JSON is the run that was never stopped.

use proptest::prelude::*;
use regimen::{DecideError, Methodology};
use regimen_replay::{Checkpoint, ReplayError, Replayer};
use regimen_synth::MarketKind;
use regimen_types::History;

use crate::market::Table;
use crate::methodology::methodology;
use crate::record::{Record, assert_same, records_until_error};
use crate::strategies::{eventful_choices, eventful_markets};

/// Replays with a stop after each of some snapshots: what goes on knows the checkpoint's text alone.
pub(crate) fn with_stops(
    methodology: &Methodology,
    history: &History,
    stop_after: impl Fn(usize) -> bool,
) -> (Vec<Record>, Result<Checkpoint, ReplayError>, usize) {
    let mut replayer = Replayer::new(methodology).unwrap();
    let mut records = Vec::new();
    let mut stops_with_orders = 0;
    for (index, window) in history.windows().enumerate() {
        match replayer.step(window) {
            Ok(step) => records.push(Record::of(&step)),
            Err(error) => return (records, Err(error), stops_with_orders),
        }
        if stop_after(index) {
            let text = serde_json::to_string(&replayer.checkpoint().unwrap()).unwrap();
            let checkpoint: Checkpoint = serde_json::from_str(&text).unwrap();
            let waits = checkpoint.state().pending.as_ref().is_some_and(|pending| !pending.orders.is_empty());
            stops_with_orders += usize::from(waits);
            replayer = Replayer::resume(methodology, checkpoint).unwrap();
        }
    }
    (records, replayer.checkpoint(), stops_with_orders)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn stopping_changes_nothing(
        table in eventful_markets(4..40),
        overrides in eventful_choices(0..4),
        stops in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
    ) {
        let methodology = methodology(&overrides);
        let history = table.history();
        let (uninterrupted, end) = records_until_error(&methodology, &history);
        let stop_after = |index| stops.iter().any(|stop| stop.index(table.len()) == index);
        let (resumed, resumed_end, _) = with_stops(&methodology, &history, stop_after);
        assert_same(&uninterrupted, &resumed);
        // Units that grow beyond what a decimal holds stop both at the same snapshot.
        prop_assert_eq!(end, resumed_end);
    }
}

#[test]
fn a_replay_that_failed_stays_failed() {
    let history = Table::synthetic(21, 20, 100, MarketKind::Realistic).history();
    let methodology = methodology(&["selection.count=10"]);
    let windows: Vec<_> = history.windows().collect();
    let mut replayer = Replayer::new(&methodology).unwrap();
    replayer.step(windows[0]).unwrap();
    let failure = replayer.step(windows[0]).unwrap_err();
    let decided_at = windows[0].as_of();
    let nothing_new = DecideError::NothingNew { newest: decided_at, decided_at };
    let nothing_new = ReplayError::from(nothing_new);
    assert_eq!(failure, nothing_new);
    assert_eq!(replayer.step(windows[1]).unwrap_err(), failure);
}

#[test]
fn stopping_after_every_snapshot_loses_no_order_on_its_way() {
    let table = Table::synthetic(21, 30, 110, MarketKind::Realistic);
    let history = table.history();
    for (lag_snapshots, orders_wait) in [(0, false), (1, true), (3, true)] {
        let methodology = methodology(&[
            format!("portfolio.lag_snapshots={lag_snapshots}"),
            "selection.count=10".to_owned(),
        ]);
        let (uninterrupted, end) = records_until_error(&methodology, &history);
        let (resumed, resumed_end, stops_with_orders) = with_stops(&methodology, &history, |_| true);
        assert_same(&uninterrupted, &resumed);
        assert_eq!(end.unwrap(), resumed_end.unwrap());
        assert_eq!(stops_with_orders > 10, orders_wait, "{stops_with_orders} stops with orders on their way");
    }
}
