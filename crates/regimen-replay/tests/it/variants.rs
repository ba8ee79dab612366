//! Runs that are made in parallel are the runs that are made one after the other.

use std::sync::atomic::{AtomicUsize, Ordering};

use regimen_replay::{Period, RunError, Step, StepSink, Variants, replay};
use regimen_synth::MarketKind;
use regimen_types::{Money, Side};

use crate::market::Table;
use crate::methodology::methodology;

/// Collects the NAVs of a run, and fails at the first purchase of a portfolio below 500.
#[derive(Debug, Default, PartialEq)]
struct Navs(Vec<Money>);

impl StepSink for Navs {
    type Error = String;

    fn take(&mut self, step: &Step<'_>) -> Result<(), String> {
        let bought = step.order_results.iter().find(|result| result.order.side == Side::Buy);
        if let (Some(bought), true) = (bought, step.nav.total < "500".parse().unwrap()) {
            return Err(format!("{} at {}", bought.asset, step.nav.total));
        }
        self.0.push(step.nav.total);
        Ok(())
    }
}

#[test]
fn every_variant_is_its_own_run_in_order() {
    let history = Table::synthetic(5, 25, 120, MarketKind::Realistic).history();
    let variants = [900_000_u32, 4_000, 70_000, 1_000];
    let of = |cash: &u32| methodology(&[format!("portfolio.initial_cash={cash}")]);
    let period = Period::default();
    let alone = variants.map(|cash| {
        let mut sink = Navs::default();
        replay(&of(&cash), &history, period, &mut sink).unwrap();
        sink
    });
    for threads in [1, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let done = AtomicUsize::new(0);
        let progress = || _ = done.fetch_add(1, Ordering::Relaxed);
        let runs = Variants { history: &history, period, variants: &variants };
        let together = pool.install(|| runs.replay::<Navs>(of, &progress)).unwrap();
        assert_eq!(together, alone);
        assert_eq!(done.into_inner(), variants.len());
    }
}

#[test]
fn the_first_variant_that_fails_is_named() {
    let history = Table::synthetic(5, 25, 120, MarketKind::Realistic).history();
    let of = |cash: &u32| methodology(&[format!("portfolio.initial_cash={cash}")]);
    let error = |variants: &[u32]| {
        let runs = Variants { history: &history, period: Period::default(), variants };
        match runs.replay::<Navs>(of, &|| ()) {
            Err(RunError::Sink(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    let (first, second) = (error(&[200]), error(&[300]));
    assert_ne!(first, second);
    assert_eq!(error(&[900_000, 300, 200]), second);
    assert_eq!(error(&[200, 900_000, 300]), first);
}
