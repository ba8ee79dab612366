//! A CSV of snapshots into a history, and one number into a decimal.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use regimen_types::{ExcessDigits, parse_decimal};
use tempfile::tempdir;

use crate::Outcome;
use crate::inputs::{read_history, write_market};

const ASSETS: u32 = 200;
const DAYS: u32 = 400;

/// Numbers as vendors print them: short, long, with an exponent, and with all digits that a decimal holds.
const NUMBERS: [(&str, &str); 4] = [
    ("price", "47129.53"),
    ("cap", "883246570127.4415"),
    ("exponent", "5.394380364e+11"),
    ("28 digits", "1234567890.123456789012345678"),
];

pub(crate) fn bench(criterion: &mut Criterion) -> Outcome {
    bench_snapshots(criterion)?;
    bench_decimals(criterion)
}

fn bench_snapshots(criterion: &mut Criterion) -> Outcome {
    let folder = tempdir()?;
    let path = folder.path().join("market.csv");
    write_market(&path, ASSETS, DAYS)?;
    read_history(&path)?;
    let mut group = criterion.benchmark_group("read_snapshots");
    group.throughput(Throughput::Bytes(path.metadata()?.len()));
    group.bench_function(format!("{ASSETS} assets, {DAYS} days"), |bencher| {
        bencher.iter(|| read_history(&path));
    });
    group.finish();
    Ok(())
}

fn bench_decimals(criterion: &mut Criterion) -> Outcome {
    let mut group = criterion.benchmark_group("parse_decimal");
    for (name, text) in NUMBERS {
        parse_decimal(text.as_bytes(), ExcessDigits::Error)?;
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| parse_decimal(black_box(text.as_bytes()), ExcessDigits::Error));
        });
    }
    group.finish();
    Ok(())
}
