//! One weekly decision of Global 100 on a snapshot of a thousand assets and more.

use std::error::Error;

use criterion::Criterion;
use regimen::{Basis, Methodology, decide};
use regimen_replay::{Checkpoint, Replayer};
use regimen_types::{History, HistoryWindow};
use tempfile::tempdir;

use crate::Outcome;
use crate::inputs::{methodology, read_history, write_market};

const ASSETS: u32 = 1_500;
const DAYS: u32 = 280;

pub(crate) fn bench(criterion: &mut Criterion) -> Outcome {
    let folder = tempdir()?;
    let path = folder.path().join("market.csv");
    write_market(&path, ASSETS, DAYS)?;
    let history = read_history(&path)?;
    // Bullish in any market: what is timed is the choice and weighing of constituents.
    let bullish = ["regime.enter_above=-0.99", "regime.exit_below=-0.995"].map(str::to_owned);
    let methodology = methodology("global-100", &bullish)?;
    let (before, window) = last_reconstitution(&methodology, &history)?;
    let assets = window.snapshot().rows().count();
    criterion.bench_function(&format!("decide/{assets} assets"), |bencher| {
        bencher.iter(|| decide(&methodology, before.state(), &window, before.ledger().holdings()));
    });
    Ok(())
}

/// Replays a history up to its last reconstitution, and returns that one's window with what stood before it.
fn last_reconstitution<'h>(
    methodology: &Methodology,
    history: &'h History,
) -> Result<(Checkpoint, HistoryWindow<'h>), Box<dyn Error>> {
    let mut replayer = Replayer::new(methodology)?;
    let mut last = None;
    for window in history.windows() {
        let before = replayer.checkpoint()?;
        if let Some(rebalance) = replayer.step(window)?.decision.index.rebalance
            && matches!(rebalance.basis, Basis::Constituents(_))
        {
            last = Some((before, window));
        }
    }
    last.ok_or_else(|| "the market has no bullish week".into())
}
