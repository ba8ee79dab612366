//! The published hourly weights of ten assets by 24-hour mean market cap, none above a quarter: 240 vectors.

use std::collections::BTreeMap;

use regimen_types::AsOf;

use crate::table::{Table, number};
use crate::workspace::{regimen, repository, shared};

#[test]
#[ignore = "needs ../shared"]
fn the_240_published_weight_vectors() {
    let folder = shared("oracles/capped-weights-2017");
    let expected =
        vectors(&Table::read(&folder.join("expected_weights_hourly.csv")), ["timestamp", "symbol"]);
    assert_eq!(expected.len(), 240);

    let temporary = tempfile::tempdir().unwrap();
    let weights = temporary.path().join("weights.csv");
    let mut command = regimen();
    command.arg("level").arg(repository("backtests/capped-weights/index.toml"));
    command.arg("--snapshots").arg(folder.join("valuations_hourly.csv.gz"));
    command.arg("--out").arg(temporary.path().join("level.csv")).arg("--weights").arg(&weights);
    command.assert().success();
    let found = vectors(&Table::read(&weights), ["as_of", "asset"]);

    let mut distance: f64 = 0.0;
    for (hour, expected) in &expected {
        let found = &found[hour];
        assert!(found.keys().eq(expected.keys()), "{hour}: {found:?} are not {expected:?}");
        for (asset, weight) in found {
            distance = distance.max((weight - expected[asset]).abs());
        }
    }
    println!("{} weight vectors within {distance:.1e}", expected.len());
    assert!(distance <= 1e-11, "a weight differs by {distance:e}");
}

/// Returns the weights by hour and asset.
fn vectors(table: &Table, [instant, asset]: [&str; 2]) -> BTreeMap<AsOf, BTreeMap<String, f64>> {
    let mut vectors: BTreeMap<AsOf, BTreeMap<String, f64>> = BTreeMap::new();
    for [as_of, asset, weight] in table.columns([instant, asset, "weight"]) {
        let vector = vectors.entry(as_of.parse().unwrap()).or_default();
        vector.insert(asset.to_owned(), number(weight));
    }
    vectors
}
