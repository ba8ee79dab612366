//! All that a replay says of its steps, to compare one replay with another.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use regimen::{Decision, Methodology};
use regimen_ledger::{Nav, Transaction};
use regimen_replay::{Accrual, Checkpoint, OrderResult, Period, ReplayError, Replayer, Step, StepSink};
use regimen_run::{RunDescription, RunFolderError, RunWriter};
use regimen_types::{AsOf, History, Holdings};

/// A step without its window.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) as_of: AsOf,
    pub(crate) decision: Decision,
    pub(crate) accruals: Vec<Accrual>,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) order_results: Vec<OrderResult>,
    pub(crate) holdings: Holdings,
    pub(crate) nav: Nav,
}

impl Record {
    pub(crate) fn of(step: &Step<'_>) -> Self {
        Self {
            as_of: step.window.as_of(),
            decision: step.decision.clone(),
            accruals: step.accruals.clone(),
            transactions: step.transactions.clone(),
            order_results: step.order_results.clone(),
            holdings: Holdings::clone(&step.holdings),
            nav: step.nav,
        }
    }
}

/// Replays a history to its end.
pub(crate) fn records(methodology: &Methodology, history: &History) -> Vec<Record> {
    let (records, end) = records_until_error(methodology, history);
    end.unwrap_or_else(|error| panic!("{error}"));
    records
}

/// Replays a history to its end, or to the first step that fails.
pub(crate) fn records_until_error(
    methodology: &Methodology,
    history: &History,
) -> (Vec<Record>, Result<Checkpoint, ReplayError>) {
    let mut replayer = Replayer::new(methodology).unwrap();
    let mut records = Vec::new();
    for window in history.windows() {
        match replayer.step(window) {
            Ok(step) => records.push(Record::of(&step)),
            Err(error) => return (records, Err(error)),
        }
    }
    (records, replayer.checkpoint())
}

/// Replays a history, to its end or to the first step that fails or has a figure that fits no decimal, into a
/// run folder, and returns its files.
pub(crate) fn run_folder(methodology: &Methodology, history: &History) -> BTreeMap<String, Vec<u8>> {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("run");
    let description = RunDescription { methodology, period: Period::default(), inputs: Vec::new() };
    let mut writer = RunWriter::create(&folder, description).unwrap();
    let mut replayer = Replayer::new(methodology).unwrap();
    for window in history.windows() {
        let Ok(step) = replayer.step(window) else { break };
        match writer.take(&step) {
            Err(RunFolderError::Figure(_)) => break,
            taken => taken.unwrap(),
        }
    }
    writer.finish().unwrap();
    files_in(&folder)
}

pub(crate) fn files_in(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

/// Compares record by record, so that a failure shows the first one that differs and not all of them.
#[track_caller]
pub(crate) fn assert_same(left: &[Record], right: &[Record]) {
    for (left, right) in left.iter().zip(right) {
        assert_eq!(left, right);
    }
    assert_eq!(left.len(), right.len());
}
