//! The peers' job on the sample market: steps alone, and with the run folder.

use std::convert::Infallible;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, SamplingMode};
use regimen::Methodology;
use regimen_replay::{Period, Step, StepSink, replay};
use regimen_run::{RunDescription, RunWriter};
use regimen_types::History;
use tempfile::tempdir;

use crate::Outcome;
use crate::inputs::{methodology, read_history, workspace_root};

pub(crate) fn bench(criterion: &mut Criterion) -> Outcome {
    let history = read_history(&workspace_root().join("data/synthetic-market.csv.gz"))?;
    let methodology = methodology("peer-parity", &[])?;
    let folder = tempdir()?;
    let out = folder.path().join("run");
    replay(&methodology, &history, Period::default(), &mut Discard)?;
    write_run(&methodology, &history, &out)?;
    let mut group = criterion.benchmark_group(format!("replay/{} snapshots", history.snapshot_count()));
    group.sampling_mode(SamplingMode::Flat);
    group.bench_function("steps alone", |bencher| {
        bencher.iter(|| replay(&methodology, &history, Period::default(), &mut Discard));
    });
    group.bench_function("with run folder", |bencher| {
        bencher.iter(|| write_run(&methodology, &history, &out));
    });
    group.finish();
    Ok(())
}

/// Looks at each step and keeps nothing.
struct Discard;

impl StepSink for Discard {
    type Error = Infallible;

    fn take(&mut self, step: &Step<'_>) -> Result<(), Infallible> {
        black_box(step);
        Ok(())
    }
}

fn write_run(methodology: &Methodology, history: &History, out: &Path) -> Result<(), Box<dyn Error>> {
    let period = Period::default();
    let mut writer = RunWriter::create(out, RunDescription { methodology, period, inputs: Vec::new() })?;
    replay(methodology, history, period, &mut writer)?;
    writer.finish()?;
    Ok(())
}
