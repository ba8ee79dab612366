//! The example of `docs/embedding.md`: a service that is stopped anywhere ends where one ends that is not.

#[path = "../../examples/paper_service.rs"]
mod example;

use std::collections::BTreeMap;

use example::{Left, run};
use regimen::ledger::TRANSACTION_COLUMNS;

fn left(life: u32) -> Left {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), life).unwrap()
}

/// Counts the transactions of the log by kind and cause.
fn kinds(left: &Left) -> BTreeMap<(String, String), usize> {
    let mut kinds = BTreeMap::new();
    for line in &left.log {
        let cells: Vec<&str> = line.split(',').collect();
        let cause = cells[TRANSACTION_COLUMNS.iter().position(|column| *column == "cause").unwrap()];
        *kinds.entry((cells[2].to_owned(), cause.to_owned())).or_default() += 1;
    }
    kinds
}

#[test]
fn the_service_books_fees_actions_accruals_and_flows() {
    let kinds = kinds(&left(100_000));
    for (kind, cause) in [
        ("deposit", "inception"),
        ("deposit", "cash_flow"),
        ("withdrawal", "cash_flow"),
        ("management_fee", "accrual"),
        ("yield", "staking"),
        ("interest", "interest"),
        ("sell", "schedule"),
    ] {
        assert!(
            kinds.contains_key(&(kind.to_owned(), cause.to_owned())),
            "no {kind} by {cause} in {kinds:?}"
        );
    }
}

#[test]
fn a_service_that_is_stopped_anywhere_trades_nothing_twice() {
    let whole = left(100_000);
    assert!(whole.executed.len() >= 5, "{} orders", whole.executed.len());
    assert!(whole.executed.values().any(|fills| fills.len() == 2));
    for life in 0..24 {
        let stopped = left(life);
        // Lost answers change the order of executions, and so the hashes, but nothing that is held.
        assert_eq!(stopped.ledger.holdings(), whole.ledger.holdings(), "life {life}");
        assert_eq!(stopped.ledger.last_seq(), whole.ledger.last_seq(), "life {life}");
        assert_eq!(stopped.executed, whole.executed, "life {life}");
        assert_eq!(kinds(&stopped), kinds(&whole), "life {life}");
        assert!(life > 3 || stopped.starts > whole.starts);
    }
}
