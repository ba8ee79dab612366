//! The published indices keep all laws, on markets that have little in common with the real one.

use std::fs;
use std::path::Path;

use regimen::{Inputs, Methodology, parse_definition};
use regimen_laws::{Markets, MethodologyLaw, markets, methodology};

use crate::breaks::breaks;

fn market() -> Markets {
    let named = markets().snapshots(40..=75).assets(3..=6).named("BTC".parse().unwrap());
    named.stablecoin("USD-A".parse().unwrap())
}

/// Reads a published definition, with a base that the random markets reach.
fn published(name: &str) -> Methodology {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../backtests/published").join(name).join("index.toml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let overrides = ["index.base_date='2024-02-02'".to_owned()];
    Methodology::new(
        parse_definition(name, &text, &overrides).unwrap_or_else(|faults| panic!("{faults}")),
        Inputs::none(),
    )
    .unwrap()
}

#[test]
fn published_indices_keep_all_laws() {
    let names = [
        "bitwise-10-like",
        "bloomberg-galaxy-like",
        "c20-like",
        "cci30",
        "cd20-like",
        "cmc100-like",
        "mvda-like",
    ];
    for name in names {
        methodology(&published(name), market()).cases(4).check().unwrap();
    }
    // CRIX's baskets meet at the last close of the previous month, not at the snapshot that reveals its end.
    for name in ["crix", "crix-equal-weight", "crix-total-market"] {
        let index = published(name);
        let check = methodology(&index, market()).without(MethodologyLaw::Continuity);
        check.cases(4).check().unwrap();
    }
    let listed = ["A0007", "A0011", "A0019"]
        .into_iter()
        .fold(market(), |market, name| market.named(name.parse().unwrap()));
    methodology(&published("dpi-like"), listed).cases(4).check().unwrap();
}

/// Its thresholds are amounts of dollars: the law of the unit finds them, to the digit.
#[test]
fn absolute_thresholds_are_found() {
    let thresholds = published("sp-bdm-like");
    methodology(&thresholds, market()).without(MethodologyLaw::CapUnit).cases(4).check().unwrap();
    let printed = breaks(methodology(&thresholds, market()).simplifications(300), MethodologyLaw::CapUnit);
    assert!(printed.contains("  10000000  "), "{printed}");
}
