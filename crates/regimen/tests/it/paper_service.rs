//! The example of `docs/embedding.md`: a service that is stopped anywhere ends where one ends that is not.

#[path = "../../examples/paper_service.rs"]
mod example;

use example::{Left, run};

fn left(life: u32) -> Left {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), life).unwrap()
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
        assert!(life > 3 || stopped.starts > whole.starts);
    }
}
